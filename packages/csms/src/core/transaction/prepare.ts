import type { MeterValue } from '../meter/meter-value.ts';
import { type Ask, type TokenStanding, tokenStanding } from '../queries.ts';
import type { StationTwin } from '../twin.ts';
import type { TransactionFact } from './fact.ts';
import type { TransactionStore } from './store.ts';
import type { TransactionTwin } from './twin.ts';

/** What is read from the database before a fact of a transaction can be decided. */
export interface PreparedFact {
  readonly fact: TransactionFact;
  readonly known: TransactionTwin | undefined;
  readonly standing: TokenStanding | undefined;
  readonly readings: readonly MeterValue[];
}

export interface FactReaders {
  readonly transactions: TransactionStore;
  readonly ask: Ask;
}

/** At once, where the twin knows all of it, as it does of most facts of an open transaction. */
export function prepareFact(
  readers: FactReaders,
  station: StationTwin,
  fact: TransactionFact,
  at: Date,
): Promise<PreparedFact> | PreparedFact {
  const open = station.transactions.get(fact.stationTransactionId);
  if (open && !fact.idToken && fact.kind !== 'Ended') {
    return { fact, known: open, standing: undefined, readings: [] };
  }
  return readFact(readers, { open, stationId: station.id, fact, at });
}

interface Reading {
  readonly open: TransactionTwin | undefined;
  readonly stationId: string;
  readonly fact: TransactionFact;
  readonly at: Date;
}

async function readFact(
  { transactions, ask }: FactReaders,
  { open, stationId, fact, at }: Reading,
): Promise<PreparedFact> {
  const [known, standing] = await Promise.all([
    open ?? transactions.find(stationId, fact.stationTransactionId),
    fact.idToken && ask(tokenStanding, { token: fact.idToken, at }),
  ]);
  const settles = known && (fact.kind === 'Ended' || known.state === 'Ended');
  return { fact, known, standing, readings: settles ? await transactions.readings(known) : [] };
}
