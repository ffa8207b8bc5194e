import { block } from '../block.ts';
import { dateTime, integer, object, oneOf, optional, type Static, text } from '../schema.ts';
import { personal } from '../sensitivity.ts';

export const ReservationStatus = oneOf('Accepted', 'Faulted', 'Occupied', 'Rejected', 'Unavailable');
export type ReservationStatus = Static<typeof ReservationStatus>;

export const reservation = block('1.6', 'Reservation', {
  /** Section 5.1. */
  CancelReservation: {
    sentBy: 'CSMS',
    request: object({
      reservationId: integer(),
    }),
    response: object({
      status: oneOf('Accepted', 'Rejected'),
    }),
  },
  /** Section 5.13. */
  ReserveNow: {
    sentBy: 'CSMS',
    request: object(
      {
        connectorId: integer(),
        expiryDate: dateTime,
        idTag: text(20),
        parentIdTag: optional(text(20)),
        reservationId: integer(),
      },
      [personal('idTag'), personal('parentIdTag')],
    ),
    response: object({
      status: ReservationStatus,
    }),
  },
});
