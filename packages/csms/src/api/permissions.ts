/**
 * The vocabulary of access: every route and every command names one of these, and nothing is allowed that was
 * not granted. `read` sees, `write` changes our records, `operate` makes a station do something.
 */
export const permissions = {
  'stations:read': 'See stations, their EVSEs, connectors and state',
  'stations:write': 'Register, change, approve and remove stations',
  'stations:operate': 'Reset, unlock, trigger and change the availability of stations',
  'device-model:read': 'See the variables and configuration of stations',
  'device-model:write': 'Set variables and configuration of stations',
  'id-tokens:read': 'See id tokens and their groups',
  'id-tokens:write': 'Create, change, block and remove id tokens',
  'transactions:read': 'See transactions, their events and meter values',
  'transactions:operate': 'Start and stop transactions from afar',
  'messages:read': 'See the log of OCPP messages',
  'findings:read': 'See deviations and open questions about stations',
  'findings:write': 'Acknowledge and close findings',
  'operations:read': 'Follow commands that were given to stations',
  'events:read': 'Receive live events',
  'data-transfer:operate': 'Send vendor data to stations',
  'nodes:read': 'See the nodes of the installation',
  'metrics:read': 'Read the metrics of the server',
} as const satisfies Record<`${string}:${string}`, string>;

export type Permission = keyof typeof permissions;

/** Who is asking. `'all'` is for the operator's own token alone; whoever else is listed by name. */
export interface Principal {
  readonly id: string;
  readonly name: string;
  readonly permissions: 'all' | readonly Permission[];
}

export function allows(principal: Principal, permission: Permission): boolean {
  return principal.permissions === 'all' || principal.permissions.includes(permission);
}
