import { block } from '../block.ts';
import {
  dateTime,
  decimal,
  extensible,
  integer,
  list,
  oneOf,
  optional,
  type Static,
  text,
} from '../schema.ts';
import { personal } from '../sensitivity.ts';
import { StatusInfo } from './data-types/general.ts';
import { Tariff } from './data-types/tariff.ts';

/** `NoCurrencyChange`: a running transaction keeps its currency. */
export const TariffChangeStatusEnum = oneOf(
  'Accepted',
  'Rejected',
  'TooManyElements',
  'ConditionNotSupported',
  'TxNotFound',
  'NoCurrencyChange',
);
export type TariffChangeStatusEnum = Static<typeof TariffChangeStatusEnum>;

export const TariffClearStatusEnum = oneOf('Accepted', 'Rejected', 'NoTariff');
export type TariffClearStatusEnum = Static<typeof TariffClearStatusEnum>;

export const ClearTariffsResult = extensible({
  statusInfo: optional(StatusInfo),
  tariffId: optional(text(60)),
  status: TariffClearStatusEnum,
});
export type ClearTariffsResult = Static<typeof ClearTariffsResult>;

export const TariffGetStatusEnum = oneOf('Accepted', 'Rejected', 'NoTariff');
export type TariffGetStatusEnum = Static<typeof TariffGetStatusEnum>;

/** A default of the EVSE, or one given to a driver. */
export const TariffKindEnum = oneOf('DefaultTariff', 'DriverTariff');
export type TariffKindEnum = Static<typeof TariffKindEnum>;

/** A tariff and where it applies. */
export const TariffAssignment = extensible(
  {
    tariffId: text(60),
    tariffKind: TariffKindEnum,
    validFrom: optional(dateTime),
    /** For a default. */
    evseIds: optional(list(integer({ minimum: 0 }), { min: 1 })),
    /** For a driver. */
    idTokens: optional(list(text(255), { min: 1 })),
  },
  [personal('idTokens/*')],
);
export type TariffAssignment = Static<typeof TariffAssignment>;

export const TariffSetStatusEnum = oneOf(
  'Accepted',
  'Rejected',
  'TooManyElements',
  'ConditionNotSupported',
  'DuplicateTariffId',
);
export type TariffSetStatusEnum = Static<typeof TariffSetStatusEnum>;

export const tariffAndCost = block('2.1', 'I', {
  /** Changes the tariff of a running transaction. I07, I08, I11, I12. */
  ChangeTransactionTariff: {
    sentBy: 'CSMS',
    request: extensible({ tariff: Tariff, transactionId: text(36) }),
    response: extensible({ status: TariffChangeStatusEnum, statusInfo: optional(StatusInfo) }),
  },
  /** Removes tariffs. I10. */
  ClearTariffs: {
    sentBy: 'CSMS',
    request: extensible({
      tariffIds: optional(list(text(60), { min: 1 })),
      evseId: optional(integer({ minimum: 0 })),
    }),
    response: extensible({ clearTariffsResult: list(ClearTariffsResult, { min: 1 }) }),
  },
  /** Shows the driver what it costs so far. I02. */
  CostUpdated: {
    sentBy: 'CSMS',
    request: extensible({
      /** So far, with tax. */
      totalCost: decimal(),
      transactionId: text(36),
    }),
    response: extensible({}),
  },
  /** Lists tariffs. I09, I10. */
  GetTariffs: {
    sentBy: 'CSMS',
    request: extensible({
      /** 0: all EVSEs. */
      evseId: integer({ minimum: 0 }),
    }),
    response: extensible({
      status: TariffGetStatusEnum,
      statusInfo: optional(StatusInfo),
      tariffAssignments: optional(list(TariffAssignment, { min: 1 })),
    }),
  },
  /** Sets the tariff for those who bring none of their own. I07, I09, I12. */
  SetDefaultTariff: {
    sentBy: 'CSMS',
    request: extensible({
      /** 0: all EVSEs. */
      evseId: integer({ minimum: 0 }),
      tariff: Tariff,
    }),
    response: extensible({ status: TariffSetStatusEnum, statusInfo: optional(StatusInfo) }),
  },
});
