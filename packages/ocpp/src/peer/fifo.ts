/** First in, first out; taking one costs the same however many wait. */
export class Fifo<T> {
  #items: T[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    if (this.#head === this.#items.length) return undefined;
    const item = this.#items[this.#head];
    this.#head++;
    if (this.#head === this.#items.length || this.#head > 64) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  find(matches: (item: T) => boolean): T | undefined {
    for (let at = this.#head; at < this.#items.length; at++) {
      const item = this.#items[at];
      if (item !== undefined && matches(item)) return item;
    }
    return undefined;
  }

  count(matches: (item: T) => boolean): number {
    let count = 0;
    for (let at = this.#head; at < this.#items.length; at++) {
      const item = this.#items[at];
      if (item !== undefined && matches(item)) count++;
    }
    return count;
  }

  /** Takes out the oldest that matches. */
  remove(matches: (item: T) => boolean): T | undefined {
    const item = this.find(matches);
    if (item !== undefined) this.#items.splice(this.#items.indexOf(item, this.#head), 1);
    return item;
  }

  /** Takes out all. */
  drain(): T[] {
    const items = this.#items.slice(this.#head);
    this.#items = [];
    this.#head = 0;
    return items;
  }
}
