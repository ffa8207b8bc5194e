import { block } from '../block.ts';
import { dateTime, extensible, integer, oneOf, optional, type Static } from '../schema.ts';
import { EVSE, StatusInfo } from './data-types/general.ts';

/** Operative: may charge. */
export const OperationalStatusEnum = oneOf('Inoperative', 'Operative');
export type OperationalStatusEnum = Static<typeof OperationalStatusEnum>;

/** `Scheduled`: when the running transaction has ended. */
export const ChangeAvailabilityStatusEnum = oneOf('Accepted', 'Rejected', 'Scheduled');
export type ChangeAvailabilityStatusEnum = Static<typeof ChangeAvailabilityStatusEnum>;

/** 2.x has no `Charging` here: what a transaction does is told by its events. */
export const ConnectorStatusEnum = oneOf('Available', 'Occupied', 'Reserved', 'Unavailable', 'Faulted');
export type ConnectorStatusEnum = Static<typeof ConnectorStatusEnum>;

export const availability = block('2.1', 'G', {
  /** Puts something into or out of service, now or after the running transaction. G01, G03, G04. */
  ChangeAvailability: {
    sentBy: 'CSMS',
    request: extensible({
      /** Absent means the whole station. */
      evse: optional(EVSE),
      operationalStatus: OperationalStatusEnum,
    }),
    response: extensible({ status: ChangeAvailabilityStatusEnum, statusInfo: optional(StatusInfo) }),
  },
  /** Still here; what time is it? G02. */
  Heartbeat: {
    sentBy: 'CS',
    request: extensible({}),
    response: extensible({ currentTime: dateTime }),
  },
  /** The status of a connector. G01, G03, G04. */
  StatusNotification: {
    sentBy: 'CS',
    request: extensible({
      /** When it changed. */
      timestamp: dateTime,
      connectorStatus: ConnectorStatusEnum,
      evseId: integer({ minimum: 0 }),
      connectorId: integer({ minimum: 0 }),
    }),
    response: extensible({}),
  },
});
