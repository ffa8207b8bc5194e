import { extensible, integer, oneOf, optional, type Static, text } from '../../schema.ts';

/** Why the status is what it is, for the operator rather than for a program. */
export const StatusInfo = extensible({
  /** One of the standard's reason codes where one fits; free otherwise. */
  reasonCode: text(20),
  additionalInfo: optional(text(512)),
});
export type StatusInfo = Static<typeof StatusInfo>;

export const GenericStatusEnum = oneOf('Accepted', 'Rejected');
export type GenericStatusEnum = Static<typeof GenericStatusEnum>;

/** An EVSE of the station, or one of its connectors. */
export const EVSE = extensible({
  /** Above 0. */
  id: integer(),
  /** Numbered from 1 within the EVSE; absent means the whole EVSE. */
  connectorId: optional(integer()),
});
export type EVSE = Static<typeof EVSE>;
