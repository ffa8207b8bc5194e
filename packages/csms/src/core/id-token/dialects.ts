import type { Response } from '@busbar/ocpp';
import type { TokenStanding } from '../queries.ts';
import type { TokenStatus } from '../transaction/twin.ts';

type IdTokenInfo = Response<'2.0.1' | '2.1', 'Authorize'>['idTokenInfo'];
type IdTagInfo = Response<'1.6', 'Authorize'>['idTagInfo'];

/** What a 2.x station is told of a token (C01.FR.02, C09 group, C10 cache expiry). */
export function idTokenInfoOf(standing: TokenStanding, status: TokenStatus): IdTokenInfo {
  return {
    status,
    ...(standing.expiresAt !== undefined && { cacheExpiryDateTime: standing.expiresAt }),
    ...(standing.groupId !== undefined && { groupIdToken: { idToken: standing.groupId, type: 'Central' } }),
    ...(standing.language !== undefined && { language1: standing.language }),
  };
}

/** The same for 1.6, which has no word for unknown. */
export function idTagInfoOf(standing: TokenStanding, status: TokenStatus): IdTagInfo {
  return {
    status: status === 'Unknown' ? 'Invalid' : status,
    ...(standing.expiresAt !== undefined && { expiryDate: standing.expiresAt }),
    ...(standing.groupId !== undefined && { parentIdTag: standing.groupId }),
  };
}
