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
import { GenericStatusEnum, StatusInfo } from './data-types/general.ts';
import { IdToken } from './data-types/id-token.ts';

export const BatteryData = extensible({
  evseId: integer({ minimum: 0 }),
  serialNumber: text(50),
  soC: decimal({ minimum: 0, maximum: 100 }),
  soH: decimal({ minimum: 0, maximum: 100 }),
  productionDate: optional(dateTime),
  vendorInfo: optional(text(500)),
});
export type BatteryData = Static<typeof BatteryData>;

export const BatterySwapEventEnum = oneOf('BatteryIn', 'BatteryOut', 'BatteryOutTimeout');
export type BatterySwapEventEnum = Static<typeof BatterySwapEventEnum>;

export const batterySwapping = block('2.1', 'S', {
  /** S01, S02, S03, S04. */
  BatterySwap: {
    sentBy: 'CS',
    request: extensible({
      batteryData: list(BatteryData, { min: 1 }),
      eventType: BatterySwapEventEnum,
      idToken: IdToken,
      requestId: integer(),
    }),
    response: extensible({}),
  },
  /** S02, S03. */
  RequestBatterySwap: {
    sentBy: 'CSMS',
    request: extensible({
      idToken: IdToken,
      requestId: integer(),
    }),
    response: extensible({
      status: GenericStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
});
