import type { CommandOrder } from './commands.ts';
import type { Change } from './core/change.ts';
import type { OperationView } from './core/operation/view.ts';
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
  | {
      readonly done: true;
      readonly writes?: readonly Write[];
      /** Committed with the end of the job. */
      readonly change?: Change;
    }
  | {
      readonly done: false;
      readonly problem: string;
      readonly againInSeconds: number;
      /** Nothing went wrong, so that this is no attempt: it only has to wait, and goes on with this input. */
      readonly waits?: { readonly input: object };
    };

/** What a job asks of its station. */
export type JobOrder = Pick<CommandOrder, 'stationId' | 'command' | 'input' | 'waitMs'>;

export interface JobTools {
  readonly station: StationTwin;
  /**
   * Gives a command, once: a job that is begun again after its node died gets what came of the first. Resolves when the
   * outcome is known; a question that was not answered is given back as it is.
   *
   * @throws Unsettled when it may have taken effect and that has to be found out first. The handler lets it pass: it is
   * begun again when the outcome is known.
   */
  readonly give: (order: JobOrder) => Promise<OperationView>;
  readonly now: Date;
}

/**
 * How jobs of one kind are done. A handler that is begun again gives the same commands in the same order, and gets what
 * came of them. When it returns that the job is not done, the next time is a new beginning.
 */
export interface JobHandler {
  readonly kind: string;
  run(job: Job, tools: JobTools): Promise<JobOutcome>;
}
