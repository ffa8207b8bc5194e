import { measurands } from '../energy/reading.ts';
import type { EvseLayout } from '../evse/layout.ts';
import { txPoints } from '../evse/transaction.ts';
import type { Variable, VariableName } from './variable.ts';

/**
 * The standard's components and variables that mean something on this station: what can be set here has
 * an effect, and what has none is ReadOnly. Names of 2.x with the 1.6 key beside them.
 */
export function standardVariables(evses: readonly EvseLayout[]): Variable[] {
  return [
    ...communication,
    ...authorization,
    ...transactions,
    ...readings,
    ...security,
    ...device,
    ...onlyIn16(evses),
    ...stationVariables,
    ...evses.flatMap((layout, index) => evseVariables(index + 1, layout)),
  ];
}

type Traits = Omit<Variable, 'name' | 'initial' | 'dataType' | 'mutability'>;

/** `OCPPCommCtrlr.MessageAttempts[TransactionEvent]` */
function named(path: string): VariableName {
  const match = /^(\w+)\.(\w+)(?:\[(\w+)\])?$/.exec(path);
  const [, component, variable, variableInstance] = match ?? [];
  if (!component || !variable) throw new Error(`${path} is no name of a variable`);
  return { component, variable, ...(variableInstance && { variableInstance }) };
}

function readOnly(
  path: string,
  dataType: Variable['dataType'],
  initial: string,
  traits: Traits = {},
): Variable {
  return { name: named(path), dataType, mutability: 'ReadOnly', initial, ...traits };
}

function readWrite(
  path: string,
  dataType: Variable['dataType'],
  initial: string,
  traits: Traits = {},
): Variable {
  return { name: named(path), dataType, mutability: 'ReadWrite', initial, ...traits };
}

function seconds(path: string, initial: number, traits: Traits = {}): Variable {
  return readWrite(path, 'integer', String(initial), {
    unit: 's',
    minLimit: 0,
    maxLimit: 2_678_400,
    ...traits,
  });
}

const communication: Variable[] = [
  seconds('OCPPCommCtrlr.HeartbeatInterval', 300, { key: 'HeartbeatInterval', minLimit: 1 }),
  readWrite('OCPPCommCtrlr.MessageAttempts[TransactionEvent]', 'integer', '3', {
    key: 'TransactionMessageAttempts',
    minLimit: 1,
    maxLimit: 100,
  }),
  seconds('OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]', 30, {
    key: 'TransactionMessageRetryInterval',
  }),
  readOnly('OCPPCommCtrlr.MessageTimeout[Default]', 'integer', '30', { unit: 's', key: 'MessageTimeout' }),
  seconds('OCPPCommCtrlr.OfflineThreshold', 60),
  readWrite('OCPPCommCtrlr.ResetRetries', 'integer', '0', { key: 'ResetRetries', minLimit: 0, maxLimit: 0 }),
  seconds('OCPPCommCtrlr.RetryBackOffWaitMinimum', 10, { needsReboot: true, minLimit: 1 }),
  seconds('OCPPCommCtrlr.RetryBackOffRandomRange', 10, { needsReboot: true }),
  readWrite('OCPPCommCtrlr.RetryBackOffRepeatTimes', 'integer', '5', {
    needsReboot: true,
    minLimit: 0,
    maxLimit: 20,
  }),
  seconds('OCPPCommCtrlr.WebSocketPingInterval', 60, { key: 'WebSocketPingInterval', needsReboot: true }),
  readWrite('OCPPCommCtrlr.NetworkConfigurationPriority', 'SequenceList', '1', {
    values: ['1'],
    needsReboot: true,
  }),
  readWrite('OCPPCommCtrlr.NetworkProfileConnectionAttempts', 'integer', '3', { minLimit: 1, maxLimit: 100 }),
  readOnly('OCPPCommCtrlr.ActiveNetworkProfile', 'string', '1'),
  readOnly('OCPPCommCtrlr.QueueAllMessages', 'boolean', 'false'),
  readOnly('OCPPCommCtrlr.FileTransferProtocols', 'MemberList', ''),
  readOnly('OCPPCommCtrlr.UnlockOnEVSideDisconnect', 'boolean', 'true', {
    key: 'UnlockConnectorOnEVSideDisconnect',
  }),
];

const authorization: Variable[] = [
  readOnly('AuthCtrlr.Enabled', 'boolean', 'true'),
  readWrite('AuthCtrlr.AuthorizeRemoteStart', 'boolean', 'true', { key: 'AuthorizeRemoteTxRequests' }),
  readWrite('AuthCtrlr.LocalAuthorizeOffline', 'boolean', 'true', { key: 'LocalAuthorizeOffline' }),
  readWrite('AuthCtrlr.LocalPreAuthorize', 'boolean', 'false', { key: 'LocalPreAuthorize' }),
  readWrite('AuthCtrlr.OfflineTxForUnknownIdEnabled', 'boolean', 'false', {
    key: 'AllowOfflineTxForUnknownId',
  }),
  readOnly('AuthCacheCtrlr.Available', 'boolean', 'true'),
  readWrite('AuthCacheCtrlr.Enabled', 'boolean', 'true', { key: 'AuthorizationCacheEnabled' }),
  readOnly('LocalAuthListCtrlr.Available', 'boolean', 'false'),
];

const transactions: Variable[] = [
  readWrite('TxCtrlr.TxStartPoint', 'MemberList', 'PowerPathClosed', { values: txPoints }),
  readWrite('TxCtrlr.TxStopPoint', 'MemberList', 'PowerPathClosed', { values: txPoints }),
  seconds('TxCtrlr.EVConnectionTimeOut', 120, { key: 'ConnectionTimeOut' }),
  readOnly('TxCtrlr.StopTxOnEVSideDisconnect', 'boolean', 'true', {
    key: 'StopTransactionOnEVSideDisconnect',
  }),
  readWrite('TxCtrlr.StopTxOnInvalidId', 'boolean', 'true', { key: 'StopTransactionOnInvalidId' }),
  readOnly('TxCtrlr.TxBeforeAcceptedEnabled', 'boolean', 'false'),
];

const energy = 'Energy.Active.Import.Register';
const usual = `${energy},Power.Active.Import,Current.Import,Voltage,SoC`;

const readings: Variable[] = [
  readWrite('SampledDataCtrlr.TxStartedMeasurands', 'MemberList', energy, { values: measurands }),
  readWrite('SampledDataCtrlr.TxUpdatedMeasurands', 'MemberList', usual, {
    key: 'MeterValuesSampledData',
    values: measurands,
  }),
  seconds('SampledDataCtrlr.TxUpdatedInterval', 60, { key: 'MeterValueSampleInterval' }),
  readWrite('SampledDataCtrlr.TxEndedMeasurands', 'MemberList', energy, {
    key: 'StopTxnSampledData',
    values: measurands,
  }),
  // Readings between begin and end are not kept until the end.
  seconds('SampledDataCtrlr.TxEndedInterval', 0, { maxLimit: 0 }),
  readOnly('SampledDataCtrlr.SignReadings', 'boolean', 'false'),
  readWrite('AlignedDataCtrlr.Measurands', 'MemberList', energy, {
    key: 'MeterValuesAlignedData',
    values: measurands,
  }),
  seconds('AlignedDataCtrlr.Interval', 0, { key: 'ClockAlignedDataInterval', maxLimit: 86_400 }),
  readWrite('AlignedDataCtrlr.TxEndedMeasurands', 'MemberList', '', {
    key: 'StopTxnAlignedData',
    values: [],
  }),
  seconds('AlignedDataCtrlr.TxEndedInterval', 0, { maxLimit: 0 }),
];

const security: Variable[] = [
  readOnly('SecurityCtrlr.Identity', 'string', '', { live: 'Identity' }),
  {
    ...readWrite('SecurityCtrlr.BasicAuthPassword', 'string', ''),
    mutability: 'WriteOnly',
    minLimit: 16,
    maxLimit: 40,
  },
  // In 1.6 the same secret is written as hexadecimal digits.
  {
    key: 'AuthorizationKey',
    dataType: 'string',
    mutability: 'WriteOnly',
    initial: '',
    minLimit: 32,
    maxLimit: 40,
  },
  readWrite('SecurityCtrlr.OrganizationName', 'string', 'Example', { key: 'CpoName', maxLimit: 255 }),
  readOnly('SecurityCtrlr.SecurityProfile', 'integer', '1', { key: 'SecurityProfile' }),
  readOnly('SecurityCtrlr.CertificateEntries', 'integer', '0', { maxLimit: 0 }),
];

const device: Variable[] = [
  ...['GetReport', 'GetVariables', 'SetVariables'].flatMap((message) => [
    readOnly(`DeviceDataCtrlr.ItemsPerMessage[${message}]`, 'integer', '100'),
    readOnly(`DeviceDataCtrlr.BytesPerMessage[${message}]`, 'integer', '65536'),
  ]),
  readOnly('ClockCtrlr.DateTime', 'dateTime', '', { live: 'DateTime' }),
  readWrite('ClockCtrlr.TimeSource', 'SequenceList', 'RealTimeClock', { values: ['RealTimeClock'] }),
];

function onlyIn16(evses: readonly EvseLayout[]): Variable[] {
  const fixed = (key: string, dataType: Variable['dataType'], initial: string): Variable => ({
    key,
    dataType,
    mutability: 'ReadOnly',
    initial,
  });
  return [
    fixed('NumberOfConnectors', 'integer', String(evses.length)),
    fixed('SupportedFeatureProfiles', 'MemberList', 'Core,RemoteTrigger'),
    fixed('GetConfigurationMaxKeys', 'integer', '100'),
    fixed('ConnectorPhaseRotation', 'MemberList', evses.map((_, index) => `${index + 1}.RST`).join(',')),
  ];
}

const stationVariables: Variable[] = [
  readOnly('ChargingStation.Available', 'boolean', '', { live: 'Available' }),
  readOnly('ChargingStation.AvailabilityState', 'OptionList', '', {
    live: 'AvailabilityState',
    values: ['Available', 'Occupied', 'Reserved', 'Unavailable', 'Faulted'],
  }),
  readOnly('ChargingStation.Model', 'string', '', { live: 'Model' }),
  readOnly('ChargingStation.VendorName', 'string', '', { live: 'VendorName' }),
  readOnly('Controller.FirmwareVersion', 'string', '', { live: 'FirmwareVersion' }),
  readOnly('ChargingStation.SupplyPhases', 'integer', '3'),
];

function evseVariables(evseId: number, layout: EvseLayout): Variable[] {
  const phases = String(layout.supply === 'DC' ? 0 : (layout.phases ?? 3));
  const states = ['Available', 'Occupied', 'Reserved', 'Unavailable', 'Faulted'];
  const at = (variable: Variable, place: { evseId: number; connectorId?: number }): Variable => ({
    ...variable,
    ...(variable.name && { name: { ...variable.name, ...place } }),
  });
  return [
    readOnly('EVSE.Available', 'boolean', '', { live: 'Available' }),
    readOnly('EVSE.AvailabilityState', 'OptionList', '', { live: 'AvailabilityState', values: states }),
    readOnly('EVSE.SupplyPhases', 'integer', phases),
    readOnly('EVSE.AllowReset', 'boolean', 'false'),
    readOnly('EVSE.Power', 'decimal', String(layout.maxPowerW), { unit: 'W', maxLimit: layout.maxPowerW }),
  ]
    .map((variable) => at(variable, { evseId }))
    .concat(
      layout.connectors.flatMap(({ type }, index) =>
        [
          readOnly('Connector.Available', 'boolean', '', { live: 'Available' }),
          readOnly('Connector.AvailabilityState', 'OptionList', '', {
            live: 'AvailabilityState',
            values: states,
          }),
          readOnly('Connector.ConnectorType', 'string', type),
          readOnly('Connector.SupplyPhases', 'integer', phases),
        ].map((variable) => at(variable, { evseId, connectorId: index + 1 })),
      ),
    );
}
