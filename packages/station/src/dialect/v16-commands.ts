import type { ActionOf, Request, Response } from '@busbar/ocpp';
import type { Commands, TriggeredMessage } from '../commands.ts';
import type { AvailabilityTarget } from '../evse/availability.ts';
import { nothing, outgoing16 } from './outgoing.ts';

type Handler<A extends ActionOf<'1.6'>> = (
  request: Request<'1.6', A>,
  commands: Commands,
) => { answer: Response<'1.6', A> & object; afterwards?: () => void };

/** What a 1.6 CSMS may ask of this station. */
export const handlers16: { readonly [A in ActionOf<'1.6'>]?: Handler<A> } = {
  RemoteStartTransaction({ idTag, connectorId }, commands) {
    const { accepted, afterwards } = commands.start({
      idToken: { idToken: idTag, type: 'ISO14443' },
      ...(connectorId !== undefined && { evseId: connectorId }),
    });
    return { answer: { status: accepted ? 'Accepted' : 'Rejected' }, ...(afterwards && { afterwards }) };
  },

  RemoteStopTransaction({ transactionId }, commands) {
    const { accepted, afterwards } = commands.stop(({ number }) => number === transactionId);
    return { answer: { status: accepted ? 'Accepted' : 'Rejected' }, ...(afterwards && { afterwards }) };
  },

  Reset({ type }, commands) {
    const { afterwards } = commands.reset({
      when: 'Immediate',
      transactions: type === 'Hard' ? 'HardReset' : 'SoftReset',
      bootReason: 'RemoteReset',
    });
    return { answer: { status: 'Accepted' }, ...(afterwards && { afterwards }) };
  },

  ChangeAvailability: ({ connectorId, type }, commands) => ({
    answer: { status: commands.changeAvailability(targetOf(connectorId), type === 'Operative') },
  }),

  UnlockConnector({ connectorId }, commands) {
    const { status, afterwards } = commands.unlock(connectorId, 1, 'stop');
    return {
      answer: { status: status === 'Unlocked' ? 'Unlocked' : 'NotSupported' },
      ...(afterwards && { afterwards }),
    };
  },

  ClearCache: (_request, commands) => ({ answer: { status: commands.clearCache() } }),

  DataTransfer: () => ({ answer: { status: 'UnknownVendorId' } }),

  GetConfiguration({ key: wanted }, { deviceModel }) {
    const all = [...deviceModel.shape.byKey.values()].flatMap(({ key }) => (key ? [key] : []));
    const asked = wanted?.length ? wanted : all;
    const known = asked.flatMap((key) => deviceModel.findKey(key) ?? []);
    const unknownKey = asked.filter((key) => !deviceModel.findKey(key));
    return {
      answer: {
        configurationKey: known.map((variable) => ({
          key: variable.key ?? '',
          readonly: variable.mutability === 'ReadOnly',
          ...(variable.mutability !== 'WriteOnly' && { value: deviceModel.read(variable) }),
        })),
        ...(unknownKey.length > 0 && { unknownKey }),
      },
    };
  },

  ChangeConfiguration({ key, value }, { deviceModel }) {
    const variable = deviceModel.findKey(key);
    return { answer: { status: variable ? deviceModel.write(variable, value).status : 'NotSupported' } };
  },

  TriggerMessage: ({ requestedMessage, connectorId }, commands) =>
    trigger(requestedMessage, connectorId, commands),

  ExtendedTriggerMessage: ({ requestedMessage, connectorId }, commands) =>
    trigger(requestedMessage, connectorId, commands),
};

type Requested =
  | Request<'1.6', 'TriggerMessage'>['requestedMessage']
  | Request<'1.6', 'ExtendedTriggerMessage'>['requestedMessage'];

function trigger(requested: Requested, connectorId: number | undefined, commands: Commands) {
  switch (requested) {
    case 'BootNotification':
    case 'Heartbeat':
    case 'MeterValues':
    case 'StatusNotification':
      return triggerOwn(requested, connectorId, commands);
    case 'DiagnosticsStatusNotification':
      return accept(() => commands.sendTriggered(outgoing16(requested, { status: 'Idle' }, nothing)));
    case 'FirmwareStatusNotification':
      return accept(() => commands.sendTriggered(outgoing16(requested, { status: 'Idle' }, nothing)));
    case 'LogStatusNotification':
      return accept(() => commands.sendTriggered(outgoing16(requested, { status: 'Idle' }, nothing)));
    case 'SignChargePointCertificate':
      return { answer: { status: 'NotImplemented' as const } };
    default:
      return requested satisfies never;
  }
}

function triggerOwn(message: TriggeredMessage, connectorId: number | undefined, commands: Commands) {
  const send = commands.trigger(message, connectorId === undefined ? {} : targetOf(connectorId));
  return send ? accept(send) : { answer: { status: 'Rejected' as const } };
}

function accept(afterwards: () => void) {
  return { answer: { status: 'Accepted' as const }, afterwards };
}

function targetOf(connectorId: number): AvailabilityTarget {
  return connectorId === 0 ? {} : { evseId: connectorId };
}
