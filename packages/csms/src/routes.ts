import type { Route } from './api/route.ts';
import type { Block } from './block.ts';
import type { GiveCommand } from './commands.ts';
import { deviceModelRoutes } from './core/device-model/routes.ts';
import { findingRoutes } from './core/finding-routes.ts';
import { jobRoutes } from './core/job-routes.ts';
import { messageRoutes } from './core/message-log/routes.ts';
import { nodeRoutes } from './core/node/routes.ts';
import { commandRoutes } from './core/operation/command-routes.ts';
import { operationRoutes } from './core/operation/routes.ts';
import { type StationRoutesOptions, stationRoutes } from './core/station/routes.ts';

export interface RoutesDeps extends StationRoutesOptions {
  readonly give: GiveCommand;
}

/** Every HTTP operation that there is: on what is common to blocks, and what each block adds. */
export function allRoutes(deps: RoutesDeps, blocks: readonly Block[]): Route[] {
  return [
    ...stationRoutes(deps),
    ...deviceModelRoutes(deps),
    ...commandRoutes({ ...deps, commands: blocks.flatMap(({ commands }) => commands ?? []) }),
    ...operationRoutes(deps),
    ...jobRoutes(deps),
    ...messageRoutes(deps),
    ...nodeRoutes(deps),
    ...findingRoutes(deps),
    ...blocks.flatMap(({ routes }) => routes ?? []),
  ];
}
