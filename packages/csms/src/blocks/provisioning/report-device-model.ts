import type { JobHandler } from '../../jobs.ts';

export const reportDeviceModelJob = 'report-device-model';

/** A station that is busy with its boot may be asked again; one that cannot report is left alone after this. */
const mostAttempts = 5;
const pauseSeconds = 60;

/** B07.FR.14: a station that was accepted with unknown contents is asked for its device model. */
export const reportDeviceModel: JobHandler = {
  kind: reportDeviceModelJob,
  async run({ stationId, id, attempts }, { give }) {
    const operation = await give({
      stationId,
      command: 'get-base-report',
      input: { reportBase: 'FullInventory' },
      givenBy: `job:${id}`,
      waitMs: 60_000,
    });
    if (operation.state === 'Accepted' || operation.state === 'Rejected' || attempts >= mostAttempts) {
      return { done: true };
    }
    const problem =
      operation.problem?.detail ?? `the station has not answered GetBaseReport (${operation.state})`;
    return { done: false, problem, againInSeconds: pauseSeconds * attempts };
  },
};
