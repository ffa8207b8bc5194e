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
export { errorCodeFor, errorCodesOf, OcppError, type OcppErrorCode } from './errors.ts';
export { canHoldSecrets, erasePersonal, hidden, redact } from './redact.ts';
export type { Violation } from './validate/violation.ts';
export { compileAll, compileCommon, validate } from './validate.ts';
export { subprotocolOf, type Version, versionOf, versions } from './version.ts';
