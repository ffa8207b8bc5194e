import { type ActionOf, type Request, type Response, redact, type Version } from '@busbar/ocpp';

/** A message without the values of its secrets: the device model never holds one. */
export function redactedRequest<V extends Version, A extends ActionOf<V>>(
  version: V,
  action: A,
  payload: Request<V, A> & object,
): Request<V, A> & object {
  // Only values of texts are replaced, by texts.
  return redact(version, action, 'request', payload) as Request<V, A> & object;
}

export function redactedResponse<V extends Version, A extends ActionOf<V>>(
  version: V,
  action: A,
  payload: Response<V, A> & object,
): Response<V, A> & object {
  return redact(version, action, 'response', payload) as Response<V, A> & object;
}
