import { demoSite } from '@busbar/station';
import type { ApiClient } from './api-client.ts';

/** More drivers than places, so that a card is seldom in use when its driver comes again. */
const driverCount = 24;

/** What the stations of the demo site need to be let in. */
export interface RegisteredDemo {
  /** The drivers' cards. */
  readonly tokens: readonly string[];
  passwordOf(stationId: string): string | undefined;
}

/** Registers the stations and the drivers' cards over the API, as an operator would. */
export async function registerDemo(api: ApiClient): Promise<RegisteredDemo> {
  const tokens = Array.from(
    { length: driverCount },
    (_, index) => `DEMO${String(index + 1).padStart(4, '0')}`,
  );
  await api.send({
    method: 'POST',
    path: '/id-tokens/import',
    body: { items: tokens.map((idToken) => ({ idToken, note: 'A driver of the demo' })) },
  });
  const passwords = new Map<string, string>();
  for (const { id } of demoSite) passwords.set(id, await registered(api, id));
  return { tokens, passwordOf: (stationId) => passwords.get(stationId) };
}

/** @returns the station's password; of a station that an earlier demo left a new one. */
async function registered(api: ApiClient, id: string): Promise<string> {
  const made = await api.send({
    method: 'POST',
    path: '/stations',
    body: { id, note: 'A station of the demo' },
    expected: [409],
  });
  const { body } =
    made.status === 409
      ? await api.send({ method: 'PATCH', path: `/stations/${id}`, body: { generatePassword: true } })
      : made;
  return passwordIn(body);
}

function passwordIn(body: unknown): string {
  if (typeof body === 'object' && body !== null && 'password' in body && typeof body.password === 'string') {
    return body.password;
  }
  throw new Error('The server gave no password for a station.');
}
