import type { Block } from '../block.ts';
import { type AuthorizationDeps, authorization } from './authorization/index.ts';
import { availability } from './availability/index.ts';
import { dataTransferBlock } from './data-transfer/index.ts';
import { type MeterValuesDeps, meterValuesBlock } from './meter-values/index.ts';
import { type ProvisioningDeps, provisioning } from './provisioning/index.ts';
import { remoteControl } from './remote-control/index.ts';
import { type TransactionsDeps, transactions } from './transactions/index.ts';

export type BlocksDeps = AuthorizationDeps & MeterValuesDeps & ProvisioningDeps & TransactionsDeps;

/** Every functional block of OCPP that there is. */
export function allBlocks(deps: BlocksDeps): readonly Block[] {
  return [
    provisioning(deps),
    authorization(deps),
    transactions(deps),
    remoteControl(),
    availability(),
    meterValuesBlock(deps),
    dataTransferBlock(),
  ];
}
