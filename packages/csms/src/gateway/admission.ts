import { isUtf8 } from 'node:buffer';
import { type Admission, type UpgradeRequest, type Version, versionOf } from '@busbar/ocpp';
import type { Pool } from 'pg';
import type { FindingDraft } from '../core/finding.ts';
import { type Credentials, CredentialsBusy, type StoredPassword } from '../core/station/credentials.ts';
import { checkIdentity } from '../core/station/identity.ts';
import type { OnLimit } from '../limits-reached.ts';
import { type Committer, DatabaseAway } from '../store/committer.ts';
import { isRetryable } from '../store/connection.ts';
import { gatherLoads } from '../store/gather.ts';
import { defineClaim } from '../store/write.ts';
import { createConnectRate } from './connect-rate.ts';
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
  /** How often one station may connect; 0 or nothing: as often as it likes. */
  readonly connectsPerMinute?: number;
  readonly onLimit?: OnLimit;
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
  const { pool, committer, credentials, now, onLimit = () => {} } = options;
  const nowMs = () => now().getTime();
  const throttle = createThrottle(nowMs);
  const connectRate = createConnectRate(options.connectsPerMinute ?? 0, nowMs);
  const slowly = shareAmongAddresses(limits.hashesPerAddress);
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
    if (committer.away) return refuseForNow('the database is away');
    const offered = request.offered.map(versionOf).find((version) => version !== undefined);
    const identity = checkIdentity(request.identity, offered);
    if (!identity.valid) return refuse(400, `the identity ${identity.problem}`);
    const wait = throttle.wait(remoteAddress, identity.key);
    if (wait) {
      onLimit(wait.limit);
      return { ...refuse(429, 'too many failed logins'), retryAfterSeconds: wait.seconds };
    }
    // Only who has been let in is counted, so that nobody can use up what is another's.
    const connectAgainSeconds = connectRate.waitSeconds(identity.key);
    if (connectAgainSeconds > 0) {
      onLimit('station-connects');
      return { ...refuse(429, 'it connects too often'), retryAfterSeconds: connectAgainSeconds };
    }
    const decided = await decide(request, identity.key, offered).catch(refuseWhileBusy);
    if (decided.admit) {
      throttle.succeeded(remoteAddress, identity.key);
      connectRate.connected(identity.key);
    } else if (decided.status === 401) throttle.failed(remoteAddress, identity.key);
    return decided;
  };

  /** A failed look-up is no reason to call a station a stranger, and a full queue none to call its password wrong. */
  function refuseWhileBusy(error: unknown): Refused {
    if (error instanceof CredentialsBusy) {
      onLimit(error instanceof AddressBusy ? 'address-passwords' : 'node-passwords');
      return refuseForNow(error.message);
    }
    if (error instanceof DatabaseAway || isRetryable(error)) return refuseForNow('the database is away');
    throw error;
  }

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
    { basic, identity, remoteAddress }: UpgradeRequest,
    station: StationRow,
    offered: Version | undefined,
    admit: (findings: readonly FindingDraft[]) => Admission<Admitted>,
  ): Promise<Admission<Admitted>> {
    if (!basic) return refuse(401, 'no password was sent');
    if (!isUserNamed(identity, basic)) return refuse(401, 'the user name is not the identity');
    const { password } = station;
    if (!password) return refuse(401, 'the station has no password yet');
    const verify = () =>
      credentials.verify(password, basic.password, {
        version: offered ?? station.default_version ?? '1.6',
        mode: station.mode,
      });
    const verified = await (password.scheme === 'scrypt' ? slowly(remoteAddress, verify) : verify());
    if (!verified.valid) return refuse(401, 'the password is wrong');
    return admit(verified.variant ? [variantFinding(verified.variant)] : []);
  }

  async function isHeldFull(): Promise<boolean> {
    const { rows } = await pool.query(
      `select count(*)::integer as held from (select from station where admission = 'Pending' limit $1) as pending`,
      [limits.mostHeld],
    );
    return rows[0].held >= limits.mostHeld;
  }

  function refuseHeld(): Refused {
    onLimit('node-held');
    return refuseForNow('too many stations wait for a decision, or it was registered just now');
  }

  /** An unknown station becomes a pending one. What it proves itself with now is what it has to bring from now on. */
  async function hold(request: UpgradeRequest, key: string): Promise<Admission<Admitted>> {
    const { basic, identity, secure, remoteAddress } = request;
    if (!basic && !options.allowProfile0) return refuse(401, 'no password was sent');
    if (basic && !isUserNamed(identity, basic)) return refuse(401, 'the user name is not the identity');
    const securityProfile = basic ? (secure ? 2 : 1) : 0;
    if (!basic && secure) return refuse(401, 'no password was sent');
    // Before anything is computed: inventing names costs the one who does it, as guessing passwords does.
    throttle.failed(remoteAddress, key);
    if (await isHeldFull()) return refuseHeld();
    const at = now().toISOString();
    const password = basic
      ? await slowly(remoteAddress, () =>
          credentials.choose(basic.password.toString(isUtf8(basic.password) ? 'utf8' : 'hex')),
        )
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
    if (!committed.answer) return refuseHeld();
    return { admit: true, state: { stationId: identity, securityProfile, findings: [] } };
  }
}

const limits = {
  /** Stations held at once: inventing names must not fill the database. */
  mostHeld: 1_000,
  /** Half of the queue of chosen passwords: one address alone must not fill it. */
  hashesPerAddress: 32,
  /** Said to those who cannot be let in just now; a minute would be long for a station, a second nothing. */
  comeAgainSeconds: 10,
} as const;

class AddressBusy extends CredentialsBusy {}

/** Runs what is slow, so much of one address at once, and throws for more. */
function shareAmongAddresses(most: number) {
  const running = new Map<string, number>();
  return async <Result>(address: string, work: () => Promise<Result>): Promise<Result> => {
    const before = running.get(address) ?? 0;
    if (before >= most) throw new AddressBusy(`${most} passwords of this address are being checked`);
    running.set(address, before + 1);
    try {
      return await work();
    } finally {
      const after = (running.get(address) ?? 1) - 1;
      if (after === 0) running.delete(address);
      else running.set(address, after);
    }
  };
}

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
      where (select count(*) from station where admission = 'Pending') < ${limits.mostHeld}
      on conflict do nothing returning id
    )
    select held.idx from held join added using (id)`,
});

type Refused = Admission<Admitted> & { readonly admit: false };

function refuse(status: 400 | 401 | 403 | 429 | 503, reason: string): Refused {
  return { admit: false, status, reason };
}

function refuseForNow(reason: string): Refused {
  return { ...refuse(503, reason), retryAfterSeconds: limits.comeAgainSeconds };
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
