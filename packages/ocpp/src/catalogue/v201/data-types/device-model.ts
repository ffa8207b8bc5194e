import { extensible, oneOf, optional, type Static, text } from '../../schema.ts';
import { EVSE } from './general.ts';

/** A part of the station in the device model, physical or logical. */
export const Component = extensible({
  /** Where the component belongs to an EVSE rather than to the station. */
  evse: optional(EVSE),
  name: text(50),
  /** Tells several of one name apart. */
  instance: optional(text(50)),
});
export type Component = Static<typeof Component>;

/** A property of a component. Names are compared without regard to case. */
export const Variable = extensible({
  name: text(50),
  /** Tells several of one name apart. */
  instance: optional(text(50)),
});
export type Variable = Static<typeof Variable>;

/** A variable of a component, or the whole component where no variable is named. */
export const ComponentVariable = extensible({ component: Component, variable: optional(Variable) });
export type ComponentVariable = Static<typeof ComponentVariable>;

/** `EmptyResultSet`: understood, and there is nothing to report. */
export const GenericDeviceModelStatusEnum = oneOf('Accepted', 'Rejected', 'NotSupported', 'EmptyResultSet');
export type GenericDeviceModelStatusEnum = Static<typeof GenericDeviceModelStatusEnum>;
