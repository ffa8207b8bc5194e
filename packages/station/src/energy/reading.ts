import type { Random } from '../random.ts';
import { wattHoursText } from './register.ts';

/** The measurands that this meter has; every version names them alike. */
export const measurands = [
  'Energy.Active.Import.Register',
  'Power.Active.Import',
  'Current.Import',
  'Voltage',
  'SoC',
  'Frequency',
  'Current.Offered',
  'Power.Offered',
] as const;

export type Measurand = (typeof measurands)[number];

export type ReadingContext =
  | 'Transaction.Begin'
  | 'Transaction.End'
  | 'Sample.Periodic'
  | 'Sample.Clock'
  | 'Trigger';

export type Unit = 'Wh' | 'W' | 'A' | 'V' | 'Percent' | 'Hz';

export interface Sample {
  readonly measurand: Measurand;
  /** Decimal text, exact. */
  readonly value: string;
  readonly unit: Unit;
  readonly phase?: 'L1' | 'L2' | 'L3' | 'L1-N' | 'L2-N' | 'L3-N';
}

/** What the meter shows at one instant. */
export interface Reading {
  /** Milliseconds since the epoch by the station's clock. */
  readonly at: number;
  readonly context: ReadingContext;
  readonly samples: readonly Sample[];
}

/** What the meter can see at this instant. */
export interface MeterState {
  readonly milliwattHours: number;
  readonly powerW: number;
  readonly offeredW: number;
  readonly supply: Supply;
  /** Phases in use: of the outlet and the vehicle the fewer. */
  readonly phases: number;
  /** Known only from a vehicle that tells it. */
  readonly socPercent: number | undefined;
}

/** How an EVSE gives its power. */
export type Supply = 'AC' | 'DC';

const gridVoltage = 230;
const dcVoltage = 400;

export function readMeter(state: MeterState, wanted: readonly Measurand[], random: Random): Sample[] {
  return wanted.flatMap((measurand) => samplesOf[measurand](state, random));
}

const samplesOf: Record<Measurand, (state: MeterState, random: Random) => Sample[]> = {
  'Energy.Active.Import.Register': ({ milliwattHours }) => [
    { measurand: 'Energy.Active.Import.Register', value: wattHoursText(milliwattHours), unit: 'Wh' },
  ],
  'Power.Active.Import': ({ powerW }) => [
    { measurand: 'Power.Active.Import', value: String(powerW), unit: 'W' },
  ],
  'Power.Offered': ({ offeredW }) => [{ measurand: 'Power.Offered', value: String(offeredW), unit: 'W' }],
  'Current.Import': (state) => {
    if (state.supply === 'DC') {
      return [{ measurand: 'Current.Import', value: tenths(state.powerW / dcVoltage), unit: 'A' }];
    }
    const amps = tenths(state.powerW / state.phases / gridVoltage);
    return phasesOf(state).map((phase) => ({ measurand: 'Current.Import', value: amps, unit: 'A', phase }));
  },
  'Current.Offered': (state) => {
    const volts = state.supply === 'DC' ? dcVoltage : gridVoltage * state.phases;
    return [{ measurand: 'Current.Offered', value: tenths(state.offeredW / volts), unit: 'A' }];
  },
  Voltage: (state, random) => {
    if (state.supply === 'DC') {
      return [{ measurand: 'Voltage', value: tenths(dcVoltage + wobble(random, 4)), unit: 'V' }];
    }
    return phasesOf(state).map((phase) => ({
      measurand: 'Voltage',
      value: tenths(gridVoltage + wobble(random, 2)),
      unit: 'V',
      phase: `${phase}-N`,
    }));
  },
  SoC: ({ socPercent }) =>
    socPercent === undefined ? [] : [{ measurand: 'SoC', value: String(socPercent), unit: 'Percent' }],
  Frequency: (_state, random) => [
    { measurand: 'Frequency', value: (50 + wobble(random, 0.05)).toFixed(2), unit: 'Hz' },
  ],
};

const lines = ['L1', 'L2', 'L3'] as const;

function phasesOf(state: MeterState) {
  return lines.slice(0, state.phases);
}

function tenths(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function wobble(random: Random, most: number): number {
  return (random() * 2 - 1) * most;
}
