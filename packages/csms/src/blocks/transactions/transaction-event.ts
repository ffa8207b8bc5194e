import type { Request } from '@busbar/ocpp';
import { type Inbound, receive } from '../../block.ts';
import { idTokenInfoOf } from '../../core/id-token/dialects.ts';
import { instantOf } from '../../core/instant.ts';
import { fromOcpp2 } from '../../core/meter/meter-value.ts';
import type { TransactionFact } from '../../core/transaction/fact.ts';
import { type FactReaders, prepareFact } from '../../core/transaction/prepare.ts';
import { recordFact } from '../../core/transaction/record.ts';
import { askForMissing } from './missing-events.ts';

type Versions = '2.0.1' | '2.1';
type TransactionEvent = Request<Versions, 'TransactionEvent'>;

/** E01-E16: one event of a transaction, in the words of 2.x. */
export function transactionEvent(deps: FactReaders & { readonly newId: () => string }) {
  return receive(['2.0.1', '2.1'], 'TransactionEvent', {
    acknowledgeUnread: () => ({}),
    prepare: (message) => prepareFact(deps, message.station, factOf(message.payload), message.receivedAt),
    decide(message, prepared) {
      if (!prepared) throw new Error('a transaction event is decided after its transaction was looked up');
      const { station, payload, receivedAt } = message;
      const { offline: _, ...content } = payload;
      const { claims, settle } = recordFact({ ...prepared, station, receivedAt, newId: deps.newId });
      return {
        key: {
          kind: 'TransactionEvent',
          key: `${payload.transactionInfo.transactionId}/${payload.seqNo}`,
          content,
          // Every event of a known transaction is in the twin's last number; of an unknown one there is none.
          unseen: !prepared.known || payload.seqNo > (prepared.known.lastSeqNo ?? Infinity),
        },
        claims,
        settle(found) {
          const recorded = settle(found);
          const { tokenStatus } = recorded;
          const unusual = unusualEvse(message);
          return {
            // C01.FR.02 and E05.FR.01: the station learns what its token is worth.
            answer:
              tokenStatus && prepared.standing
                ? { idTokenInfo: idTokenInfoOf(prepared.standing, tokenStatus) }
                : {},
            writes: [...recorded.writes, ...askForMissing(prepared.known, recorded.transaction, receivedAt)],
            events: recorded.events,
            findings: unusual ? [...recorded.findings, unusual] : recorded.findings,
            apply: recorded.apply,
          };
        },
      };
    },
  });
}

function factOf(payload: TransactionEvent): TransactionFact {
  const { transactionInfo, evse, idToken } = payload;
  return {
    kind: payload.eventType,
    stationTransactionId: transactionInfo.transactionId,
    seqNo: payload.seqNo,
    at: instantOf(payload.timestamp),
    trigger: payload.triggerReason,
    offline: payload.offline ?? false,
    // EVSE 0 is the station as a whole, which cannot charge.
    ...(evse && evse.id > 0 && { evseId: evse.id }),
    ...(evse?.connectorId && { connectorId: evse.connectorId }),
    ...(idToken && { idToken: { idToken: idToken.idToken, type: idToken.type } }),
    ...(transactionInfo.chargingState && { chargingState: transactionInfo.chargingState }),
    ...(transactionInfo.stoppedReason && { stoppedReason: transactionInfo.stoppedReason }),
    ...(transactionInfo.remoteStartId !== undefined && { remoteStartId: transactionInfo.remoteStartId }),
    ...(payload.reservationId !== undefined && { reservationId: payload.reservationId }),
    meterValues: (payload.meterValue ?? []).map(fromOcpp2),
  };
}

function unusualEvse({ payload }: Inbound<TransactionEvent>) {
  const { evse } = payload;
  if (evse === undefined || (evse.id > 0 && evse.connectorId !== 0)) return undefined;
  return {
    kind: 'connector-unusual',
    subject: 'TransactionEvent',
    detail: `TransactionEvent named EVSE ${evse.id}, connector ${evse.connectorId}: both are counted from 1`,
  } as const;
}
