/** The name of a variable in 2.x, spelt as in the standard; compared without regard to case. */
export interface VariableName {
  readonly component: string;
  readonly componentInstance?: string;
  readonly evseId?: number;
  readonly connectorId?: number;
  readonly variable: string;
  readonly variableInstance?: string;
}

export type DataType =
  | 'string'
  | 'decimal'
  | 'integer'
  | 'dateTime'
  | 'boolean'
  | 'OptionList'
  | 'SequenceList'
  | 'MemberList';

/** One variable of the device model: shared by all stations of a shape, the values are each one's own. */
export interface Variable {
  /** Absent for a 1.6 key that 2.x expresses otherwise. */
  readonly name?: VariableName;
  /** The 1.6 configuration key, where there is one. */
  readonly key?: string;
  readonly dataType: DataType;
  readonly mutability: 'ReadOnly' | 'ReadWrite' | 'WriteOnly';
  readonly initial: string;
  /** Its value is what the station is doing now; `initial` is not used then. */
  readonly live?: LiveValue;
  readonly unit?: string;
  /** Of a number its bounds, of a text its length. */
  readonly minLimit?: number;
  readonly maxLimit?: number;
  /** What an option, or the members of a list, may be. */
  readonly values?: readonly string[];
  /** Takes effect with the next boot. */
  readonly needsReboot?: boolean;
}

export type LiveValue =
  | 'AvailabilityState'
  | 'Available'
  | 'DateTime'
  | 'Identity'
  | 'Model'
  | 'VendorName'
  | 'FirmwareVersion';

/** One spelling for each variable, whatever the case of its parts. */
export function nameKey(name: VariableName): string {
  const instance = name.componentInstance ? `[${name.componentInstance}]` : '';
  const place = name.evseId === undefined ? '' : `@${name.evseId}.${name.connectorId ?? 0}`;
  return `${name.component}${instance}${place}/${variablePart(name)}`.toLowerCase();
}

/** As `nameKey`, without the variable. */
export function componentKey(name: VariableName): string {
  const key = nameKey(name);
  return key.slice(0, key.indexOf('/'));
}

function variablePart({ variable, variableInstance }: VariableName): string {
  return variableInstance ? `${variable}[${variableInstance}]` : variable;
}

/** Why a value is not one of this variable; undefined when it is. */
export function objection(variable: Variable, value: string): string | undefined {
  const { dataType, minLimit, maxLimit, values } = variable;
  switch (dataType) {
    case 'boolean':
      return value === 'true' || value === 'false' ? undefined : 'neither true nor false';
    case 'integer':
      return /^-?\d{1,10}$/.test(value) ? outside(Number(value), minLimit, maxLimit) : 'not a whole number';
    case 'decimal':
      return /^-?\d{1,10}(\.\d{1,6})?$/.test(value)
        ? outside(Number(value), minLimit, maxLimit)
        : 'not a number';
    case 'dateTime':
      return Number.isNaN(Date.parse(value)) ? 'not an instant' : undefined;
    case 'string':
      return value.length > (maxLimit ?? 1000) || value.length < (minLimit ?? 0)
        ? `not of ${minLimit ?? 0} to ${maxLimit ?? 1000} characters`
        : undefined;
    case 'OptionList':
      return values && !values.includes(value) ? `not one of ${values.join(',')}` : undefined;
    case 'SequenceList':
    case 'MemberList':
      return strangers(value, values);
    default:
      return dataType satisfies never;
  }
}

/** The members of a list value; an empty value has none. */
export function membersOf(value: string): string[] {
  return value === '' ? [] : value.split(',').map((member) => member.trim());
}

function outside(value: number, least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY) {
  return value < least || value > most ? `not between ${least} and ${most}` : undefined;
}

function strangers(value: string, values: readonly string[] | undefined): string | undefined {
  const members = membersOf(value);
  if (new Set(members).size < members.length) return 'a member twice';
  const stranger = members.find((member) => values && !values.includes(member));
  return stranger === undefined ? undefined : `${stranger} is not one of ${values?.join(',')}`;
}
