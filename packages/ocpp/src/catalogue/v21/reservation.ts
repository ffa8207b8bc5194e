import { block } from '../block.ts';
import { dateTime, extensible, integer, oneOf, optional, type Static, text } from '../schema.ts';
import { StatusInfo } from './data-types/general.ts';
import { IdToken } from './data-types/id-token.ts';

export const CancelReservationStatusEnum = oneOf('Accepted', 'Rejected');
export type CancelReservationStatusEnum = Static<typeof CancelReservationStatusEnum>;

export const ReservationUpdateStatusEnum = oneOf('Expired', 'Removed', 'NoTransaction');
export type ReservationUpdateStatusEnum = Static<typeof ReservationUpdateStatusEnum>;

export const ReserveNowStatusEnum = oneOf('Accepted', 'Faulted', 'Occupied', 'Rejected', 'Unavailable');
export type ReserveNowStatusEnum = Static<typeof ReserveNowStatusEnum>;

export const reservation = block('2.1', 'H', {
  /** H02. */
  CancelReservation: {
    sentBy: 'CSMS',
    request: extensible({
      reservationId: integer({ minimum: 0 }),
    }),
    response: extensible({
      status: CancelReservationStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
  /** H03, H04. */
  ReservationStatusUpdate: {
    sentBy: 'CS',
    request: extensible({
      reservationId: integer({ minimum: 0 }),
      reservationUpdateStatus: ReservationUpdateStatusEnum,
    }),
    response: extensible({}),
  },
  /** H01, H03. */
  ReserveNow: {
    sentBy: 'CSMS',
    request: extensible({
      id: integer({ minimum: 0 }),
      expiryDateTime: dateTime,
      connectorType: optional(text(20)),
      idToken: IdToken,
      evseId: optional(integer({ minimum: 0 })),
      groupIdToken: optional(IdToken),
    }),
    response: extensible({
      status: ReserveNowStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
});
