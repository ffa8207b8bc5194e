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
import { OCSPRequestData } from './data-types/certificate-hash.ts';
import { EnergyTransferModeEnum, GenericStatusEnum, StatusInfo } from './data-types/general.ts';
import { IdToken, IdTokenInfo } from './data-types/id-token.ts';
import { Tariff } from './data-types/tariff.ts';

/** What became of the contract certificate's validation. */
export const AuthorizeCertificateStatusEnum = oneOf(
  'Accepted',
  'SignatureError',
  'CertificateExpired',
  'CertificateRevoked',
  'NoCertificateAvailable',
  'CertChainError',
  'ContractCancelled',
);
export type AuthorizeCertificateStatusEnum = Static<typeof AuthorizeCertificateStatusEnum>;

export const ClearCacheStatusEnum = oneOf('Accepted', 'Rejected');
export type ClearCacheStatusEnum = Static<typeof ClearCacheStatusEnum>;

/** What became of collecting the money. */
export const PaymentStatusEnum = oneOf('Settled', 'Canceled', 'Rejected', 'Failed');
export type PaymentStatusEnum = Static<typeof PaymentStatusEnum>;

/** A postal address for an invoice. */
export const Address = extensible(
  {
    name: text(50),
    address1: text(100),
    address2: optional(text(100)),
    city: text(100),
    postalCode: optional(text(20)),
    country: text(50),
  },
  [
    personal('name'),
    personal('address1'),
    personal('address2'),
    personal('city'),
    personal('postalCode'),
    personal('country'),
  ],
);
export type Address = Static<typeof Address>;

export const authorization = block('2.1', 'C', {
  /**
   * May this token charge here? C01, C02, C04, C05, C06, C07, C08, C09, C10, C12, C14, C15, C16, C17, C18,
   * C19.
   */
  Authorize: {
    sentBy: 'CS',
    request: extensible(
      {
        idToken: IdToken,
        /** PEM contract chain, from the leaf up, where the station leaves validation to the CSMS (C07). */
        certificate: optional(text(10000)),
        /** The contract chain, for an OCSP check (C07). */
        iso15118CertificateHashData: optional(list(OCSPRequestData, { min: 1, max: 4 })),
      },
      [personal('certificate'), personal('iso15118CertificateHashData/*/serialNumber')],
    ),
    response: extensible({
      idTokenInfo: IdTokenInfo,
      certificateStatus: optional(AuthorizeCertificateStatusEnum),
      /** Absent means charging only. */
      allowedEnergyTransfer: optional(list(EnergyTransferModeEnum, { min: 1 })),
      /** The driver's own tariff (I08). */
      tariff: optional(Tariff),
    }),
  },
  /** Empties the authorization cache. C11. */
  ClearCache: {
    sentBy: 'CSMS',
    request: extensible({}),
    response: extensible({ status: ClearCacheStatusEnum, statusInfo: optional(StatusInfo) }),
  },
  /** What became of an ad hoc payment. C19, C20, C21, C22. */
  NotifySettlement: {
    sentBy: 'CS',
    request: extensible(
      {
        /** Absent where payment was cancelled before a transaction began. */
        transactionId: optional(text(36)),
        /** The payment provider's reference, used as the idToken. */
        pspRef: text(255),
        status: PaymentStatusEnum,
        statusInfo: optional(text(500)),
        /** What was collected, or should have been. */
        settlementAmount: decimal(),
        settlementTime: dateTime,
        receiptId: optional(text(50)),
        receiptUrl: optional(text(2000)),
        /** Whom the invoice is for. */
        vatCompany: optional(Address),
        vatNumber: optional(text(20)),
      },
      [personal('pspRef'), personal('receiptId'), personal('receiptUrl'), personal('vatNumber')],
    ),
    response: extensible(
      {
        receiptUrl: optional(text(2000)),
        receiptId: optional(text(50)),
      },
      [personal('receiptId'), personal('receiptUrl')],
    ),
  },
  /** Somebody is about to pay on the web: the EVSE waits. C25. */
  NotifyWebPaymentStarted: {
    sentBy: 'CSMS',
    request: extensible({
      evseId: integer({ minimum: 0 }),
      /** Seconds after which the payment is given up. */
      timeout: integer(),
    }),
    response: extensible({}),
  },
  /** Is this VAT number valid? C18. */
  VatNumberValidation: {
    sentBy: 'CS',
    request: extensible(
      {
        vatNumber: text(20),
        evseId: optional(integer({ minimum: 0 })),
      },
      [personal('vatNumber')],
    ),
    response: extensible(
      {
        company: optional(Address),
        statusInfo: optional(StatusInfo),
        vatNumber: text(20),
        evseId: optional(integer({ minimum: 0 })),
        status: GenericStatusEnum,
      },
      [personal('vatNumber')],
    ),
  },
});
