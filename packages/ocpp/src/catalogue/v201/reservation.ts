import { block } from '../block.ts';
import { dateTime, extensible, integer, oneOf, optional, type Static } from '../schema.ts';
import { StatusInfo } from './data-types/general.ts';
import { IdToken } from './data-types/id-token.ts';

export const CancelReservationStatusEnum = oneOf('Accepted', 'Rejected');
export type CancelReservationStatusEnum = Static<typeof CancelReservationStatusEnum>;

/** Why the reservation is gone. */
export const ReservationUpdateStatusEnum = oneOf('Expired', 'Removed');
export type ReservationUpdateStatusEnum = Static<typeof ReservationUpdateStatusEnum>;

export const ConnectorEnum = oneOf(
  'cCCS1',
  'cCCS2',
  'cG105',
  'cTesla',
  'cType1',
  'cType2',
  's309-1P-16A',
  's309-1P-32A',
  's309-3P-16A',
  's309-3P-32A',
  'sBS1361',
  'sCEE-7-7',
  'sType2',
  'sType3',
  'Other1PhMax16A',
  'Other1PhOver16A',
  'Other3Ph',
  'Pan',
  'wInductive',
  'wResonant',
  'Undetermined',
  'Unknown',
);
export type ConnectorEnum = Static<typeof ConnectorEnum>;

/** Why it cannot be reserved, if it cannot. */
export const ReserveNowStatusEnum = oneOf('Accepted', 'Faulted', 'Occupied', 'Rejected', 'Unavailable');
export type ReserveNowStatusEnum = Static<typeof ReserveNowStatusEnum>;

export const reservation = block('2.0.1', 'H', {
  /** Gives a reservation up. H02, H03. */
  CancelReservation: {
    sentBy: 'CSMS',
    request: extensible({ reservationId: integer() }),
    response: extensible({ status: CancelReservationStatusEnum, statusInfo: optional(StatusInfo) }),
  },
  /** A reservation has ended. H04. */
  ReservationStatusUpdate: {
    sentBy: 'CS',
    request: extensible({ reservationId: integer(), reservationUpdateStatus: ReservationUpdateStatusEnum }),
    response: extensible({}),
  },
  /** Keeps an EVSE for somebody. H01, H03. */
  ReserveNow: {
    sentBy: 'CSMS',
    request: extensible({
      id: integer(),
      expiryDateTime: dateTime,
      connectorType: optional(ConnectorEnum),
      idToken: IdToken,
      /** Absent: any EVSE will do. */
      evseId: optional(integer()),
      /** Anybody of this group may use it too. */
      groupIdToken: optional(IdToken),
    }),
    response: extensible({ status: ReserveNowStatusEnum, statusInfo: optional(StatusInfo) }),
  },
});
