import { Problem } from '../../problem.ts';
import { identityOf, type VariableName } from './variable.ts';

/**
 * Where 1.6 keys stand that have no variable of their own in 2.x: those of vendors, and those of the standard that
 * tell what 2.x keeps as a characteristic of a variable (`...MaxLength`). The variable has the key's name.
 */
export const configurationKeyComponent = 'ConfigurationKeys';

type StandardKey = readonly [key: string, component: string, variable: string, instance?: string];

/** Keys of the standard, its security whitepaper and its application notes, and the variables that they became. */
const standardKeys: readonly StandardKey[] = [
  ['AllowOfflineTxForUnknownId', 'AuthCtrlr', 'OfflineTxForUnknownIdEnabled'],
  ['AuthorizationCacheEnabled', 'AuthCacheCtrlr', 'Enabled'],
  ['AuthorizeRemoteTxRequests', 'AuthCtrlr', 'AuthorizeRemoteStart'],
  ['ClockAlignedDataInterval', 'AlignedDataCtrlr', 'Interval'],
  ['ConnectionTimeOut', 'TxCtrlr', 'EVConnectionTimeOut'],
  ['GetConfigurationMaxKeys', 'DeviceDataCtrlr', 'ItemsPerMessage', 'GetVariables'],
  ['HeartbeatInterval', 'OCPPCommCtrlr', 'HeartbeatInterval'],
  ['LocalAuthorizeOffline', 'AuthCtrlr', 'LocalAuthorizeOffline'],
  ['LocalPreAuthorize', 'AuthCtrlr', 'LocalPreAuthorize'],
  ['MaxEnergyOnInvalidId', 'TxCtrlr', 'MaxEnergyOnInvalidId'],
  ['MessageTimeout', 'OCPPCommCtrlr', 'MessageTimeout', 'Default'],
  ['MeterValuesAlignedData', 'AlignedDataCtrlr', 'Measurands'],
  ['MeterValuesSampledData', 'SampledDataCtrlr', 'TxUpdatedMeasurands'],
  ['MeterValueSampleInterval', 'SampledDataCtrlr', 'TxUpdatedInterval'],
  ['MinimumStatusDuration', 'ChargingStation', 'MinimumStatusDuration'],
  ['ResetRetries', 'OCPPCommCtrlr', 'ResetRetries'],
  ['StopTransactionOnEVSideDisconnect', 'TxCtrlr', 'StopTxOnEVSideDisconnect'],
  ['StopTransactionOnInvalidId', 'TxCtrlr', 'StopTxOnInvalidId'],
  ['StopTxnAlignedData', 'AlignedDataCtrlr', 'TxEndedMeasurands'],
  ['StopTxnSampledData', 'SampledDataCtrlr', 'TxEndedMeasurands'],
  ['TransactionMessageAttempts', 'OCPPCommCtrlr', 'MessageAttempts', 'TransactionEvent'],
  ['TransactionMessageRetryInterval', 'OCPPCommCtrlr', 'MessageAttemptInterval', 'TransactionEvent'],
  ['UnlockConnectorOnEVSideDisconnect', 'OCPPCommCtrlr', 'UnlockOnEVSideDisconnect'],
  ['WebSocketPingInterval', 'OCPPCommCtrlr', 'WebSocketPingInterval'],
  ['LocalAuthListEnabled', 'LocalAuthListCtrlr', 'Enabled'],
  ['SendLocalListMaxLength', 'LocalAuthListCtrlr', 'ItemsPerMessage'],
  ['ReserveConnectorZeroSupported', 'ReservationCtrlr', 'NonEvseSpecific'],
  ['ChargeProfileMaxStackLevel', 'SmartChargingCtrlr', 'ProfileStackLevel'],
  ['ChargingScheduleAllowedChargingRateUnit', 'SmartChargingCtrlr', 'RateUnit'],
  ['ChargingScheduleMaxPeriods', 'SmartChargingCtrlr', 'PeriodsPerSchedule'],
  ['ConnectorSwitch3to1PhaseSupported', 'SmartChargingCtrlr', 'Phases3to1'],
  ['SupportedFileTransferProtocols', 'OCPPCommCtrlr', 'FileTransferProtocols'],
  ['AdditionalRootCertificateCheck', 'SecurityCtrlr', 'AdditionalRootCertificateCheck'],
  ['AuthorizationKey', 'SecurityCtrlr', 'BasicAuthPassword'],
  ['CertificateSignedMaxChainSize', 'SecurityCtrlr', 'MaxCertificateChainSize'],
  ['CpoName', 'SecurityCtrlr', 'OrganizationName'],
  ['SecurityProfile', 'SecurityCtrlr', 'SecurityProfile'],
  ['ISO15118PnCEnabled', 'ISO15118Ctrlr', 'PnCEnabled'],
  ['CentralContractValidationAllowed', 'ISO15118Ctrlr', 'CentralContractValidationAllowed'],
  ['CertSigningWaitMinimum', 'SecurityCtrlr', 'CertSigningWaitMinimum'],
  ['CertSigningRepeatTimes', 'SecurityCtrlr', 'CertSigningRepeatTimes'],
  ['ContractValidationOffline', 'ISO15118Ctrlr', 'ContractValidationOffline'],
  [
    'CustomDisplayCostAndPrice',
    'CustomizationCtrlr',
    'CustomImplementationEnabled',
    'org.openchargealliance.costmsg',
  ],
  ['DefaultPrice', 'TariffCostCtrlr', 'TariffFallbackMessage'],
  ['TimeOffset', 'ClockCtrlr', 'TimeOffset'],
  ['NextTimeOffsetTransitionDateTime', 'ClockCtrlr', 'NextTimeOffsetTransitionDateTime'],
  ['TimeOffsetNextTransition', 'ClockCtrlr', 'TimeOffset', 'NextTransition'],
  [
    'CustomMultiLanguageMessages',
    'CustomizationCtrlr',
    'CustomImplementationEnabled',
    'org.openchargealliance.multilanguage',
  ],
  ['Language', 'DisplayMessageCtrlr', 'Language'],
];

const variableByKey = new Map(
  standardKeys.map(([key, component, variable, variableInstance]): [string, VariableName] => [
    key.toLowerCase(),
    { component, variable, ...(variableInstance !== undefined && { variableInstance }) },
  ]),
);

const keyByVariable = new Map(
  standardKeys.map(([key, component, variable, variableInstance]): [string, string] => [
    identityOf({ component, variable, ...(variableInstance !== undefined && { variableInstance }) }),
    key,
  ]),
);

/** The variable that a 1.6 configuration key is. Keys are compared without regard to case. */
export function variableOfKey(key: string): VariableName {
  return variableByKey.get(key.toLowerCase()) ?? { component: configurationKeyComponent, variable: key };
}

/**
 * The 1.6 configuration key that a variable is.
 *
 * @throws Problem unsupported-by-version when 1.6 has none
 */
export function keyOfVariable(name: VariableName): string {
  const standard = keyByVariable.get(identityOf(name));
  if (standard !== undefined) return standard;
  const own: VariableName = { component: configurationKeyComponent, variable: name.variable };
  if (identityOf(name) === identityOf(own)) return name.variable;
  throw new Problem(
    'unsupported-by-version',
    `OCPP 1.6 has no configuration key for ${name.component}.${name.variable}; keys of vendors are variables of the component ${configurationKeyComponent}.`,
  );
}
