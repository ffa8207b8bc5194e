import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { seededRandom } from '../random.ts';
import { Outlet } from './outlet.ts';
import { readMeter } from './reading.ts';
import { EnergyRegister, wattHoursText } from './register.ts';
import { defaultVehicle, Vehicle } from './vehicle.ts';

const layout = { connectors: [{ type: 'sType2' }], maxPowerW: 22_000, meterStartWh: 5 };

test('a register counts the same however the time is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 10_000 }), { maxLength: 50 }),
      fc.integer({ min: 0, max: 350_000 }),
      (parts, powerW) => {
        const cut = new EnergyRegister();
        const whole = new EnergyRegister();
        for (const ms of parts) cut.add(powerW, ms);
        whole.add(
          powerW,
          parts.reduce((sum, ms) => sum + ms, 0),
        );
        assert.equal(cut.milliwattHours, whole.milliwattHours);
      },
    ),
  );
});

test('11 kW for an hour are 11 kWh, exactly', () => {
  const register = new EnergyRegister(1_000);
  register.add(11_000, 3_600_000);
  assert.equal(register.milliwattHours, 11_001_000);
});

test('an amount is written as an exact decimal', () => {
  assert.deepEqual([0, 1, 1500, 12_345_678, 20_000].map(wattHoursText), [
    '0',
    '0.001',
    '1.5',
    '12345.678',
    '20',
  ]);
});

test('an outlet gives the same energy however often it is looked at', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 3_000_000 }), { minLength: 1, maxLength: 20 }),
      (parts) => {
        const often = charging();
        const once = charging();
        let at = 0;
        for (const ms of parts) {
          at += ms;
          often.settle(at);
        }
        once.settle(at);
        assert.equal(often.register.milliwattHours, once.register.milliwattHours);
        assert.equal(often.meter.socPercent, once.meter.socPercent);
      },
    ),
  );
});

test('a vehicle takes less above 80 percent, fills up when foretold, and takes nothing then', () => {
  const outlet = charging();
  const fullAt = outlet.fullAt(0);
  assert.equal(outlet.meter.powerW, 11_000);
  assert.equal(outlet.settle(fullAt - 60_000), undefined);
  assert.ok(outlet.meter.powerW > 0 && outlet.meter.powerW < 3_000, `${outlet.meter.powerW} W near the end`);
  assert.equal(outlet.settle(fullAt + 3_600_000), fullAt);
  assert.equal(outlet.meter.socPercent, 100);
  assert.equal(outlet.meter.powerW, 0);
  const kWh = outlet.register.milliwattHours / 1e6;
  assert.ok(kWh > 45 && kWh < 46.5, `70 percent of 60 kWh and losses are ${kWh} kWh`);
});

test('a vehicle stops at its target', () => {
  const vehicle = new Vehicle({ ...defaultVehicle, socPercent: 80, targetSocPercent: 80 });
  assert.equal(vehicle.isFull, true);
  assert.equal(vehicle.fullInMs(11_000), 0);
});

test('readings fit together: current, voltage and phases give the power', () => {
  const outlet = charging();
  const samples = readMeter(
    outlet.meter,
    ['Power.Active.Import', 'Current.Import', 'Voltage', 'SoC', 'Frequency'],
    seededRandom(1),
  );
  const currents = samples.filter(({ measurand }) => measurand === 'Current.Import');
  const voltages = samples.filter(({ measurand }) => measurand === 'Voltage');
  assert.deepEqual(
    currents.map(({ phase }) => phase),
    ['L1', 'L2', 'L3'],
  );
  const powerW = currents.reduce(
    (sum, { value }, index) => sum + Number(value) * Number(voltages[index]?.value),
    0,
  );
  assert.ok(Math.abs(powerW - 11_000) < 300, `${powerW} W`);
});

function charging(): Outlet {
  const outlet = new Outlet(layout);
  outlet.connect(defaultVehicle);
  outlet.setClosed(true);
  return outlet;
}
