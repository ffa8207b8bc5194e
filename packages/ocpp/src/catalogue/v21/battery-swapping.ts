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

/** A battery in a slot of a swapping station. */
export const BatteryData = extensible({
  /** The slot. */
  evseId: integer({ minimum: 0 }),
  serialNumber: text(50),
  /** Percent. */
  soC: decimal({ minimum: 0, maximum: 100 }),
  /** Percent. */
  soH: decimal({ minimum: 0, maximum: 100 }),
  productionDate: optional(dateTime),
  vendorInfo: optional(text(500)),
});
export type BatteryData = Static<typeof BatteryData>;

/** `BatteryOutTimeout`: nobody took the battery that was offered. */
export const BatterySwapEventEnum = oneOf('BatteryIn', 'BatteryOut', 'BatteryOutTimeout');
export type BatterySwapEventEnum = Static<typeof BatterySwapEventEnum>;

export const batterySwapping = block('2.1', 'S', {
  /** A battery was put in or taken out. S01, S02, S03, S04. */
  BatterySwap: {
    sentBy: 'CS',
    request: extensible({
      batteryData: list(BatteryData, { min: 1 }),
      eventType: BatterySwapEventEnum,
      idToken: IdToken,
      /** The same for the battery that goes in and the one that comes out. */
      requestId: integer(),
    }),
    response: extensible({}),
  },
  /** Asks for a swap on somebody's behalf. S02, S03. */
  RequestBatterySwap: {
    sentBy: 'CSMS',
    request: extensible({
      idToken: IdToken,
      /** Given by whoever asked, returned with what follows. */
      requestId: integer(),
    }),
    response: extensible({ status: GenericStatusEnum, statusInfo: optional(StatusInfo) }),
  },
});
