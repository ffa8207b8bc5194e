import { block } from '../block.ts';
import { dateTime, extensible, integer, oneOf, optional, type Static } from '../schema.ts';
import { EVSE, StatusInfo } from './data-types/general.ts';

export const OperationalStatusEnum = oneOf('Inoperative', 'Operative');
export type OperationalStatusEnum = Static<typeof OperationalStatusEnum>;

export const ChangeAvailabilityStatusEnum = oneOf('Accepted', 'Rejected', 'Scheduled');
export type ChangeAvailabilityStatusEnum = Static<typeof ChangeAvailabilityStatusEnum>;

export const ConnectorStatusEnum = oneOf('Available', 'Occupied', 'Reserved', 'Unavailable', 'Faulted');
export type ConnectorStatusEnum = Static<typeof ConnectorStatusEnum>;

export const availability = block('2.0.1', 'G', {
  /** G01, G03, G04. */
  ChangeAvailability: {
    sentBy: 'CSMS',
    request: extensible({
      evse: optional(EVSE),
      operationalStatus: OperationalStatusEnum,
    }),
    response: extensible({
      status: ChangeAvailabilityStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
  /** G02. */
  Heartbeat: {
    sentBy: 'CS',
    request: extensible({}),
    response: extensible({
      currentTime: dateTime,
    }),
  },
  /** G01, G03, G04. */
  StatusNotification: {
    sentBy: 'CS',
    request: extensible({
      timestamp: dateTime,
      connectorStatus: ConnectorStatusEnum,
      evseId: integer(),
      connectorId: integer(),
    }),
    response: extensible({}),
  },
});
