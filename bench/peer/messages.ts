import type { Request } from '@busbar/ocpp';

/** What a charging station says all day, in the sizes of the field. */
export interface BenchMessage {
  readonly action: string;
  readonly request: object;
  readonly response: object;
}

export type BenchVersion = '1.6' | '2.0.1';

const at = '2026-03-01T12:00:00.000Z';

const sampledValue16: Request<'1.6', 'MeterValues'>['meterValue'][number]['sampledValue'] = [
  { value: '1250374', context: 'Sample.Periodic', measurand: 'Energy.Active.Import.Register', unit: 'Wh' },
  { value: '11040', context: 'Sample.Periodic', measurand: 'Power.Active.Import', unit: 'W' },
  { value: '16.0', context: 'Sample.Periodic', measurand: 'Current.Import', phase: 'L1', unit: 'A' },
  { value: '15.9', context: 'Sample.Periodic', measurand: 'Current.Import', phase: 'L2', unit: 'A' },
  { value: '16.1', context: 'Sample.Periodic', measurand: 'Current.Import', phase: 'L3', unit: 'A' },
  { value: '230.1', context: 'Sample.Periodic', measurand: 'Voltage', phase: 'L1-N', unit: 'V' },
];

const meterValue201: Request<'2.0.1', 'MeterValues'>['meterValue'] = [
  {
    timestamp: at,
    sampledValue: [
      {
        value: 1_250_374.5,
        context: 'Sample.Periodic',
        measurand: 'Energy.Active.Import.Register',
        unitOfMeasure: { unit: 'Wh', multiplier: 0 },
      },
      { value: 11_040, measurand: 'Power.Active.Import', unitOfMeasure: { unit: 'W' } },
      { value: 16, measurand: 'Current.Import', phase: 'L1', unitOfMeasure: { unit: 'A' } },
      { value: 15.9, measurand: 'Current.Import', phase: 'L2', unitOfMeasure: { unit: 'A' } },
      { value: 16.1, measurand: 'Current.Import', phase: 'L3', unitOfMeasure: { unit: 'A' } },
    ],
  },
];

const transactionEvent: Request<'2.0.1', 'TransactionEvent'> = {
  eventType: 'Updated',
  timestamp: at,
  triggerReason: 'MeterValuePeriodic',
  seqNo: 7,
  transactionInfo: { transactionId: '5c7d1d62-7a1c-4f0e-9a55-6b0f3c1c2d4e', chargingState: 'Charging' },
  evse: { id: 1, connectorId: 1 },
  meterValue: meterValue201,
};

/** Sent in turn. */
export const messagesOf: Readonly<Record<BenchVersion, readonly BenchMessage[]>> = {
  '1.6': [
    {
      action: 'MeterValues',
      request: {
        connectorId: 1,
        transactionId: 4711,
        meterValue: [{ timestamp: at, sampledValue: sampledValue16 }],
      } satisfies Request<'1.6', 'MeterValues'>,
      response: {},
    },
    {
      action: 'StatusNotification',
      request: {
        connectorId: 1,
        errorCode: 'NoError',
        status: 'Charging',
        timestamp: at,
      } satisfies Request<'1.6', 'StatusNotification'>,
      response: {},
    },
    { action: 'Heartbeat', request: {}, response: { currentTime: at } },
  ],
  '2.0.1': [
    { action: 'TransactionEvent', request: transactionEvent, response: {} },
    { action: 'MeterValues', request: { evseId: 1, meterValue: meterValue201 }, response: {} },
    { action: 'Heartbeat', request: {}, response: { currentTime: at } },
  ],
};
