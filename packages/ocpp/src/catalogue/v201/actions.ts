import { authorization } from './authorization.ts';
import { availability } from './availability.ts';
import { certificateManagement } from './certificate-management.ts';
import { dataTransfer } from './data-transfer.ts';
import { diagnostics } from './diagnostics.ts';
import { displayMessage } from './display-message.ts';
import { firmwareManagement } from './firmware-management.ts';
import { localAuthList } from './local-auth-list.ts';
import { meterValues } from './meter-values.ts';
import { provisioning } from './provisioning.ts';
import { remoteControl } from './remote-control.ts';
import { reservation } from './reservation.ts';
import { security } from './security.ts';
import { smartCharging } from './smart-charging.ts';
import { tariffAndCost } from './tariff-and-cost.ts';
import { transactions } from './transactions.ts';

/** Every action of OCPP 2.0.1. */
export const v201 = {
  ...security,
  ...provisioning,
  ...authorization,
  ...localAuthList,
  ...transactions,
  ...remoteControl,
  ...availability,
  ...reservation,
  ...tariffAndCost,
  ...meterValues,
  ...smartCharging,
  ...firmwareManagement,
  ...certificateManagement,
  ...diagnostics,
  ...displayMessage,
  ...dataTransfer,
};
