import { extensible, oneOf, optional, type Static, text } from '../../schema.ts';
import { EVSE } from './general.ts';

export const Component = extensible({
  evse: optional(EVSE),
  name: text(50),
  instance: optional(text(50)),
});
export type Component = Static<typeof Component>;

export const Variable = extensible({
  name: text(50),
  instance: optional(text(50)),
});
export type Variable = Static<typeof Variable>;

export const ComponentVariable = extensible({
  component: Component,
  variable: optional(Variable),
});
export type ComponentVariable = Static<typeof ComponentVariable>;

export const GenericDeviceModelStatusEnum = oneOf('Accepted', 'Rejected', 'NotSupported', 'EmptyResultSet');
export type GenericDeviceModelStatusEnum = Static<typeof GenericDeviceModelStatusEnum>;
