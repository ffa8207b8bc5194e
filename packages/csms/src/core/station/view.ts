import type { Pool } from 'pg';
import { type Static, Type } from 'typebox';
import { anyObject, instant, oneOf } from '../../api/fields.ts';
import { type Row, shown } from '../rows.ts';
import { identityKey } from './identity.ts';
import { stationOfKey } from './path.ts';

export const Admission = oneOf(['Accepted', 'Pending', 'Rejected'], {
  description: 'What the operator decided; told to the station in its next BootNotification',
});
export const StationMode = oneOf(['lenient', 'strict'], {
  description:
    'Whether deviations from the standard are tolerated where that is safe (each becomes a finding), or refused',
});
export const SecurityProfile = Type.Integer({
  minimum: 0,
  maximum: 3,
  description:
    '0: no authentication; 1: password; 2: password over TLS; 3: client certificate. Another one is refused',
});
export const OcppVersion = oneOf(['1.6', '2.0.1', '2.1']);

export const Connection = Type.Object(
  {
    online: Type.Boolean(),
    since: Type.Optional(instant('Since when it is connected, or not any more')),
    node: Type.Optional(Type.String({ description: 'The id of the node that holds it: see /nodes' })),
    remoteAddress: Type.Optional(
      Type.String({ description: 'Where the connection comes, or last came, from' }),
    ),
    version: Type.Optional(oneOf(['1.6', '2.0.1', '2.1'], { description: 'What it speaks, or spoke last' })),
  },
  { $id: 'Connection' },
);

const stationFields = {
  id: Type.String({ description: 'The identity, as it was registered' }),
  admission: Admission,
  registration: Type.Optional(
    oneOf(['Accepted', 'Pending', 'Rejected'], {
      description: 'What its last BootNotification was answered; absent before the first',
    }),
  ),
  mode: StationMode,
  securityProfile: SecurityProfile,
  hasPassword: Type.Boolean({ description: 'Whether a password is set. It cannot be read' }),
  defaultVersion: Type.Optional(
    oneOf(['1.6', '2.0.1', '2.1'], {
      description: 'Taken to be spoken when the station offers no subprotocol',
    }),
  ),
  vendor: Type.Optional(Type.String()),
  model: Type.Optional(Type.String()),
  serialNumber: Type.Optional(Type.String()),
  firmwareVersion: Type.Optional(Type.String()),
  modem: Type.Optional(anyObject('ICCID and IMSI, as reported')),
  bootReason: Type.Optional(Type.String()),
  bootedAt: Type.Optional(instant('When the last BootNotification came in')),
  inventoryAt: Type.Optional(instant('When the device model was last reported in full')),
  lastSeenAt: Type.Optional(instant('When anything last came in; coarse')),
  createdAt: instant('When it was registered'),
  note: Type.Optional(Type.String({ description: "The operator's own words" })),
  connection: Connection,
};

export const Station = Type.Object(stationFields, { $id: 'Station' });
export type Station = Static<typeof Station>;

export const Connector = Type.Object(
  {
    connectorId: Type.Integer(),
    status: Type.Optional(
      Type.String({ description: 'Available, Occupied, Reserved, Unavailable or Faulted' }),
    ),
    detail: Type.Optional(
      Type.String({ description: "The station's own word, which says more in 1.6: Preparing, SuspendedEV" }),
    ),
    errorCode: Type.Optional(Type.String()),
    vendor: Type.Optional(anyObject('What the vendor added')),
    reportedAt: Type.Optional(instant('By the clock of the station')),
    changedAt: instant('When it came in'),
  },
  { $id: 'Connector' },
);
type Connector = Static<typeof Connector>;

export const OpenTransaction = Type.Object(
  {
    id: Type.String({ description: 'Our id: /transactions/{id}' }),
    stationTransactionId: Type.String({ description: 'The id on the wire' }),
    evseId: Type.Optional(Type.Integer()),
    connectorId: Type.Optional(Type.Integer()),
    chargingState: Type.Optional(Type.String()),
    startedAt: instant('By the clock of the station'),
  },
  { $id: 'OpenTransaction' },
);
type OpenTransaction = Static<typeof OpenTransaction>;

export const Evse = Type.Object(
  {
    evseId: Type.Integer({ description: 'A connector n of 1.6 is EVSE n with one connector' }),
    state: Type.Optional(Connector),
    connectors: Type.Array(Connector),
    transactions: Type.Array(OpenTransaction, { description: 'Those that are open here' }),
  },
  { $id: 'Evse' },
);
export type Evse = Static<typeof Evse>;

export const StationDetails = Type.Object(
  {
    ...stationFields,
    state: Type.Optional(Connector),
    evses: Type.Array(Evse),
    openTransactions: Type.Array(OpenTransaction),
  },
  { $id: 'StationDetails' },
);
export type StationDetails = Static<typeof StationDetails>;

/** SQL for whether the station of a row `owner` is connected. */
export const isOnline = '(owner.connected_at is not null and owner.disconnected_at is null)';

/** SQL for the rows that {@link stationOf} reads; `station` and `owner` may be used in what follows. */
export const selectStation = `select station.id, admission, registration, mode, security_profile as "securityProfile",
    password is not null as "hasPassword", default_version as "defaultVersion", vendor, model,
    serial_number as "serialNumber", firmware_version as "firmwareVersion", modem, boot_reason as "bootReason",
    booted_at as "bootedAt", inventory_at as "inventoryAt", last_seen_at as "lastSeenAt", created_at as "createdAt", note,
    version, coalesce(${isOnline}, false) as online, owner.node, owner.remote_address as "remoteAddress",
    coalesce(owner.disconnected_at, owner.connected_at) as since
  from station left join station_owner owner on owner.station_id = station.id`;

export type StationRow = Row<Omit<Station, 'connection'> & Static<typeof Connection>>;

export function stationOf({ online, since, node, remoteAddress, version, ...row }: StationRow): Station {
  return {
    ...shown<Omit<Station, 'connection'>>(row),
    connection: shown<Static<typeof Connection>>({ online, since, node, remoteAddress, version }),
  };
}

/** The station with its EVSEs and what goes on there, or undefined where there is none of that name. */
export async function readStation(pool: Pool, stationId: string): Promise<StationDetails | undefined> {
  const key = identityKey(stationId);
  const [stations, connectors, transactions] = await Promise.all([
    pool.query<StationRow>(`${selectStation} where identity_key = $1`, [key]),
    pool.query<Row<Connector> & { readonly evseId: number }>(selectConnectors, [key]),
    pool.query<Row<OpenTransaction>>(selectOpenTransactions, [key]),
  ]);
  const [row] = stations.rows;
  if (row === undefined) return undefined;
  const openTransactions = transactions.rows.map((open) => shown<OpenTransaction>(open));
  const byEvse = Map.groupBy(connectors.rows, ({ evseId }) => evseId);
  const [own] = connectorsOf(byEvse.get(0));
  const evses = [...byEvse.keys()].filter((evseId) => evseId !== 0);
  return {
    ...stationOf(row),
    ...(own && { state: own }),
    evses: evses.map((evseId) => evseOf(evseId, connectorsOf(byEvse.get(evseId)), openTransactions)),
    openTransactions,
  };
}

const selectConnectors = `select evse_id as "evseId", connector_id as "connectorId", status, detail,
    error_code as "errorCode", vendor, reported_at as "reportedAt", changed_at as "changedAt"
  from connector where station_id = ${stationOfKey}
  order by evse_id, connector_id`;

const selectOpenTransactions = `select id, station_transaction_id as "stationTransactionId", evse_id as "evseId",
    connector_id as "connectorId", charging_state as "chargingState", started_at as "startedAt"
  from transaction where station_id = ${stationOfKey} and state = 'Active'
  order by started_received_at`;

function connectorsOf(rows: readonly (Row<Connector> & { readonly evseId: number })[] = []): Connector[] {
  return rows.map(({ evseId: _, ...row }) => shown<Connector>(row));
}

/** Connector 0 is the EVSE itself. */
function evseOf(evseId: number, all: readonly Connector[], open: readonly OpenTransaction[]): Evse {
  const state = all.find(({ connectorId }) => connectorId === 0);
  return {
    evseId,
    ...(state && { state }),
    connectors: all.filter(({ connectorId }) => connectorId !== 0),
    transactions: open.filter((transaction) => transaction.evseId === evseId),
  };
}
