import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OcppError } from '@busbar/ocpp';
import type { Registration, StationTwin } from './core/twin.ts';
import { passGate } from './gate.ts';
import { makeStation } from './testing/station.ts';

const station = (registration: Registration | undefined) =>
  makeStation('2.0.1', { admission: 'Pending', registration });

const isSecurityError = (error: unknown) => error instanceof OcppError && error.code === 'SecurityError';
const refuses = (twin: StationTwin, action: string, payload: object = {}) =>
  assert.throws(() => passGate(twin, action, payload), isSecurityError);

describe('the registration gate', () => {
  it('FR.04 B01.FR.10 lets nothing but BootNotification pass before the first boot', () => {
    passGate(station(undefined), 'BootNotification', {});
    refuses(station(undefined), 'Heartbeat');
    refuses(station(undefined), 'TransactionEvent');
  });

  it('B03.FR.07 refuses everything else of a rejected station', () => {
    passGate(station('Rejected'), 'BootNotification', {});
    refuses(station('Rejected'), 'StatusNotification');
  });

  it('lets everything of an accepted station pass', () => {
    passGate(station('Accepted'), 'TransactionEvent', {});
  });

  it('B02.FR.09 takes from a pending station a triggered message once, and no other', () => {
    const twin = station('Pending');
    twin.solicited.set('StatusNotification', 'once');
    refuses(twin, 'Heartbeat');
    passGate(twin, 'StatusNotification', {});
    refuses(twin, 'StatusNotification');
  });

  it('B02.FR.01 takes a report that was asked for until its last part', () => {
    const twin = station('Pending');
    twin.solicited.set('NotifyReport', { requestId: 5 });
    refuses(twin, 'NotifyReport', { requestId: 6 });
    passGate(twin, 'NotifyReport', { requestId: 5, seqNo: 0, tbc: true });
    passGate(twin, 'NotifyReport', { requestId: 5, seqNo: 1, tbc: true });
    passGate(twin, 'NotifyReport', { requestId: 5, seqNo: 2 });
    refuses(twin, 'NotifyReport', { requestId: 5, seqNo: 3 });
  });
});
