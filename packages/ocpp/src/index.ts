export type { ActionKind, Sender } from './catalogue/block.ts';
export {
  type ActionEntry,
  type ActionOf,
  actionsOf,
  catalogue,
  findAction,
  type PayloadKind,
  type Request,
  type Response,
} from './catalogue/catalogue.ts';
export {
  type ActionLine,
  type ActionSchemas,
  actionListing,
  allSchemas,
  type JsonSchema,
  jsonSchema,
  listActions,
} from './catalogue/schema-listing.ts';
export type { SensitiveField, Sensitivity } from './catalogue/sensitivity.ts';
export { type Backoff, BackoffWaits, defaultBackoff } from './client/backoff.ts';
export type { OcppClient, OcppClientOptions, TlsOptions } from './client/client.ts';
export { UpgradeRefused } from './client/client-connection.ts';
export { createOcppClient } from './client/ocpp-client.ts';
export { type Clock, type ScheduledRun, systemClock } from './clock.ts';
export { errorCodeFor, errorCodesOf, OcppError, type OcppErrorCode } from './errors.ts';
export { type CountedFinding, type Finding, type FindingKind, findingKinds } from './lenient/finding.ts';
export { CallFailed, type CallFailure } from './peer/call-failed.ts';
export type { Fault, FaultKind } from './peer/fault.ts';
export { defaultPeerLimits, type PeerLimits } from './peer/limits.ts';
export {
  type IncomingMessage,
  type InvalidCall,
  isMessage,
  type LateAnswer,
  type MessageOf,
} from './peer/message.ts';
export { createPeer } from './peer/ocpp-peer.ts';
export {
  type CallOptions,
  type FrameRecord,
  type Mode,
  type Peer,
  type PeerHandlers,
  type PeerLink,
  type PeerOf,
  type PeerOptions,
  type PeerSettings,
  type Role,
  speaks,
} from './peer/peer.ts';
export { canHoldSecrets, erasePersonal, hidden, redact } from './redact.ts';
export { defaultServerLimits, type ServerLimits } from './server/limits.ts';
export { createOcppServer } from './server/ocpp-server.ts';
export type {
  Admission,
  Connection,
  ConnectionHandlers,
  OcppServer,
  OcppServerOptions,
  Refusal,
  RefusalStatus,
  ServerLimitName,
  UpgradeRequest,
} from './server/server.ts';
export { closeCode } from './socket/owned-socket.ts';
export { createFakeClock, type FakeClock } from './testing/fake-clock.ts';
export type { Violation } from './validate/violation.ts';
export { compileAll, compileCommon, validate } from './validate.ts';
export { subprotocolOf, type Version, versionOf, versions } from './version.ts';
