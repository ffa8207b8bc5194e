import type { OperationView } from '../../core/operation/view.ts';
import type { JobHandler } from '../../jobs.ts';

export const reportDeviceModelJob = 'report-device-model';

/** A station that is busy with its boot is asked again; one that cannot report is left alone after this. */
const mostAttempts = 5;
const pauseSeconds = 60;
const answerWithinMs = 60_000;

/** B07.FR.14: a station that was accepted with unknown contents is asked for its device model. */
export const reportDeviceModel: JobHandler = {
  kind: reportDeviceModelJob,
  async run({ stationId, attempts }, { give }) {
    const operation = await give({
      stationId,
      command: 'get-base-report',
      input: { reportBase: 'FullInventory' },
      waitMs: answerWithinMs,
    });
    if (isFinal(operation) || attempts >= mostAttempts) return { done: true };
    const problem =
      operation.problem?.detail ?? `GetBaseReport was answered ${operation.result?.status ?? 'not at all'}`;
    return { done: false, problem, againInSeconds: pauseSeconds * attempts };
  },
};

/** B07.FR.13: Rejected means not now; what it does not support it will not support later either. */
function isFinal({ state, result }: OperationView): boolean {
  return state === 'Accepted' || (state === 'Rejected' && result?.status !== 'Rejected');
}
