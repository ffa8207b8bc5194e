import { Type } from 'typebox';
import { Problem } from '../../problem.ts';

/** The whole station, one of its EVSEs, or one connector of that. */
export const Place = Type.Object({
  evseId: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 9_999,
      description: 'The EVSE; without it, the whole station. In 1.6 EVSE n is connector n.',
    }),
  ),
  connectorId: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 9_999,
      description: 'The connector of the EVSE; without it, the whole EVSE.',
    }),
  ),
});

interface PlaceInput {
  readonly evseId?: number;
  readonly connectorId?: number;
}

/** The `evse` member of a 2.x message, absent for the whole station. */
export function evseOf2({ evseId, connectorId }: PlaceInput): {
  evse?: { id: number; connectorId?: number };
} {
  if (evseId === undefined) {
    if (connectorId !== undefined) throw withoutEvse(connectorId);
    return {};
  }
  return { evse: connectorId === undefined ? { id: evseId } : { id: evseId, connectorId } };
}

/** The connector of 1.6, in which an EVSE has one connector and the station is connector 0. */
export function connectorOf16({ evseId, connectorId }: PlaceInput): number {
  if (evseId === undefined && connectorId !== undefined) throw withoutEvse(connectorId);
  if (connectorId !== undefined && connectorId > 1) {
    throw new Problem(
      'unsupported-by-version',
      `In OCPP 1.6 each EVSE has one connector: connectorId ${connectorId} of EVSE ${evseId} does not exist.`,
    );
  }
  return evseId ?? 0;
}

function withoutEvse(connectorId: number): Problem {
  return new Problem(
    'invalid-request',
    `connectorId ${connectorId} is counted within an EVSE: name evseId too.`,
  );
}
