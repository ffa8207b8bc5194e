import type { Request, Response } from '@busbar/ocpp';
import type { LoadMessages, Plot, Step } from './script.ts';

export const messages16: LoadMessages = {
  boot: ({ stationId }) =>
    step('BootNotification', {
      chargePointVendor: 'Busbar',
      chargePointModel: 'Load',
      chargePointSerialNumber: stationId.slice(0, 25),
    }),

  report: () => [],

  // 1.6 has no report; a CSMS that wants to know asks for the configuration.
  answers: (variables) => ({
    GetConfiguration: configuration(variables),
    TriggerMessage: { status: 'Rejected' } satisfies Response<'1.6', 'TriggerMessage'>,
  }),

  authorize: ({ idToken }) => step('Authorize', { idTag: idToken }),

  status: (_plot, timestamp) =>
    step('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Charging', timestamp }),

  meterValues: (plot, at) =>
    step('MeterValues', { connectorId: 1, meterValue: [meterValue(plot, at, 'Sample.Clock')] }),

  started: (plot, timestamp) => ({
    ...step('StartTransaction', { connectorId: 1, idTag: plot.idToken, meterStart: plot.meterWh, timestamp }),
    // The peer has validated the answer.
    answered: (answer) => {
      plot.number = (answer as Response<'1.6', 'StartTransaction'>).transactionId;
    },
  }),

  updated: (plot, at) =>
    step('MeterValues', {
      connectorId: 1,
      transactionId: plot.number,
      meterValue: [meterValue(plot, at, 'Sample.Periodic')],
    }),

  ended: (plot, timestamp) =>
    step('StopTransaction', {
      transactionId: plot.number,
      idTag: plot.idToken,
      meterStop: plot.meterWh,
      timestamp,
      reason: 'Local',
    }),
};

type Said =
  | 'Authorize'
  | 'BootNotification'
  | 'MeterValues'
  | 'StartTransaction'
  | 'StatusNotification'
  | 'StopTransaction';

function step<A extends Said>(action: A, payload: Request<'1.6', A> & object): Step {
  return { action, payload };
}

function meterValue({ meterWh }: Plot, timestamp: string, context: 'Sample.Clock' | 'Sample.Periodic') {
  return {
    timestamp,
    sampledValue: [
      {
        value: String(meterWh),
        context,
        measurand: 'Energy.Active.Import.Register' as const,
        unit: 'Wh' as const,
      },
      { value: '11040', context, measurand: 'Power.Active.Import' as const, unit: 'W' as const },
      ...phases.map((phase) => ({
        value: '16.0',
        context,
        measurand: 'Current.Import' as const,
        phase,
        unit: 'A' as const,
      })),
      { value: '57', context, measurand: 'SoC' as const, unit: 'Percent' as const },
    ],
  };
}

const phases = ['L1', 'L2', 'L3'] as const;

const configurations = new Map<number, Response<'1.6', 'GetConfiguration'>>();

function configuration(count: number): Response<'1.6', 'GetConfiguration'> {
  const known = configurations.get(count);
  if (known) return known;
  const configurationKey = Array.from({ length: count }, (_, index) => ({
    key: `LoadKey${index}`,
    readonly: index % 2 === 0,
    value: String(index * 7),
  }));
  configurations.set(count, { configurationKey });
  return { configurationKey };
}
