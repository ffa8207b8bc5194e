import { errors } from '@nats-io/transport-node';
import { type NatsServer, placeOf } from './nats-server.ts';

/** Why there is no connection, and what an operator can do about it. */
export interface NatsFailure {
  /** `error` when it stays so until somebody does something, `warn` when it may pass. */
  readonly level: 'error' | 'warn';
  readonly text: string;
}

/** Says it without any user, password, token or key. */
export function explainFailure(error: unknown, server: NatsServer): NatsFailure {
  const place = `NATS at ${placeOf(server)}`;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const { code, message } = detailsOf(cause);
  if (error instanceof errors.AuthorizationError || error instanceof errors.UserAuthenticationExpiredError) {
    return {
      level: 'error',
      text: `${place} refuses this node (${error.message}): check user and password in BUSBAR_NATS_URL, or BUSBAR_NATS_CREDENTIALS`,
    };
  }
  // An older NATS says "bad certificate" also where there is none.
  if (/ALERT_(BAD_CERTIFICATE|CERTIFICATE_\w+|UNKNOWN_CA|HANDSHAKE_FAILURE)/.test(code)) {
    return {
      level: 'error',
      text: `${place} does not accept how this node shows who it is (${code}): set BUSBAR_NATS_CERTIFICATE and BUSBAR_NATS_KEY to a certificate that is valid and signed by an authority that NATS knows`,
    };
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return {
      level: 'error',
      text: `${place} shows a certificate for another name: use a name in BUSBAR_NATS_URL that the certificate has`,
    };
  }
  if (certificateCodes.has(code)) {
    return {
      level: 'error',
      text: `${place} shows a certificate that cannot be trusted (${code}): check BUSBAR_NATS_CA`,
    };
  }
  if (message.includes("server does not support 'tls'")) {
    return {
      level: 'error',
      text: `${place} has no TLS, which tls:// and certificates demand: set it up there, or use nats:// without them`,
    };
  }
  if (message.startsWith('BUSBAR_')) return { level: 'error', text: message };
  return {
    level: 'warn',
    text: `${place}: ${message}${code && !message.includes(code) ? ` (${code})` : ''}`,
  };
}

const certificateCodes = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

function detailsOf(error: unknown): { readonly code: string; readonly message: string } {
  if (!(error instanceof Error)) return { code: '', message: 'the connection ended' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  // With several addresses of one name Node gives an error of errors, whose own message is empty.
  return { code, message: error.message || code || error.name };
}
