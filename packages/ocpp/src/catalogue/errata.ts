import type { Version } from '../version.ts';
import type { PayloadKind } from './catalogue.ts';

/** A place where the catalogue differs from the published schema on purpose. */
export interface Erratum {
  readonly version: Version;
  readonly action: string;
  readonly kind: PayloadKind;
  /** JSON pointer in the payload with `*` for the elements of a list, as the comparison prints it. */
  readonly path: string;
  /** The keyword that differs. */
  readonly keyword: string;
  /** Where the standard's owner says so. */
  readonly source: string;
}

/**
 * All of them. None at present: what the errata sheets for 1.6-J changed (both spellings of Celsius, 2025-04
 * section 2.1; integers for BootNotification's interval and UpdateFirmware's retries, sections 2.4 and 2.5) is
 * in the schemas published since, and the errata of 2.0.1 and 2.1 leave the schemas alone by their own word.
 */
export const errata: readonly Erratum[] = [];
