/**
 * Everything that can be said about how an energy was found. `trust: 'lost'` means that it must not be billed
 * before somebody has looked; `'kept'` is worth knowing and changes nothing.
 */
export const energyReasons = {
  /** No reading marks the start, nor was one taken at it: what flowed before the first reading is not in. */
  BeginReadingMissing: { trust: 'lost', meaning: 'No register reading at the start' },
  /** No reading marks the end, nor was one taken at it: what flowed after the last reading is not in. */
  EndReadingMissing: { trust: 'lost', meaning: 'No register reading at the end' },
  /** Fewer than two usable readings: there is no difference to take. */
  ReadingsTooFew: { trust: 'lost', meaning: 'Fewer than two usable readings' },
  /** Two sources for one quantity differ: meterStart/meterStop and samples, or two readings of one mark. */
  ReadingsDisagree: { trust: 'lost', meaning: 'Readings of the same quantity differ' },
  /** The register fell to what may have been counted from zero: energy around the reset is unknown. */
  RegisterReset: { trust: 'lost', meaning: 'The register was reset' },
  /** The register fell to a value that no reset or wrap explains: another meter, or a misreading. */
  RegisterFell: { trust: 'lost', meaning: 'The register fell and nothing explains it' },
  /** More energy between two readings than the highest power allows in the time between them. */
  PowerImpossible: { trust: 'lost', meaning: 'More energy than the highest power allows' },
  /** The figures look like those of another unit: out by a thousand. Never corrected, only said. */
  UnitDoubtful: { trust: 'lost', meaning: 'The figures look like those of another unit' },
  /** There is no register; intervals were added up, and nothing proves that none is missing. */
  IntervalsSummed: { trust: 'lost', meaning: 'Added up from intervals, there being no register' },
  /** Read at the EVSE's inlet: the losses of the station are in it. */
  MeasuredAtInlet: { trust: 'lost', meaning: 'Read at the inlet, losses included' },
  /** Read at the cable or in the body, there being nothing at the outlet. */
  MeasuredOffOutlet: { trust: 'kept', meaning: 'Read elsewhere than at the outlet' },
  /** The register passed its last digit and counts on from zero; the difference takes that in. */
  RegisterRolledOver: { trust: 'kept', meaning: 'The register passed its last digit' },
  /** The register went back by less than any bill shows. */
  RegisterWavered: { trust: 'kept', meaning: 'The register went back by a trifle' },
  /** A reading between begin and end cannot be and was left out; its neighbours agree without it. */
  ReadingDiscarded: { trust: 'kept', meaning: 'A reading that cannot be was left out' },
  /** An energy sample was no number, and was left out. */
  ValueUnreadable: { trust: 'kept', meaning: 'A value was no number' },
  /** An energy sample was below zero, which no register shows, and was left out. */
  ValueNegative: { trust: 'kept', meaning: 'A value was negative' },
  /** An energy sample had a unit that is none of energy, and was left out. */
  UnitUnusable: { trust: 'kept', meaning: 'A value had no unit of energy' },
  /** An energy sample came as signed data alone, which is kept as evidence and not opened here. */
  SignedOnly: { trust: 'kept', meaning: 'A value came as signed data alone' },
  /** Summed over phases; instants that lacked one of them were left out. */
  PhasesIncomplete: { trust: 'kept', meaning: 'A reading lacked a phase' },
  /** There is no value over all phases; the phases were added. */
  PhasesSummed: { trust: 'kept', meaning: 'Added up from the phases' },
  /** The station's clock was set back on the way; order came from sequence or marks, not from time. */
  ClockUnreliable: { trust: 'kept', meaning: 'The clock of the station cannot be relied on' },
  /** The message that starts the transaction has not been seen. */
  StartNotSeen: { trust: 'kept', meaning: 'The start was not seen' },
  /** The message that ends the transaction has not been seen: it runs, or its end was lost. */
  EndNotSeen: { trust: 'kept', meaning: 'The end was not seen' },
  /** Messages of the transaction are missing. A register does not mind. */
  SequenceGap: { trust: 'kept', meaning: 'Messages are missing' },
} as const satisfies Record<string, { trust: 'kept' | 'lost'; meaning: string }>;

export type EnergyReason = keyof typeof energyReasons;

export type Reasons = ReadonlySet<EnergyReason>;

export const noReasons: Reasons = new Set();

/** All the reasons of several findings, each once. */
export function allReasons(...sources: readonly Iterable<EnergyReason>[]): Reasons {
  return new Set(sources.flatMap((source) => [...source]));
}

/** Whether one of them means that the energy must not be billed unseen. */
export function losesTrust(reasons: Iterable<EnergyReason>): boolean {
  return [...reasons].some((reason) => energyReasons[reason].trust === 'lost');
}
