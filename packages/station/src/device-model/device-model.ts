import type { EvseLayout } from '../evse/layout.ts';
import { hardwareVariables } from './hardware-variables.ts';
import { standardVariables } from './standard-variables.ts';
import { componentKey, nameKey, objection, type Variable, type VariableName } from './variable.ts';

/** What stations of one shape share: thousands of them hold one. */
export interface Shape {
  readonly variables: readonly Variable[];
  readonly byName: ReadonlyMap<string, Variable>;
  readonly byKey: ReadonlyMap<string, Variable>;
  readonly components: ReadonlySet<string>;
}

const shapes = new WeakMap<readonly EvseLayout[], Map<number, Shape>>();

/** @param size at least so many variables that 2.x knows; the standard's own are always there */
export function shapeOf(evses: readonly EvseLayout[], size = 0): Shape {
  const sizes = shapes.get(evses) ?? new Map<number, Shape>();
  shapes.set(evses, sizes);
  const known = sizes.get(size);
  if (known) return known;
  const standard = standardVariables(evses);
  const reported = standard.filter(({ name }) => name).length;
  const variables = [...standard, ...hardwareVariables(size - reported)];
  const shape: Shape = {
    variables,
    byName: new Map(
      variables.flatMap((variable) => (variable.name ? [[nameKey(variable.name), variable]] : [])),
    ),
    byKey: new Map(
      variables.flatMap((variable) => (variable.key ? [[variable.key.toLowerCase(), variable]] : [])),
    ),
    components: new Set(variables.flatMap(({ name }) => (name ? [componentKey(name)] : []))),
  };
  sizes.set(size, shape);
  return shape;
}

export type WriteOutcome =
  | { readonly status: 'Accepted' | 'RebootRequired' }
  | { readonly status: 'Rejected'; readonly reason: 'ReadOnly' | 'InvalidValue'; readonly detail: string };

/** The variables of one station with their values, which survive a reboot. */
export class DeviceModel {
  readonly shape: Shape;
  readonly #values = new Map<Variable, string>();
  readonly #live: (variable: Variable) => string;
  readonly #written: (variable: Variable, value: string) => void;

  /**
   * @param live reads what the station is doing now
   * @param written hears what was written from outside
   */
  constructor(
    shape: Shape,
    live: (variable: Variable) => string,
    written: (variable: Variable, value: string) => void,
  ) {
    this.shape = shape;
    this.#live = live;
    this.#written = written;
  }

  find(name: VariableName): Variable | 'UnknownComponent' | 'UnknownVariable' {
    const variable = this.shape.byName.get(nameKey(name));
    if (variable) return variable;
    return this.shape.components.has(componentKey(name)) ? 'UnknownVariable' : 'UnknownComponent';
  }

  findKey(key: string): Variable | undefined {
    return this.shape.byKey.get(key.toLowerCase());
  }

  read(variable: Variable): string {
    return variable.live ? this.#live(variable) : (this.#values.get(variable) ?? variable.initial);
  }

  /** As somebody outside: what is ReadOnly, ill-formed or out of range is refused (B05.FR.07-10). */
  write(variable: Variable, value: string): WriteOutcome {
    if (variable.mutability === 'ReadOnly') {
      return { status: 'Rejected', reason: 'ReadOnly', detail: 'cannot be written' };
    }
    const detail = objection(variable, value);
    if (detail) return { status: 'Rejected', reason: 'InvalidValue', detail };
    this.#values.set(variable, value);
    this.#written(variable, value);
    return { status: variable.needsReboot ? 'RebootRequired' : 'Accepted' };
  }

  /** As the station itself. Path as in the standard: `TxCtrlr.TxStartPoint`. */
  set(path: string, value: string): void {
    this.#values.set(this.#at(path), value);
  }

  get(path: string): string {
    return this.read(this.#at(path));
  }

  integer(path: string): number {
    return Number(this.get(path));
  }

  isTrue(path: string): boolean {
    return this.get(path) === 'true';
  }

  #at(path: string): Variable {
    const variable = this.shape.byName.get(path.replace('.', '/').toLowerCase());
    if (!variable) throw new Error(`the device model has no ${path}`);
    return variable;
  }
}
