import type { ActionOf, Request, Response } from '@busbar/ocpp';
import type { Commands, TriggeredMessage } from '../commands.ts';
import type { DeviceModel } from '../device-model/device-model.ts';
import type { Variable, VariableName } from '../device-model/variable.ts';
import type { AvailabilityTarget } from '../evse/availability.ts';
import { withoutDetails } from '../id-token.ts';
import { instant, type Outgoing } from './dialect.ts';
import { nothing, outgoing2 } from './outgoing.ts';

type Handler<A extends ActionOf<'2.1'>> = (
  request: Request<'2.1', A>,
  commands: Commands,
) => { answer: Response<'2.1', A> & object; afterwards?: () => void };

/** What a 2.x CSMS may ask of this station. */
export const handlers2: { readonly [A in ActionOf<'2.1'>]?: Handler<A> } = {
  RequestStartTransaction({ idToken, evseId, remoteStartId }, commands) {
    const { accepted, afterwards, transactionId } = commands.start({
      idToken: withoutDetails(idToken),
      remoteStartId,
      ...(evseId !== undefined && { evseId }),
    });
    return {
      answer: {
        status: accepted ? 'Accepted' : 'Rejected',
        ...(transactionId !== undefined && { transactionId }),
      },
      ...(afterwards && { afterwards }),
    };
  },

  RequestStopTransaction({ transactionId }, commands) {
    const { accepted, afterwards } = commands.stop(({ id }) => id === transactionId);
    return { answer: { status: accepted ? 'Accepted' : 'Rejected' }, ...(afterwards && { afterwards }) };
  },

  Reset({ type, evseId }, commands) {
    if (evseId !== undefined) {
      // B11.FR.09: an EVSE cannot be reset on its own, and its AllowReset says so.
      return { answer: { status: 'Rejected', statusInfo: { reasonCode: 'UnsupportedRequest' } } };
    }
    const { status, afterwards } = commands.reset({
      when: type === 'OnIdle' ? 'OnIdle' : 'Immediate',
      transactions: type === 'ImmediateAndResume' ? 'resume' : 'HardReset',
      bootReason: 'RemoteReset',
    });
    return { answer: { status }, ...(afterwards && { afterwards }) };
  },

  ChangeAvailability: ({ evse, operationalStatus }, commands) => ({
    answer: { status: commands.changeAvailability(targetOf(evse), operationalStatus === 'Operative') },
  }),

  UnlockConnector({ evseId, connectorId }, commands) {
    const { status, afterwards } = commands.unlock(evseId, connectorId, 'keep');
    return { answer: { status }, ...(afterwards && { afterwards }) };
  },

  ClearCache: (_request, commands) => ({ answer: { status: commands.clearCache() } }),

  DataTransfer: () => ({ answer: { status: 'UnknownVendorId' } }),

  GetTransactionStatus: ({ transactionId }, commands) => ({
    answer: {
      messagesInQueue: commands.hasMessagesWaiting(transactionId),
      // E14.FR.06
      ...(transactionId !== undefined && { ongoingIndicator: commands.isOngoing(transactionId) }),
    },
  }),

  GetVariables: ({ getVariableData }, { deviceModel }) => ({
    answer: { getVariableResult: getVariableData.map((wanted) => getVariable(wanted, deviceModel)) },
  }),

  SetVariables: ({ setVariableData }, { deviceModel }) => ({
    answer: { setVariableResult: setVariableData.map((wanted) => setVariable(wanted, deviceModel)) },
  }),

  GetBaseReport({ requestId, reportBase }, commands) {
    const variables = commands.variablesOf(reportBase);
    const start = commands.report(reportParts(requestId, variables, commands));
    return start ? { answer: { status: 'Accepted' }, afterwards: start } : { answer: { status: 'Rejected' } };
  },

  TriggerMessage({ requestedMessage, evse }, commands) {
    switch (requestedMessage) {
      case 'StatusNotification':
        // F06.FR.12: a status is that of one connector.
        return evse?.connectorId === undefined
          ? refuse('Rejected')
          : trigger(requestedMessage, evse, commands);
      case 'BootNotification':
      case 'Heartbeat':
      case 'MeterValues':
      case 'TransactionEvent':
        return trigger(requestedMessage, evse, commands);
      case 'FirmwareStatusNotification':
        return accept(() => commands.sendTriggered(outgoing2(requestedMessage, { status: 'Idle' }, nothing)));
      case 'LogStatusNotification':
        return accept(() => commands.sendTriggered(outgoing2(requestedMessage, { status: 'Idle' }, nothing)));
      case 'PublishFirmwareStatusNotification':
      case 'SignChargingStationCertificate':
      case 'SignCombinedCertificate':
      case 'SignV2GCertificate':
      case 'SignV2G20Certificate':
      case 'CustomTrigger':
        return refuse('NotImplemented'); // F06.FR.08
      default:
        return requestedMessage satisfies never;
    }
  },
};

type Evse = { readonly id: number; readonly connectorId?: number };

function trigger(message: TriggeredMessage, evse: Evse | undefined, commands: Commands) {
  const send = commands.trigger(message, targetOf(evse));
  return send ? accept(send) : refuse('Rejected');
}

function accept(afterwards: () => void) {
  return { answer: { status: 'Accepted' as const }, afterwards };
}

function refuse<Status extends 'Rejected' | 'NotImplemented'>(status: Status) {
  return { answer: { status } };
}

function targetOf(evse: Evse | undefined): AvailabilityTarget {
  if (!evse) return {};
  return { evseId: evse.id, ...(evse.connectorId !== undefined && { connectorId: evse.connectorId }) };
}

type GetVariableData = Request<'2.1', 'GetVariables'>['getVariableData'][number];
type GetVariableResult = Response<'2.1', 'GetVariables'>['getVariableResult'][number];

function getVariable(wanted: GetVariableData, model: DeviceModel): GetVariableResult {
  const { component, variable: name, attributeType = 'Actual' } = wanted;
  const echo = { component, variable: name, attributeType }; // B06.FR.02, FR.03, FR.11
  const variable = model.find(nameOf(wanted));
  if (typeof variable === 'string') return { ...echo, attributeStatus: variable }; // B06.FR.06, FR.07
  if (attributeType !== 'Actual') return { ...echo, attributeStatus: 'NotSupportedAttributeType' }; // B06.FR.08
  if (variable.mutability === 'WriteOnly') return { ...echo, attributeStatus: 'Rejected' }; // B06.FR.09
  return { ...echo, attributeStatus: 'Accepted', attributeValue: model.read(variable) };
}

type SetVariableData = Request<'2.1', 'SetVariables'>['setVariableData'][number];
type SetVariableResult = Response<'2.1', 'SetVariables'>['setVariableResult'][number];

function setVariable(wanted: SetVariableData, model: DeviceModel): SetVariableResult {
  const { component, variable: name, attributeType = 'Actual', attributeValue } = wanted;
  const echo = { component, variable: name, attributeType }; // B05.FR.02, FR.03, FR.12
  const variable = model.find(nameOf(wanted));
  if (typeof variable === 'string') return { ...echo, attributeStatus: variable }; // B05.FR.04, FR.05
  if (attributeType !== 'Actual') return { ...echo, attributeStatus: 'NotSupportedAttributeType' }; // B05.FR.06
  const outcome = model.write(variable, attributeValue);
  if (outcome.status !== 'Rejected') return { ...echo, attributeStatus: outcome.status };
  return {
    ...echo,
    attributeStatus: 'Rejected', // B05.FR.07-09
    attributeStatusInfo: { reasonCode: outcome.reason, additionalInfo: outcome.detail },
  };
}

function nameOf({ component, variable }: Pick<GetVariableData, 'component' | 'variable'>): VariableName {
  const { evse } = component;
  return {
    component: component.name,
    variable: variable.name,
    ...(component.instance && { componentInstance: component.instance }),
    ...(variable.instance && { variableInstance: variable.instance }),
    ...(evse && { evseId: evse.id }),
    ...(evse?.connectorId !== undefined && { connectorId: evse.connectorId }),
  };
}

/** Few enough to stay below what any CSMS takes, many enough that 300 variables are a dozen messages. */
const variablesPerPart = 25;

/** B07.FR.04, FR.10: every part has the request's id, the first one has number 0. */
function* reportParts(
  requestId: number,
  variables: readonly Variable[],
  commands: Pick<Commands, 'deviceModel' | 'now'>,
): Generator<Outgoing<void>> {
  const last = Math.max(0, Math.ceil(variables.length / variablesPerPart) - 1);
  for (let seqNo = 0; seqNo <= last; seqNo++) {
    const part = variables.slice(seqNo * variablesPerPart, (seqNo + 1) * variablesPerPart);
    yield outgoing2(
      'NotifyReport',
      {
        requestId,
        generatedAt: instant(commands.now()),
        seqNo,
        tbc: seqNo < last,
        ...(part.length > 0 && {
          reportData: part.flatMap((variable) => reportData(variable, commands.deviceModel)),
        }),
      },
      nothing,
    );
  }
}

type ReportData = NonNullable<Request<'2.1', 'NotifyReport'>['reportData']>[number];

/** @returns nothing for a variable that 2.x has no name for */
export function reportData(variable: Variable, model: Pick<DeviceModel, 'read'>): ReportData[] {
  const { name, mutability, dataType, unit, minLimit, maxLimit, values } = variable;
  if (!name) return [];
  return [
    {
      component: {
        name: name.component,
        ...(name.componentInstance !== undefined && { instance: name.componentInstance }),
        ...(name.evseId !== undefined && {
          evse: { id: name.evseId, ...(name.connectorId !== undefined && { connectorId: name.connectorId }) },
        }),
      },
      variable: {
        name: name.variable,
        ...(name.variableInstance !== undefined && { instance: name.variableInstance }),
      },
      variableAttribute: [
        {
          type: 'Actual',
          mutability,
          persistent: mutability !== 'ReadOnly',
          ...(mutability !== 'WriteOnly' && { value: model.read(variable) }),
        },
      ],
      variableCharacteristics: {
        dataType,
        supportsMonitoring: false,
        ...(unit !== undefined && { unit }),
        ...(minLimit !== undefined && { minLimit }),
        ...(maxLimit !== undefined && { maxLimit }),
        ...(values && { valuesList: values.join(',') }),
      },
    },
  ];
}
