import type { Block } from '../../block.ts';
import { type BootSettings, bootNotification } from './boot-notification.ts';
import { heartbeat } from './heartbeat.ts';
import { reportDeviceModel } from './report-device-model.ts';

export type ProvisioningDeps = BootSettings;

/** Block B: stations that come to life, and their device model. */
export function provisioning(deps: ProvisioningDeps): Block {
  return {
    name: 'provisioning',
    receives: [...bootNotification(deps), heartbeat],
    commands: [],
    jobs: [reportDeviceModel],
  };
}
