import { core } from './core.ts';
import { firmwareManagement } from './firmware-management.ts';
import { localAuthList } from './local-auth-list.ts';
import { remoteTrigger } from './remote-trigger.ts';
import { reservation } from './reservation.ts';
import { security } from './security.ts';
import { smartCharging } from './smart-charging.ts';

/** Every action of OCPP 1.6. */
export const v16 = {
  ...core,
  ...firmwareManagement,
  ...localAuthList,
  ...reservation,
  ...smartCharging,
  ...remoteTrigger,
  ...security,
};
