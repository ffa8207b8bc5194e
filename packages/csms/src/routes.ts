import type { Route } from './api/route.ts';
import { idTokenRoutes } from './blocks/authorization/routes.ts';
import { meterRoutes } from './blocks/transactions/meter-routes.ts';
import { transactionRoutes } from './blocks/transactions/routes.ts';
import type { Command } from './command.ts';
import type { GiveCommand } from './commands.ts';
import { deviceModelRoutes } from './core/device-model/routes.ts';
import { findingRoutes } from './core/finding-routes.ts';
import { jobRoutes } from './core/job-routes.ts';
import { messageRoutes } from './core/message-log/routes.ts';
import { commandRoutes } from './core/operation/command-routes.ts';
import { operationRoutes } from './core/operation/routes.ts';
import { type StationRoutesOptions, stationRoutes } from './core/station/routes.ts';

export interface RoutesDeps extends StationRoutesOptions {
  readonly commands: readonly Command[];
  readonly give: GiveCommand;
}

/** Every HTTP operation that there is. */
export function allRoutes(deps: RoutesDeps): Route[] {
  return [
    ...stationRoutes(deps),
    ...deviceModelRoutes(deps),
    ...commandRoutes(deps),
    ...operationRoutes(deps),
    ...jobRoutes(deps),
    ...idTokenRoutes(deps),
    ...transactionRoutes(deps),
    ...meterRoutes(deps),
    ...messageRoutes(deps),
    ...findingRoutes(deps),
  ];
}
