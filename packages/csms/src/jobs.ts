import type { GiveCommand } from './commands.ts';
import type { StationTwin } from './core/twin.ts';
import type { Write } from './store/write.ts';

/** A job as it is handed to its handler. */
export interface Job {
  readonly id: string;
  readonly stationId: string;
  readonly kind: string;
  readonly subject: string;
  readonly input: object;
  /** How often it was begun, this time included. */
  readonly attempts: number;
}

/** What is to become of a job: done, with what it wrote; or again later. */
export type JobOutcome =
  | { readonly done: true; readonly writes?: readonly Write[] }
  | { readonly done: false; readonly problem: string; readonly againInSeconds: number };

/** How jobs of one kind are done. It is done at least once: after a crash in the middle it is begun again. */
export interface JobHandler {
  readonly kind: string;
  run(
    job: Job,
    tools: { readonly station: StationTwin; readonly give: GiveCommand; readonly now: Date },
  ): Promise<JobOutcome>;
}
