import type { Request, Response } from '@busbar/ocpp';
import { shapeOf } from '../device-model/device-model.ts';
import type { Outgoing } from '../dialect/dialect.ts';
import { nothing, outgoing2 } from '../dialect/outgoing.ts';
import { reportData } from '../dialect/v2-commands.ts';
import type { EvseLayout } from '../evse/layout.ts';
import type { LoadMessages, Plot, Step } from './script.ts';

const layout: readonly EvseLayout[] = [{ connectors: [{ type: 'sType2' }], maxPowerW: 22_000 }];

const variablesPerPart = 50;

const reports = new Map<number, readonly Outgoing<void>[]>();

export const messages2: LoadMessages = {
  boot: ({ stationId }) =>
    step('BootNotification', {
      reason: 'PowerUp',
      chargingStation: { vendorName: 'Busbar', model: 'Load', serialNumber: stationId.slice(0, 25) },
    }),

  // The same for all stations, so it is made once.
  report(variables) {
    const known = reports.get(variables);
    if (known) return known;
    const made = makeReport(variables);
    reports.set(variables, made);
    return made;
  },

  // The report is on its way already, unasked.
  answers: () => ({
    GetBaseReport: { status: 'Rejected' } satisfies Response<'2.1', 'GetBaseReport'>,
    GetTransactionStatus: { messagesInQueue: false } satisfies Response<'2.1', 'GetTransactionStatus'>,
    TriggerMessage: { status: 'Rejected' } satisfies Response<'2.1', 'TriggerMessage'>,
  }),

  authorize: ({ idToken }) => step('Authorize', { idToken: { idToken, type: 'ISO14443' } }),

  status: (_plot, at) =>
    step('StatusNotification', { timestamp: at, connectorStatus: 'Occupied', evseId: 1, connectorId: 1 }),

  meterValues: (plot, at) =>
    step('MeterValues', { evseId: 1, meterValue: [meterValue(plot, at, 'Sample.Clock')] }),

  started: (plot, at) =>
    transactionEvent(plot, at, {
      eventType: 'Started',
      triggerReason: 'Authorized',
      context: 'Transaction.Begin',
      chargingState: 'EVConnected',
    }),

  updated: (plot, at) =>
    transactionEvent(plot, at, {
      eventType: 'Updated',
      triggerReason: 'MeterValuePeriodic',
      context: 'Sample.Periodic',
      chargingState: 'Charging',
    }),

  ended: (plot, at) =>
    transactionEvent(plot, at, {
      eventType: 'Ended',
      triggerReason: 'StopAuthorized',
      context: 'Transaction.End',
      chargingState: 'EVConnected',
    }),
};

function step<
  A extends 'Authorize' | 'BootNotification' | 'MeterValues' | 'StatusNotification' | 'TransactionEvent',
>(action: A, payload: Request<'2.1', A> & object): Step {
  return { action, payload };
}

type TransactionEvent = Request<'2.1', 'TransactionEvent'>;

interface Kind extends Pick<TransactionEvent, 'eventType' | 'triggerReason'> {
  readonly context: 'Transaction.Begin' | 'Sample.Periodic' | 'Transaction.End';
  readonly chargingState: 'EVConnected' | 'Charging';
}

function transactionEvent(
  plot: Plot,
  at: string,
  { eventType, triggerReason, context, chargingState }: Kind,
): Step {
  return step('TransactionEvent', {
    eventType,
    timestamp: at,
    triggerReason,
    seqNo: plot.seqNo++,
    transactionInfo: {
      transactionId: plot.transactionId,
      chargingState,
      ...(eventType === 'Ended' && { stoppedReason: 'Local' }),
    },
    meterValue: [meterValue(plot, at, context)],
    ...(eventType === 'Started' && {
      evse: { id: 1, connectorId: 1 },
      idToken: { idToken: plot.idToken, type: 'ISO14443' },
    }),
  });
}

function meterValue({ meterWh }: Plot, timestamp: string, context: Kind['context'] | 'Sample.Clock') {
  return {
    timestamp,
    sampledValue: [
      {
        value: meterWh,
        context,
        measurand: 'Energy.Active.Import.Register' as const,
        unitOfMeasure: { unit: 'Wh' },
      },
      { value: 11_040, context, measurand: 'Power.Active.Import' as const, unitOfMeasure: { unit: 'W' } },
      ...currents.map((phase) => ({
        value: 16,
        context,
        measurand: 'Current.Import' as const,
        phase,
        unitOfMeasure: { unit: 'A' },
      })),
      { value: 57, context, measurand: 'SoC' as const, unitOfMeasure: { unit: 'Percent' } },
    ],
  };
}

const currents = ['L1', 'L2', 'L3'] as const;

function makeReport(count: number): Outgoing<void>[] {
  const { variables } = shapeOf(layout, count);
  const data = variables.flatMap((variable) => reportData(variable, { read: ({ initial }) => initial }));
  const generatedAt = new Date().toISOString();
  return Array.from({ length: Math.ceil(data.length / variablesPerPart) }, (_, seqNo) =>
    outgoing2(
      'NotifyReport',
      {
        requestId: 1,
        generatedAt,
        seqNo,
        tbc: (seqNo + 1) * variablesPerPart < data.length,
        reportData: data.slice(seqNo * variablesPerPart, (seqNo + 1) * variablesPerPart),
      },
      nothing,
    ),
  );
}
