import type { Version } from '@busbar/ocpp';
import type { Dialect } from './dialect.ts';
import { dialect21, dialect201 } from './v2.ts';
import { dialect16 } from './v16.ts';

const dialects: Record<Version, Dialect> = { '1.6': dialect16, '2.0.1': dialect201, '2.1': dialect21 };

export function dialectOf(version: Version): Dialect {
  return dialects[version];
}
