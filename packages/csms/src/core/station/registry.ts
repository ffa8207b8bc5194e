import { type Static, Type } from 'typebox';
import { text } from '../../api/fields.ts';
import { invalidRequest, Problem } from '../../problem.ts';
import type { Committer } from '../../store/committer.ts';
import type { EventType } from '../events.ts';
import type { Credentials, StoredPassword } from './credentials.ts';
import { checkIdentity, identityKey } from './identity.ts';
import { problemOfPassword } from './password.ts';
import { unknownStation } from './path.ts';
import {
  claimIdentity,
  claimRemoval,
  claimStation,
  writeRemains,
  writeStationChange,
} from './registry-tables.ts';
import { Admission, OcppVersion, SecurityProfile, StationDetails, StationMode } from './view.ts';

/** Told after the commit; resolves when an open connection has been judged anew. */
export interface StationChanges {
  changed(stationId: string): Promise<void>;
}

export interface RegistrationRules {
  /** Whether stations may be registered that connect without any authentication. */
  readonly allowSecurityProfile0: boolean;
}

const ChosenPassword = Type.String({
  description:
    '16 to 64 characters. 32 to 40 hex digits are a key as of 1.6, sent as its bytes there. A station of 2.0.1 may take no more than 40 characters',
});
const Note = text(1_000, { description: "The operator's own words" });

export const StationToRegister = Type.Object(
  {
    id: text(48, {
      description: 'The identity under which the station connects: /ocpp/{id}',
      examples: ['CS-0001'],
    }),
    admission: Type.Optional(Type.Unsafe<Static<typeof Admission>>({ ...Admission, default: 'Accepted' })),
    mode: Type.Optional(Type.Unsafe<Static<typeof StationMode>>({ ...StationMode, default: 'lenient' })),
    securityProfile: Type.Optional(Type.Unsafe<number>({ ...SecurityProfile, default: 1 })),
    password: Type.Optional(ChosenPassword),
    defaultVersion: Type.Optional(OcppVersion),
    note: Type.Optional(Note),
  },
  { $id: 'StationToRegister' },
);

export const StationChange = Type.Object(
  {
    admission: Type.Optional(Admission),
    mode: Type.Optional(StationMode),
    securityProfile: Type.Optional(SecurityProfile),
    password: Type.Optional(ChosenPassword),
    generatePassword: Type.Optional(
      Type.Boolean({
        description: 'Makes a new password, which is in the answer and can never be read again',
      }),
    ),
    defaultVersion: Type.Optional(Type.Union([OcppVersion, Type.Null()])),
    note: Type.Optional(Type.Union([Note, Type.Null()])),
  },
  { $id: 'StationChange', minProperties: 1 },
);

const GeneratedPassword = Type.Optional(
  Type.String({
    description:
      'The generated password, shown this once: 40 hex digits, the AuthorizationKey of a 1.6 station and the BasicAuthPassword of any other',
  }),
);
export const RegisteredStation = Type.Object(
  { station: StationDetails, password: GeneratedPassword },
  { $id: 'RegisteredStation' },
);
export const ChangedStation = Type.Object(
  { station: StationDetails, password: GeneratedPassword },
  { $id: 'ChangedStation' },
);

interface PasswordToStore {
  readonly stored: StoredPassword;
  /** To be shown once; a chosen one is known already. */
  readonly shown?: string;
}

/** Registers, changes and removes stations. `by` is the id of the principal that asked. */
export function stationRegistry(options: {
  readonly committer: Pick<Committer, 'commit'>;
  readonly credentials: Credentials;
  readonly changes: StationChanges;
  readonly rules: RegistrationRules;
  readonly now: () => Date;
}) {
  const { committer, credentials, changes, rules, now } = options;

  return {
    /** @returns the password when it was generated. */
    async register(wanted: Static<typeof StationToRegister>, by: string) {
      const {
        id,
        admission = 'Accepted',
        mode = 'lenient',
        securityProfile = 1,
        defaultVersion,
        note,
      } = wanted;
      const identity = checkIdentity(id, defaultVersion);
      if (!identity.valid) throw invalidRequest([{ field: '/id', message: identity.problem }]);
      refuseProfile0(securityProfile);
      const password = await passwordFor(wanted.password, securityProfile === 1 || securityProfile === 2);
      const at = now().toISOString();
      const { answer: made } = await committer.commit({
        source: by,
        claims: [
          claimIdentity({
            id,
            identity_key: identity.key,
            admission,
            mode,
            security_profile: securityProfile,
            password: password?.stored,
            default_version: defaultVersion,
            note,
            created_at: at,
          }),
        ],
        settle: ({ held: [isNew = false] }) => ({
          answer: isNew,
          writes: [],
          events: isNew ? [eventOf('station.registered', id, at, { admission, mode, securityProfile })] : [],
        }),
      });
      if (!made)
        throw new Problem('conflict', `A station ${id} is registered already; case makes no difference.`);
      await changes.changed(id);
      return { id, password: password?.shown };
    },

    /** @returns the password when a new one was generated. */
    async change(
      station: StationDetails,
      change: Static<typeof StationChange>,
      by: string,
    ): Promise<string | undefined> {
      const { admission, mode, securityProfile, generatePassword = false, defaultVersion, note } = change;
      if (generatePassword && change.password !== undefined) {
        throw invalidRequest([{ field: '/generatePassword', message: 'cannot stand beside a password' }]);
      }
      if (securityProfile !== undefined) refuseProfile0(securityProfile);
      const password = await passwordFor(change.password, generatePassword);
      const at = now().toISOString();
      const key = identityKey(station.id);
      const changed = Object.keys(change).map((name) => (name === 'generatePassword' ? 'password' : name));
      const { answer: present } = await committer.commit({
        source: by,
        claims: [claimStation({ identity_key: key })],
        settle: ({ held: [isPresent = false] }) =>
          isPresent
            ? {
                answer: true,
                writes: [
                  writeStationChange({
                    identity_key: key,
                    admission,
                    mode,
                    security_profile: securityProfile,
                    password: password?.stored,
                    takes_default_version: defaultVersion !== undefined,
                    default_version: defaultVersion,
                    takes_note: note !== undefined,
                    note,
                  }),
                ],
                events: [
                  eventOf('station.changed', station.id, at, { changed, admission, mode, securityProfile }),
                ],
              }
            : { answer: false, writes: [], events: [] },
      });
      if (!present) throw unknownStation(station.id);
      await changes.changed(station.id);
      return password?.shown;
    },

    async remove(station: StationDetails, by: string): Promise<void> {
      refuseInUse(station);
      const at = now().toISOString();
      const { answer: removed } = await committer.commit({
        source: by,
        claims: [claimRemoval({ identity_key: identityKey(station.id) })],
        settle: ({ held: [isGone = false] }) => ({
          answer: isGone,
          writes: isGone ? [writeRemains({ station_id: station.id })] : [],
          events: isGone ? [eventOf('station.removed', station.id, at, {})] : [],
        }),
      });
      if (!removed) {
        throw new Problem(
          'conflict',
          `The station ${station.id} connected, began a transaction or was removed meanwhile. Read it again.`,
        );
      }
      await changes.changed(station.id);
    },
  };

  function refuseProfile0(securityProfile: number): void {
    if (securityProfile !== 0 || rules.allowSecurityProfile0) return;
    const message = 'is 0, without any authentication, which the configuration of this server does not allow';
    throw invalidRequest([{ field: '/securityProfile', message }]);
  }

  async function passwordFor(
    chosen: string | undefined,
    generate: boolean,
  ): Promise<PasswordToStore | undefined> {
    if (chosen === undefined) {
      if (!generate) return undefined;
      const { password, stored } = credentials.generate();
      return { stored, shown: password };
    }
    const problem = problemOfPassword(chosen);
    if (problem !== undefined) throw invalidRequest([{ field: '/password', message: problem }]);
    return { stored: await credentials.choose(chosen) };
  }
}

function eventOf(type: EventType, stationId: string, at: string, data: object) {
  return { type, stationId, at, data };
}

function refuseInUse({ id, connection, openTransactions }: StationDetails): void {
  if (connection.online) {
    throw new Problem(
      'conflict',
      `The station ${id} is connected. Reject it first, or wait until it is gone.`,
    );
  }
  if (openTransactions.length > 0) {
    throw new Problem(
      'conflict',
      `The station ${id} has open transactions (${openTransactions.length}). They have to end first.`,
    );
  }
}
