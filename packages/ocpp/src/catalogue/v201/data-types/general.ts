import { extensible, integer, oneOf, optional, type Static, text } from '../../schema.ts';

export const StatusInfo = extensible({
  reasonCode: text(20),
  additionalInfo: optional(text(512)),
});
export type StatusInfo = Static<typeof StatusInfo>;

export const GenericStatusEnum = oneOf('Accepted', 'Rejected');
export type GenericStatusEnum = Static<typeof GenericStatusEnum>;

export const EVSE = extensible({
  id: integer(),
  connectorId: optional(integer()),
});
export type EVSE = Static<typeof EVSE>;
