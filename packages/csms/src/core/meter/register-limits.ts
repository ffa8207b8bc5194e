import { exactly } from './decimal.ts';

/** What a register may go back, or two sources may round apart, without a word: 1.6 fields are whole Wh. */
export const roundingWh = exactly(1);

/** Below this a falling register is noise of the last digit; no bill shows it. */
export const noiseWh = exactly(10);

/** Two sources of one energy may differ by the last digit of a meter that shows tenths of a kWh. */
export const agreementWh = exactly(100);

/** No charging point gives more today; the EVSE's own limit is better and can be passed in. */
export const defaultMaximumPowerWatts = 1_000_000;

/** What clocks and messages of one instant may be apart. At 11 kW this is 15 Wh, at 350 kW half a kWh. */
export const instantMs = 5_000;

/** No meter has fewer digits than show 999 kWh; what falls from below is a reset. */
export const smallestRegisterWh = exactly(1_000_000);

/** A register that wraps stood in the last hundredth of its range. */
export const wrapShare = exactly(0.99);

/** A register that fell below a tenth was set to zero and counted on; above, it shows something else. */
export const resetShare = exactly(0.1);

/** A battery holds less than 200 kWh: whoever reads kWh as Wh stays below this. */
export const kiloSuspicionWh = exactly(200);

/** Shorter transactions may well have charged a handful of Wh. */
export const kiloSuspicionMs = 5 * 60_000;
