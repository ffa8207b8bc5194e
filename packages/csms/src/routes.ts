import type { Route } from './api/route.ts';
import { type StationRoutesOptions, stationRoutes } from './core/station/routes.ts';
import type { Command } from './command.ts';
import type { GiveCommand } from './commands.ts';

export interface RoutesDeps extends StationRoutesOptions {
  readonly commands: readonly Command[];
  readonly give: GiveCommand;
}

/** Every HTTP operation that there is. */
export function allRoutes(deps: RoutesDeps): Route[] {
  return [...stationRoutes(deps)];
}
