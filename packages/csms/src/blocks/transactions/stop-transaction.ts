import type { Request } from '@busbar/ocpp';
import { receive } from '../../block.ts';
import { idTagInfoOf } from '../../core/id-token/dialects.ts';
import { tokenKey } from '../../core/id-token/key.ts';
import { instantOf } from '../../core/instant.ts';
import { fromOcpp16 } from '../../core/meter/meter-value.ts';
import type { TransactionFact } from '../../core/transaction/fact.ts';
import { type FactReaders, prepareFact } from '../../core/transaction/prepare.ts';
import { recordFact } from '../../core/transaction/record.ts';
import type { StationTwin } from '../../core/twin.ts';

/**
 * 1.6 section 4.10: a transaction ends. It is always acknowledged: a station whose stop is refused repeats it, some
 * of them forever, and the energy was delivered whatever its number is.
 */
export function stopTransaction(deps: FactReaders & { readonly newId: () => string }) {
  return receive(['1.6'], 'StopTransaction', {
    acknowledgeUnread: () => ({}),
    async prepare({ station, payload, receivedAt }) {
      const prepared = await prepareFact(
        deps,
        station,
        factOf(payload, String(payload.transactionId)),
        receivedAt,
      );
      if (prepared.known) return { ...prepared, matched: false };
      const id = matchByToken(station, payload) ?? `${payload.transactionId}@${instantOf(payload.timestamp)}`;
      return { ...(await prepareFact(deps, station, factOf(payload, id), receivedAt)), matched: true };
    },
    decide({ station, payload, receivedAt }, prepared) {
      if (!prepared) throw new Error('a stop is decided after its transaction was looked up');
      const { standing, matched, fact } = prepared;
      const { claims, settle } = recordFact({ ...prepared, station, receivedAt, newId: deps.newId });
      return {
        key: {
          kind: 'StopTransaction',
          key: JSON.stringify([payload.transactionId, payload.timestamp, payload.meterStop]),
          content: payload,
        },
        claims,
        settle(found) {
          const { tokenStatus, ...recorded } = settle(found);
          return {
            ...recorded,
            answer: standing && tokenStatus ? { idTagInfo: idTagInfoOf(standing, tokenStatus) } : {},
            findings: matched
              ? [
                  ...recorded.findings,
                  {
                    kind: 'transaction-unknown',
                    subject: String(payload.transactionId),
                    detail: `StopTransaction named the unknown transaction ${payload.transactionId}; it was taken for ${fact.stationTransactionId}`,
                  },
                ]
              : recorded.findings,
          };
        },
      };
    },
  });
}

function factOf(payload: Request<'1.6', 'StopTransaction'>, stationTransactionId: string): TransactionFact {
  return {
    kind: 'Ended',
    stationTransactionId,
    at: instantOf(payload.timestamp),
    offline: false,
    stoppedReason: payload.reason ?? 'Local',
    meterStopWh: payload.meterStop,
    ...(payload.idTag !== undefined && { idToken: { idToken: payload.idTag, type: undefined } }),
    meterValues: (payload.transactionData ?? []).map(fromOcpp16),
  };
}

/** The one open transaction of the station that this stop can mean: begun before it, with its token if it names one. */
function matchByToken(station: StationTwin, payload: Request<'1.6', 'StopTransaction'>): string | undefined {
  const at = instantOf(payload.timestamp);
  const idTag = payload.idTag === undefined ? undefined : tokenKey(payload.idTag);
  const candidates = [...station.transactions.values()].filter(
    ({ startedAt, idToken }) =>
      startedAt <= at && (idTag === undefined || (idToken !== undefined && tokenKey(idToken) === idTag)),
  );
  return candidates.length === 1 ? candidates[0]?.stationTransactionId : undefined;
}
