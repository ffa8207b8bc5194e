import type { Pool } from 'pg';
import type { Block } from '../../block.ts';
import { type BootSettings, bootNotification } from './boot-notification.ts';
import { getBaseReport } from './get-base-report.ts';
import { getVariables } from './get-variables.ts';
import { heartbeat } from './heartbeat.ts';
import { notifyEvent } from './notify-event.ts';
import { notifyReport } from './notify-report.ts';
import { reportDeviceModel } from './report-device-model.ts';
import { reset } from './reset.ts';
import { setVariables } from './set-variables.ts';

export interface ProvisioningDeps extends BootSettings {
  /** For reads. */
  readonly pool: Pool;
}

/** Block B: stations that come to life, and their device model. */
export function provisioning(deps: ProvisioningDeps): Block {
  return {
    name: 'provisioning',
    receives: [...bootNotification(deps), heartbeat, notifyReport(deps), notifyEvent],
    commands: [getVariables, setVariables, getBaseReport, reset],
    jobs: [reportDeviceModel],
  };
}
