import { oneOf, type Static } from '../../schema.ts';

export const TriggerMessageStatus = oneOf('Accepted', 'Rejected', 'NotImplemented');
export type TriggerMessageStatus = Static<typeof TriggerMessageStatus>;
