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

export async function prepareFact(
  { transactions, ask }: FactReaders,
  station: StationTwin,
  fact: TransactionFact,
  at: Date,
): Promise<PreparedFact> {
  const open = station.transactions.get(fact.stationTransactionId);
  const [known, standing] = await Promise.all([
    open ?? transactions.find(station.id, fact.stationTransactionId),
    fact.idToken && ask(tokenStanding, { token: fact.idToken, at }),
  ]);
  const settles = known && (fact.kind === 'Ended' || known.state === 'Ended');
  return { fact, known, standing, readings: settles ? await transactions.readings(known) : [] };
}
