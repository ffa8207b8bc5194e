import { isUtf8 } from 'node:buffer';
import { type Admission, type UpgradeRequest, type Version, versionOf } from '@busbar/ocpp';
import type { Pool } from 'pg';
import type { FindingDraft } from '../core/finding.ts';
import { type Credentials, CredentialsBusy, type StoredPassword } from '../core/station/credentials.ts';
import { checkIdentity } from '../core/station/identity.ts';
import { type Committer, DatabaseAway } from '../store/committer.ts';
import { isRetryable } from '../store/connection.ts';
import { gatherLoads } from '../store/gather.ts';
import { defineClaim } from '../store/write.ts';
import { createThrottle } from './throttle.ts';

/** Who was let in, and what was noticed about it on the way. */
export interface Admitted {
  readonly stationId: string;
  readonly securityProfile: number;
  readonly findings: readonly FindingDraft[];
}

export interface AdmissionOptions {
  readonly pool: Pool;
  readonly committer: Committer;
  readonly credentials: Credentials;
  readonly now: () => Date;
  /** Stations that nobody registered: refused, or held until the operator decides. */
  readonly unknownStations: 'refuse' | 'hold';
  /** Whether a station may be connected that proves nothing (security profile 0). */
  readonly allowProfile0: boolean;
  /** Whether the station is connected already and answers: then nobody may take its place without proof. */
  readonly isAlive: (stationId: string) => Promise<boolean>;
}

interface StationRow {
  readonly id: string;
  readonly security_profile: number;
  readonly password: StoredPassword | null;
  readonly mode: 'lenient' | 'strict';
  readonly default_version: Version | null;
}

/** Decides who may connect: path identity, Basic authentication, client certificate (A00; security profiles 0-3). */
export function createAdmission(
  options: AdmissionOptions,
): (request: UpgradeRequest) => Promise<Admission<Admitted>> {
  const { pool, committer, credentials, now } = options;
  const throttle = createThrottle(() => now().getTime());
  const find = gatherLoads<StationRow>(async (keys) => {
    const { rows } = await pool.query(
      `select id, identity_key, security_profile, password, mode, default_version
       from station where identity_key = any($1::text[])`,
      [keys],
    );
    return new Map(rows.map((row) => [row.identity_key, row]));
  });

  return async (request) => {
    const { remoteAddress } = request;
    if (committer.away) return refuse(503, 'the database is away');
    const offered = request.offered.map(versionOf).find((version) => version !== undefined);
    const identity = checkIdentity(request.identity, offered);
    if (!identity.valid) return refuse(400, `the identity ${identity.problem}`);
    const waitSeconds = throttle.waitSeconds(remoteAddress, identity.key);
    if (waitSeconds > 0) return { ...refuse(429, 'too many failed logins'), retryAfterSeconds: waitSeconds };
    const decided = await decide(request, identity.key, offered).catch(refuseWhileAway);
    if (decided.admit) throttle.succeeded(remoteAddress, identity.key);
    else if (decided.status === 401) throttle.failed(remoteAddress, identity.key);
    return decided;
  };

  async function decide(
    request: UpgradeRequest,
    key: string,
    offered: Version | undefined,
  ): Promise<Admission<Admitted>> {
    const station = await find(key);
    if (!station) {
      return options.unknownStations === 'hold'
        ? hold(request, key)
        : refuse(401, 'the station is not registered');
    }
    const { id, security_profile: securityProfile, mode, default_version: defaultVersion } = station;
    const admit = (findings: readonly FindingDraft[]): Admission<Admitted> => ({
      admit: true,
      ...(defaultVersion && { version: defaultVersion }),
      mode,
      state: { stationId: id, securityProfile, findings },
    });
    switch (securityProfile) {
      case 0:
        if (!options.allowProfile0) return refuse(401, 'security profile 0 is not allowed');
        if (request.secure) return refuse(401, 'the station is pinned to security profile 0');
        if (await options.isAlive(id)) return refuse(403, 'the station is connected and answers');
        return admit([]);
      case 1:
      case 2:
        if (request.secure !== (securityProfile === 2)) {
          return refuse(401, `the station is pinned to security profile ${securityProfile}`);
        }
        return checkPassword(request, station, offered, admit);
      default:
        // The binding of certificates to stations is not built: nobody is let in on a chain alone.
        return refuse(401, `security profile ${securityProfile} cannot be used yet`);
    }
  }

  async function checkPassword(
    { basic, identity }: UpgradeRequest,
    station: StationRow,
    offered: Version | undefined,
    admit: (findings: readonly FindingDraft[]) => Admission<Admitted>,
  ): Promise<Admission<Admitted>> {
    if (!basic) return refuse(401, 'no password was sent');
    if (!isUserNamed(identity, basic)) return refuse(401, 'the user name is not the identity');
    if (!station.password) return refuse(401, 'the station has no password yet');
    try {
      const verified = await credentials.verify(station.password, basic.password, {
        version: offered ?? station.default_version ?? '1.6',
        mode: station.mode,
      });
      if (!verified.valid) return refuse(401, 'the password is wrong');
      return admit(verified.variant ? [variantFinding(verified.variant)] : []);
    } catch (error) {
      if (error instanceof CredentialsBusy) return refuse(503, error.message);
      throw error;
    }
  }

  /** An unknown station becomes a pending one. What it proves itself with now is what it has to bring from now on. */
  async function hold(request: UpgradeRequest, key: string): Promise<Admission<Admitted>> {
    const { basic, identity, secure } = request;
    if (!basic && !options.allowProfile0) return refuse(401, 'no password was sent');
    if (basic && !isUserNamed(identity, basic)) return refuse(401, 'the user name is not the identity');
    const securityProfile = basic ? (secure ? 2 : 1) : 0;
    if (!basic && secure) return refuse(401, 'no password was sent');
    const at = now().toISOString();
    const password = basic
      ? await credentials.choose(basic.password.toString(isUtf8(basic.password) ? 'utf8' : 'hex'))
      : undefined;
    const committed = await committer.commit({
      source: key,
      claims: [
        claimStation({
          id: identity,
          identity_key: key,
          security_profile: securityProfile,
          password,
          created_at: at,
        }),
      ],
      settle: ({ held }) => ({
        answer: held[0] === true,
        writes: [],
        events: held[0]
          ? [
              {
                type: 'station.registered',
                stationId: identity,
                at,
                data: { admission: 'Pending', securityProfile },
              },
            ]
          : [],
      }),
    });
    if (!committed.answer)
      return refuse(503, 'too many stations wait for a decision, or it was registered just now');
    return { admit: true, state: { stationId: identity, securityProfile, findings: [] } };
  }
}

/** Stations held at once: inventing names must not fill the database. */
const mostHeld = 1_000;

/** A station that nobody has registered yet, held for the operator's decision. */
const claimStation = defineClaim<{
  id: string;
  identity_key: string;
  security_profile: number;
  password: StoredPassword | undefined;
  created_at: string;
}>({
  name: 'station_hold',
  columns: {
    id: 'text',
    identity_key: 'text',
    security_profile: 'smallint',
    password: 'jsonb',
    created_at: 'timestamptz',
  },
  key: (row) => row.identity_key,
  sql: (rows) => `with held as (select * from ${rows}),
    added as (
      insert into station (id, identity_key, admission, security_profile, password, created_at)
      select id, identity_key, 'Pending', security_profile, password, created_at from held
      where (select count(*) from station where admission = 'Pending') < ${mostHeld}
      on conflict do nothing returning id
    )
    select held.idx from held join added using (id)`,
});

/** What could not be looked up is no reason to call a station a stranger. */
function refuseWhileAway(error: unknown): Admission<Admitted> & { admit: false } {
  if (error instanceof DatabaseAway || isRetryable(error)) return refuse(503, 'the database is away');
  throw error;
}

function refuse(status: 400 | 401 | 403 | 429 | 503, reason: string): Admission<Admitted> & { admit: false } {
  return { admit: false, status, reason };
}

/** A00.FR.204: the user name is the identity. */
function isUserNamed(identity: string, { user }: { readonly user: string }): boolean {
  return user.toLowerCase() === identity.toLowerCase();
}

function variantFinding(variant: string): FindingDraft {
  return {
    kind: `tolerated-password-${variant}`,
    subject: 'Basic authentication',
    detail: `The password is right, but was sent as ${variant}`,
  };
}
