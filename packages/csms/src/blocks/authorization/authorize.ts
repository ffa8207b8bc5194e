import { receive } from '../../block.ts';
import { idTagInfoOf, idTokenInfoOf } from '../../core/id-token/dialects.ts';
import { type Ask, tokenStanding } from '../../core/queries.ts';

/**
 * C01 to C09 and 1.6 section 4.1: may this token charge here? Whether it charges elsewhere is not asked: the same
 * token may be presented to stop. That is decided when a transaction is begun with it.
 */
export function authorize({ ask }: { readonly ask: Ask }) {
  return [
    receive(['1.6'], 'Authorize', {
      prepare: ({ payload, receivedAt }) =>
        ask(tokenStanding, { token: { idToken: payload.idTag, type: undefined }, at: receivedAt }),
      decide(_message, standing) {
        if (!standing) throw new Error('a token is answered for after it was looked up');
        return { answer: { idTagInfo: idTagInfoOf(standing, standing.status) }, writes: [], events: [] };
      },
    }),
    receive(['2.0.1', '2.1'], 'Authorize', {
      prepare: ({ payload: { idToken }, receivedAt }) =>
        ask(tokenStanding, { token: { idToken: idToken.idToken, type: idToken.type }, at: receivedAt }),
      decide({ payload }, standing) {
        if (!standing) throw new Error('a token is answered for after it was looked up');
        if (payload.certificate !== undefined || payload.iso15118CertificateHashData !== undefined) {
          return { answer: certificateNotVerified, writes: [], events: [] };
        }
        return { answer: { idTokenInfo: idTokenInfoOf(standing, standing.status) }, writes: [], events: [] };
      },
    }),
  ];
}

/** C07.FR.17: a chain that cannot be verified makes the token invalid; contract certificates are not read yet. */
const certificateNotVerified = {
  idTokenInfo: { status: 'Invalid' },
  certificateStatus: 'CertChainError',
} as const;
