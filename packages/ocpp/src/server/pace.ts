import type { ServerLimits } from './limits.ts';

export type PaceLimits = Pick<
  ServerLimits,
  'framesPerSecond' | 'framesAtOnce' | 'bytesPerSecond' | 'bytesAtOnce' | 'frameBytes'
>;

/** What has to be waited for, and for how long. */
export interface Wait {
  readonly ms: number;
  readonly for: 'frames' | 'bytes';
}

/**
 * How much one station may say: an account of frames and one of octets, each filled with time up to a limit. They may
 * be overdrawn, since what has come has come; the debt is what the socket is then not read for.
 */
export class Pace {
  readonly #limits: PaceLimits;
  #frames: number;
  #bytes: number;
  #filledAtMs: number;

  constructor(limits: PaceLimits, nowMs: number) {
    this.#limits = limits;
    this.#frames = limits.framesAtOnce;
    this.#bytes = limits.bytesAtOnce;
    this.#filledAtMs = nowMs;
  }

  /** Books one frame. */
  take(bytes: number, nowMs: number): void {
    this.#fill(nowMs);
    this.#frames -= 1;
    this.#bytes -= bytes;
  }

  /** Until neither account is overdrawn; undefined when none is. */
  wait(nowMs: number): Wait | undefined {
    if (this.#frames >= 0 && this.#bytes >= 0) return undefined;
    this.#fill(nowMs);
    const { framesPerSecond, bytesPerSecond } = this.#limits;
    const framesMs = framesPerSecond > 0 ? (-this.#frames / framesPerSecond) * 1_000 : 0;
    const bytesMs = bytesPerSecond > 0 ? (-this.#bytes / bytesPerSecond) * 1_000 : 0;
    if (framesMs <= 0 && bytesMs <= 0) return undefined;
    return framesMs >= bytesMs
      ? { ms: Math.ceil(framesMs), for: 'frames' }
      : { ms: Math.ceil(bytesMs), for: 'bytes' };
  }

  /**
   * Overdrawn by more than the largest message and what one read of the socket holds: after the reading was stopped
   * only inflation can bring that much.
   */
  get isHopeless(): boolean {
    const { bytesPerSecond, bytesAtOnce, frameBytes } = this.#limits;
    return bytesPerSecond > 0 && this.#bytes < -Math.max(bytesAtOnce, frameBytes * 2);
  }

  /** Nothing is owed and nothing was used: as good as a new one. */
  isFull(nowMs: number): boolean {
    this.#fill(nowMs);
    const { framesAtOnce, bytesAtOnce } = this.#limits;
    return this.#frames >= framesAtOnce && this.#bytes >= bytesAtOnce;
  }

  #fill(nowMs: number): void {
    const { framesPerSecond, framesAtOnce, bytesPerSecond, bytesAtOnce } = this.#limits;
    // A clock that is set back fills nothing.
    const seconds = Math.max(0, nowMs - this.#filledAtMs) / 1_000;
    this.#filledAtMs = nowMs;
    this.#frames = Math.min(framesAtOnce, this.#frames + seconds * framesPerSecond);
    this.#bytes = Math.min(bytesAtOnce, this.#bytes + seconds * bytesPerSecond);
  }
}

/** Accounts of those that have gone, so that nobody fills its own by connecting again; the oldest are forgotten first. */
export class PacesKept {
  readonly #limits: PaceLimits;
  readonly #kept = new Map<string, Pace>();

  constructor(limits: PaceLimits) {
    this.#limits = limits;
  }

  take(identity: string, nowMs: number): Pace {
    const key = identity.toLowerCase();
    const kept = this.#kept.get(key);
    this.#kept.delete(key);
    return kept ?? new Pace(this.#limits, nowMs);
  }

  keep(identity: string, pace: Pace, nowMs: number): void {
    const [oldest, account] = this.#kept.entries().next().value ?? [];
    if (oldest !== undefined && (this.#kept.size >= mostKept || account?.isFull(nowMs)))
      this.#kept.delete(oldest);
    if (!pace.isFull(nowMs)) this.#kept.set(identity.toLowerCase(), pace);
  }
}

/** As many as could have been connected a moment ago. */
const mostKept = 20_000;
