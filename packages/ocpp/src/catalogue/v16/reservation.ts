import { block } from '../block.ts';
import { dateTime, integer, object, oneOf, optional, type Static, text } from '../schema.ts';
import { personal } from '../sensitivity.ts';

export const CancelReservationStatus = oneOf('Accepted', 'Rejected');
export type CancelReservationStatus = Static<typeof CancelReservationStatus>;

/** Why it cannot be reserved, if it cannot. */
export const ReservationStatus = oneOf('Accepted', 'Faulted', 'Occupied', 'Rejected', 'Unavailable');
export type ReservationStatus = Static<typeof ReservationStatus>;

export const reservation = block('1.6', 'Reservation', {
  /** Gives a reservation up. Section 5.1. */
  CancelReservation: {
    sentBy: 'CSMS',
    request: object({ reservationId: integer() }),
    response: object({ status: CancelReservationStatus }),
  },
  /** Keeps a connector for somebody. Section 5.13. */
  ReserveNow: {
    sentBy: 'CSMS',
    request: object(
      {
        /** 0: any connector will do. */
        connectorId: integer(),
        expiryDate: dateTime,
        idTag: text(20),
        /** Anybody of this group may use it too. */
        parentIdTag: optional(text(20)),
        /** One that the charge point already has is replaced. */
        reservationId: integer(),
      },
      [personal('idTag'), personal('parentIdTag')],
    ),
    response: object({ status: ReservationStatus }),
  },
});
