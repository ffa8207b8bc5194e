import type { Version } from '@busbar/ocpp';

/** A message of the mix, without its frame. */
export interface Message {
  readonly action: string;
  readonly payload: object;
}

/** Names as stations have them: components with a few variables each, per EVSE where that is usual. */
const variableNames = [
  'Available',
  'Enabled',
  'Active',
  'Problem',
  'Tripped',
  'Interval',
  'Power',
  'Temperature',
  'Count',
  'State',
];

/** The device model of one station in parts of 50 variables, as NotifyReport. */
export function reportsOf(requestId: number, variables: number): Message[] {
  const parts: Message[] = [];
  for (let from = 0; from < variables; from += 50) {
    const size = Math.min(50, variables - from);
    parts.push({
      action: 'NotifyReport',
      payload: {
        requestId,
        seqNo: parts.length,
        generatedAt: new Date().toISOString(),
        tbc: from + size < variables,
        reportData: Array.from({ length: size }, (_, index) => variable(from + index)),
      },
    });
  }
  return parts;
}

function variable(n: number): object {
  return {
    component: { name: `Component${Math.floor(n / 20)}`, ...(n % 3 === 0 && { evse: { id: (n % 2) + 1 } }) },
    variable: { name: `${variableNames[n % 10]}${Math.floor(n / 10) % 2}` },
    variableAttribute: [
      { type: 'Actual', value: String(n * 7), mutability: n % 4 === 0 ? 'ReadWrite' : 'ReadOnly' },
    ],
    variableCharacteristics: { dataType: 'integer', supportsMonitoring: n % 5 === 0 },
  };
}

/** The answer of a 1.6 station to GetConfiguration. */
export function configurationOf(keys: number): object {
  return {
    configurationKey: Array.from({ length: keys }, (_, n) => ({
      key: `VendorKey${n}`,
      readonly: n % 4 !== 0,
      value: String(n * 7),
    })),
  };
}

export function bootOf(version: Version): Message {
  return version === '1.6'
    ? {
        action: 'BootNotification',
        payload: { chargePointVendor: 'Bench', chargePointModel: 'B1', firmwareVersion: '1.0' },
      }
    : {
        action: 'BootNotification',
        payload: {
          reason: 'PowerUp',
          chargingStation: { vendorName: 'Bench', model: 'B1', firmwareVersion: '1.0' },
        },
      };
}

/**
 * What one station says for ever: transactions with their meter values, clock-aligned meter values beside them, and
 * one message in ten an Authorize, a StatusNotification or a boot.
 */
export function* mix(
  version: Version,
  stationId: string,
  idToken: string,
): Generator<Message, never, number | undefined> {
  let energyWh = 10_000;
  for (let transaction = 0; ; transaction++) {
    const id = `${stationId}-${transaction}-${Date.now()}`;
    energyWh += 50;
    const turn = transaction % 3;
    if (version === '1.6') {
      yield turn === 0 ? bootOf(version) : { action: 'Authorize', payload: { idTag: idToken } };
      const number = yield {
        action: 'StartTransaction',
        payload: {
          connectorId: 1,
          idTag: idToken,
          meterStart: energyWh,
          timestamp: new Date().toISOString(),
        },
      };
      for (let n = 0; n < 16; n++) {
        energyWh += 20;
        yield {
          action: 'MeterValues',
          payload: { connectorId: 1, transactionId: number ?? 0, meterValue: [sample16(energyWh)] },
        };
      }
      yield {
        action: 'StopTransaction',
        payload: { transactionId: number ?? 0, meterStop: energyWh, timestamp: new Date().toISOString() },
      };
      yield {
        action: 'StatusNotification',
        payload: { connectorId: 1, errorCode: 'NoError', status: turn === 0 ? 'Available' : 'Finishing' },
      };
      continue;
    }
    yield turn === 0
      ? bootOf(version)
      : { action: 'Authorize', payload: { idToken: { idToken, type: 'ISO14443' } } };
    let seqNo = 0;
    yield event('Started', id, seqNo++, energyWh, { idToken: { idToken, type: 'ISO14443' } });
    for (let n = 0; n < 8; n++) {
      energyWh += 20;
      yield event('Updated', id, seqNo++, energyWh);
      yield {
        action: 'MeterValues',
        payload: { evseId: 1, meterValue: [sample2(energyWh, 'Sample.Clock')] },
      };
    }
    yield event('Ended', id, seqNo++, energyWh);
    yield {
      action: 'StatusNotification',
      payload: {
        timestamp: new Date().toISOString(),
        connectorStatus: turn === 0 ? 'Available' : 'Occupied',
        evseId: 1,
        connectorId: 1,
      },
    };
  }
}

function event(
  eventType: 'Started' | 'Updated' | 'Ended',
  transactionId: string,
  seqNo: number,
  energyWh: number,
  more = {},
): Message {
  return {
    action: 'TransactionEvent',
    payload: {
      eventType,
      timestamp: new Date().toISOString(),
      triggerReason:
        eventType === 'Started' ? 'Authorized' : eventType === 'Ended' ? 'EVDeparted' : 'MeterValuePeriodic',
      seqNo,
      transactionInfo: {
        transactionId,
        chargingState: eventType === 'Ended' ? 'Idle' : 'Charging',
        ...(eventType === 'Ended' && { stoppedReason: 'EVDisconnected' }),
      },
      evse: { id: 1, connectorId: 1 },
      meterValue: [
        sample2(
          energyWh,
          eventType === 'Started'
            ? 'Transaction.Begin'
            : eventType === 'Ended'
              ? 'Transaction.End'
              : 'Sample.Periodic',
        ),
      ],
      ...more,
    },
  };
}

function sample2(energyWh: number, context: string): object {
  return {
    timestamp: new Date().toISOString(),
    sampledValue: [
      { value: energyWh, context, measurand: 'Energy.Active.Import.Register', unitOfMeasure: { unit: 'Wh' } },
      { value: 11_040, context, measurand: 'Power.Active.Import', unitOfMeasure: { unit: 'W' } },
      { value: 16, context, measurand: 'Current.Import', phase: 'L1', unitOfMeasure: { unit: 'A' } },
      { value: 230.4, context, measurand: 'Voltage', phase: 'L1', unitOfMeasure: { unit: 'V' } },
    ],
  };
}

function sample16(energyWh: number): object {
  return {
    timestamp: new Date().toISOString(),
    sampledValue: [
      {
        value: String(energyWh),
        context: 'Sample.Periodic',
        measurand: 'Energy.Active.Import.Register',
        unit: 'Wh',
      },
      { value: '11040', context: 'Sample.Periodic', measurand: 'Power.Active.Import', unit: 'W' },
      { value: '16.0', context: 'Sample.Periodic', measurand: 'Current.Import', phase: 'L1', unit: 'A' },
      { value: '230.4', context: 'Sample.Periodic', measurand: 'Voltage', phase: 'L1-N', unit: 'V' },
    ],
  };
}
