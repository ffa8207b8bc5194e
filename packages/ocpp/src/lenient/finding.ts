/** What a real station does wrong and may go on doing. What each one means is told in this folder's README. */
export const findingKinds = [
  'TextTooLong',
  'UnknownField',
  'UnknownEnumValue',
  'EnumSpelling',
  'NumberAsText',
  'TextAsNumber',
  'BooleanAsText',
  'TimeWithoutZone',
  'TimeFormat',
  'DecimalNoise',
  'EmptyField',
  'NullField',
  'BareListItem',
  'CustomDataWithoutVendor',
  'MissingPayload',
  'MessageIdTooLong',
  'MessageIdInUse',
  'ConcurrentCalls',
  'ErrorCodeSpelling',
  'UnknownErrorCode',
  'IncompleteCallError',
] as const;

export type FindingKind = (typeof findingKinds)[number];

/** A deviation from the standard that was tolerated. */
export interface Finding {
  readonly kind: FindingKind;
  readonly action?: string;
  /** JSON pointer in which every list position is `*`, so that one mistake is one finding. */
  readonly field?: string;
  /** A sentence for the operator. Holds no value of a secret or personal field. */
  readonly detail: string;
}

/** A finding is reported once per peer; how often it happened is counted. */
export interface CountedFinding extends Finding {
  readonly count: number;
}
