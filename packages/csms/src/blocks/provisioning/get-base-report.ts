import type { Response } from '@busbar/ocpp';
import { type Static, Type } from 'typebox';
import { type CommandContext, type CommandResult, defineCommand, dialect } from '../../command.ts';
import { outcomeOf } from '../../core/command-answer.ts';
import { variableFromConfiguration } from '../../core/device-model/configuration.ts';
import { completeInventory } from '../../core/device-model/inventory.ts';
import { redactedResponse } from '../../core/device-model/redacted.ts';
import { writeReportedVariable } from '../../core/device-model/tables.ts';
import { Problem } from '../../problem.ts';

const GetBaseReport = Type.Object(
  {
    reportBase: Type.Enum(['FullInventory', 'ConfigurationInventory', 'SummaryInventory'], {
      type: 'string',
      description:
        '`FullInventory`: everything. `ConfigurationInventory`: what can be set. `SummaryInventory`: availability and problems; not in 1.6.',
    }),
  },
  { additionalProperties: false },
);
type GetBaseReport = Static<typeof GetBaseReport>;

/** B07. In 1.6 it is GetConfiguration without keys (section 5.4), whose answer is the report. */
export const getBaseReport = defineCommand({
  name: 'get-base-report',
  summary: 'Have a station report its device model',
  description:
    'A 2.x station accepts, then reports in messages of its own; the event `device-model.reported` tells the end. The answer of a 1.6 station is the report.',
  permission: 'device-model:read',
  input: GetBaseReport,
  correlated: true,
  whenLost: { kind: 'changes-nothing' },
  dialects: [
    dialect(['1.6'], 'GetConfiguration', {
      toRequest({ reportBase }: GetBaseReport) {
        if (reportBase !== 'SummaryInventory') return {};
        throw new Problem('unsupported-by-version', 'OCPP 1.6 has no summary: ask for FullInventory.');
      },
      fromResponse: fromConfiguration,
    }),
    dialect(['2.0.1', '2.1'], 'GetBaseReport', {
      toRequest: ({ reportBase }: GetBaseReport, { correlationId }) => ({
        requestId: correlationId,
        reportBase,
      }),
      fromResponse: (response) => outcomeOf(response),
      solicits: (_input, { correlationId }) => [['NotifyReport', { requestId: correlationId }]],
    }),
  ],
});

/** 1.6 has no other variables than its configuration keys: all of them are all that there is. */
function fromConfiguration(
  response: Response<'1.6', 'GetConfiguration'>,
  _input: GetBaseReport,
  { station, now }: CommandContext,
): CommandResult {
  const { configurationKey = [] } = redactedResponse('1.6', 'GetConfiguration', response);
  const { write, event, apply } = completeInventory(station, now);
  return {
    accepted: true,
    status: 'Accepted',
    data: { variables: configurationKey.length },
    writes: [
      ...configurationKey.map((entry) =>
        writeReportedVariable(station.id, variableFromConfiguration(entry), now),
      ),
    ],
    events: [event],
    whileHeld: { writes: [write], apply },
  };
}
