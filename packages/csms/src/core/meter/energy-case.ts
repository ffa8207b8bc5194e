/** The words that the tests of `transactionEnergy` are written in: a session of two hours, 1000 to 16000 Wh. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EnergyInput, type TransactionEnergy, transactionEnergy } from './energy.ts';
import { type EnergyReason, energyReasons } from './energy-reason.ts';
import type { MeterValue, SampledValue } from './meter-value.ts';

export const startedAt = '2026-03-01T10:00:00.000Z';
export const endedAt = '2026-03-01T12:00:00.000Z';

/** The instant so many minutes after the start. */
export function minute(minutes: number): string {
  return new Date(Date.parse(startedAt) + minutes * 60_000).toISOString();
}

export function sample(value: string, labels: Partial<SampledValue> = {}): SampledValue {
  return {
    value,
    measurand: 'Energy.Active.Import.Register',
    context: 'Sample.Periodic',
    location: 'Outlet',
    unit: 'Wh',
    multiplier: 0,
    ...labels,
  };
}

export function reading(minutes: number, value: string, labels: Partial<SampledValue> = {}): MeterValue {
  return { at: minute(minutes), samples: [sample(value, labels)] };
}

export function begin(value: string, labels: Partial<SampledValue> = {}): MeterValue {
  return reading(0, value, { context: 'Transaction.Begin', ...labels });
}

export function end(value: string, labels: Partial<SampledValue> = {}): MeterValue {
  return reading(120, value, { context: 'Transaction.End', ...labels });
}

export function energyOf(
  readings: readonly MeterValue[],
  more: Partial<EnergyInput> = {},
): TransactionEnergy {
  return transactionEnergy({
    readings,
    startedAt,
    endedAt,
    startSeen: true,
    endSeen: true,
    sequenceGaps: false,
    ...more,
  });
}

export interface Case {
  readonly title: string;
  readonly readings: readonly MeterValue[];
  readonly more?: Partial<EnergyInput>;
  readonly importedWh: string | undefined;
  readonly exportedWh?: string;
  readonly reasons: readonly EnergyReason[];
  readonly method?: TransactionEnergy['method'];
}

export const marked = [begin('1000'), end('16000')];
export const exported = { measurand: 'Energy.Active.Export.Register' } as const;
export const interval = { measurand: 'Energy.Active.Import.Interval' } as const;
export const power = { measurand: 'Power.Active.Import', unit: 'W' } as const;
export const signedOnly = { signed: { data: '0A', encodingMethod: '' } } as const;

export function check(
  title: string,
  { readings, more, importedWh, exportedWh, reasons, method }: Case,
): void {
  test(title, () => {
    const energy = energyOf(readings, more);
    assert.equal(energy.importedWh, importedWh);
    assert.equal(energy.exportedWh, exportedWh);
    assert.deepEqual(energy.reasons, reasons);
    assert.equal(energy.method, method ?? 'register');
    const trusted = reasons.every((reason) => energyReasons[reason].trust === 'kept');
    assert.equal(energy.trusted, trusted);
  });
}
