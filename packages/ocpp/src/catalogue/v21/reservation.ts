import { block } from '../block.ts';
import { dateTime, extensible, integer, oneOf, optional, type Static, text } from '../schema.ts';
import { StatusInfo } from './data-types/general.ts';
import { IdToken } from './data-types/id-token.ts';

export const CancelReservationStatusEnum = oneOf('Accepted', 'Rejected');
export type CancelReservationStatusEnum = Static<typeof CancelReservationStatusEnum>;

/** Why the reservation is gone. */
export const ReservationUpdateStatusEnum = oneOf('Expired', 'Removed', 'NoTransaction');
export type ReservationUpdateStatusEnum = Static<typeof ReservationUpdateStatusEnum>;

/** Why it cannot be reserved, if it cannot. */
export const ReserveNowStatusEnum = oneOf('Accepted', 'Faulted', 'Occupied', 'Rejected', 'Unavailable');
export type ReserveNowStatusEnum = Static<typeof ReserveNowStatusEnum>;

export const reservation = block('2.1', 'H', {
  /** Gives a reservation up. H02. */
  CancelReservation: {
    sentBy: 'CSMS',
    request: extensible({ reservationId: integer({ minimum: 0 }) }),
    response: extensible({ status: CancelReservationStatusEnum, statusInfo: optional(StatusInfo) }),
  },
  /** A reservation has ended. H03, H04. */
  ReservationStatusUpdate: {
    sentBy: 'CS',
    request: extensible({
      reservationId: integer({ minimum: 0 }),
      reservationUpdateStatus: ReservationUpdateStatusEnum,
    }),
    response: extensible({}),
  },
  /** Keeps an EVSE for somebody. H01, H03. */
  ReserveNow: {
    sentBy: 'CSMS',
    request: extensible({
      id: integer({ minimum: 0 }),
      expiryDateTime: dateTime,
      connectorType: optional(text(20)),
      idToken: IdToken,
      /** Absent: any EVSE will do. */
      evseId: optional(integer({ minimum: 0 })),
      /** Anybody of this group may use it too. */
      groupIdToken: optional(IdToken),
    }),
    response: extensible({ status: ReserveNowStatusEnum, statusInfo: optional(StatusInfo) }),
  },
});
