import { receive } from '../../block.ts';
import { idTagInfoOf } from '../../core/id-token/dialects.ts';
import { tokenKey } from '../../core/id-token/key.ts';
import { instantOf } from '../../core/instant.ts';
import type { Numbers } from '../../core/numbers.ts';
import { tokenStanding } from '../../core/queries.ts';
import type { FactReaders } from '../../core/transaction/prepare.ts';
import { recordFact } from '../../core/transaction/record.ts';
import { expectedRemoteStart } from '../../core/transaction/remote-starts.ts';

/** 1.6 section 4.8: a transaction begins, and is given its number. */
export function startTransaction(
  deps: FactReaders & { readonly newId: () => string; readonly transactionNumbers: Numbers },
) {
  return receive(['1.6'], 'StartTransaction', {
    async prepare({ payload, receivedAt }) {
      const idToken = { idToken: payload.idTag, type: undefined };
      const [number, standing] = await Promise.all([
        deps.transactionNumbers.take(),
        deps.ask(tokenStanding, { token: idToken, at: receivedAt }),
      ]);
      return { number, standing, idToken };
    },
    decide({ station, payload, receivedAt }, prepared) {
      if (!prepared) throw new Error('a start is decided after its number was taken');
      const { number, standing, idToken } = prepared;
      const { idTag, connectorId } = payload;
      const startedAt = new Date(payload.timestamp);
      const remoteStartId = expectedRemoteStart(station, { idTag, connectorId, receivedAt, startedAt });
      const { claims, settle } = recordFact({
        station,
        fact: {
          kind: 'Started',
          stationTransactionId: String(number),
          at: instantOf(payload.timestamp),
          trigger: remoteStartId === undefined ? 'Authorized' : 'RemoteStart',
          offline: false,
          evseId: payload.connectorId,
          connectorId: 1,
          idToken,
          meterStartWh: payload.meterStart,
          ...(payload.reservationId !== undefined && { reservationId: payload.reservationId }),
          ...(remoteStartId !== undefined && { remoteStartId }),
          meterValues: [],
        },
        known: undefined,
        standing,
        readings: [],
        receivedAt,
        newId: deps.newId,
      });
      return {
        // A repetition is the same start whatever its message id, and gets its first number.
        key: {
          kind: 'StartTransaction',
          key: JSON.stringify([
            payload.connectorId,
            tokenKey(payload.idTag),
            payload.timestamp,
            payload.meterStart,
          ]),
          content: payload,
        },
        claims,
        settle(found) {
          const { tokenStatus, ...recorded } = settle(found);
          return {
            ...recorded,
            answer: {
              transactionId: number,
              idTagInfo: idTagInfoOf(standing, tokenStatus ?? standing.status),
            },
          };
        },
      };
    },
  });
}
