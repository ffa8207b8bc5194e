import { type Static, Type } from 'typebox';
import { type CommandContext, defineCommand, dialect } from '../../command.ts';
import { outcomeOf } from '../../core/command-answer.ts';
import { findOpenTransaction } from '../../core/transaction/find-open.ts';
import { Problem } from '../../problem.ts';

const RemoteStop = Type.Object(
  {
    transactionId: Type.String({
      minLength: 1,
      maxLength: 255,
      description: "The id of an open transaction of the station: ours, or the station's own.",
    }),
  },
  { additionalProperties: false },
);
type RemoteStop = Static<typeof RemoteStop>;

/** A station that comes back tells first what it kept while it was away; with that the end of the transaction. */
const endWithinSeconds = 300;

/** F03, F04 and 1.6 section 5.12. */
export const remoteStop = defineCommand({
  name: 'remote-stop',
  summary: 'Stop a transaction',
  description:
    'The station ends energy transfer and the transaction; that it has ended is told by its own message.',
  permission: 'transactions:operate',
  input: RemoteStop,
  // B02.FR.05: not before the station is accepted.
  whenPending: false,
  whenLost: {
    kind: 'shows-in-facts',
    withinSeconds: endWithinSeconds,
    otherwise: 'NotDone',
    // It was open when the command was given.
    look: ({ input, station }) => ({
      is: findOpenTransaction(station, input.transactionId) ? 'not-yet' : 'done',
    }),
  },
  dialects: [
    dialect(['1.6'], 'RemoteStopTransaction', {
      toRequest: (input: RemoteStop, context) => ({ transactionId: numberOf(wireIdOf(input, context)) }),
      fromResponse: ({ status }) => ({ accepted: status === 'Accepted', status }),
    }),
    dialect(['2.0.1', '2.1'], 'RequestStopTransaction', {
      // F03.FR.01
      toRequest: (input: RemoteStop, context) => ({ transactionId: wireIdOf(input, context) }),
      fromResponse: (response) => outcomeOf(response),
    }),
  ],
});

function wireIdOf({ transactionId }: RemoteStop, { station }: CommandContext): string {
  const open = findOpenTransaction(station, transactionId);
  if (open) return open.stationTransactionId;
  throw new Problem('not-found', `${station.id} has no open transaction ${transactionId}.`);
}

/** Every number of 1.6 was given out here; what is open under another id cannot be named to the station. */
function numberOf(stationTransactionId: string): number {
  const number = Number(stationTransactionId);
  if (Number.isInteger(number)) return number;
  throw new Problem('conflict', `The station knows no number for the transaction ${stationTransactionId}.`);
}
