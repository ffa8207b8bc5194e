import { Fifo } from './fifo.ts';

/** Decides what comes out of a lane. */
export interface LaneOwner<T> {
  /** True when it is decided; false when `next` will be called later. Never throws. */
  decide(item: T): boolean;
}

/** A queue of one: each item is decided after the one before it. Items that find the lane free never wait. */
export class Lane<T> {
  readonly #owner: LaneOwner<T>;
  #current: T | undefined;
  #waiting: Fifo<T> | undefined;

  constructor(owner: LaneOwner<T>) {
    this.#owner = owner;
  }

  get isBusy(): boolean {
    return this.#current !== undefined;
  }

  /** Items behind the one that is being decided. */
  get length(): number {
    return this.#waiting?.length ?? 0;
  }

  push(item: T): void {
    if (this.#current === undefined) {
      this.#run(item);
      return;
    }
    this.#waiting ??= new Fifo();
    this.#waiting.push(item);
  }

  /** The item that was being decided is done. */
  next(): void {
    this.#current = undefined;
    const item = this.#waiting?.shift();
    if (item !== undefined) this.#run(item);
  }

  find(matches: (item: T) => boolean): T | undefined {
    if (this.#current !== undefined && matches(this.#current)) return this.#current;
    return this.#waiting?.find(matches);
  }

  /** How many of those that wait match. */
  count(matches: (item: T) => boolean): number {
    return this.#waiting?.count(matches) ?? 0;
  }

  /** Takes out the oldest that waits and matches. */
  remove(matches: (item: T) => boolean): T | undefined {
    return this.#waiting?.remove(matches);
  }

  clear(): void {
    this.#waiting = undefined;
  }

  #run(first: T): void {
    for (let item: T | undefined = first; item !== undefined; item = this.#waiting?.shift()) {
      this.#current = item;
      if (!this.#owner.decide(item)) return;
      this.#current = undefined;
    }
  }
}
