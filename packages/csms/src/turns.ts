/**
 * Begins what waits in the order in which it came, so much in each turn of the event loop: where many come at once,
 * what is under way already has its turns in between, and the first to come are done first.
 *
 * @param begin tells whether there was anything to do; what has gone meanwhile takes nobody's turn.
 */
export function createTurns<Item>(perTurn: number, begin: (item: Item) => boolean): (item: Item) => void {
  let waiting: Item[] = [];
  let head = 0;
  let isScheduled = false;

  function turn(): void {
    isScheduled = head < waiting.length;
    if (!isScheduled) {
      waiting = [];
      head = 0;
      return;
    }
    for (let begun = 0; begun < perTurn && head < waiting.length; head++) {
      const item = waiting[head];
      if (item !== undefined && begin(item)) begun++;
    }
    if (head > 1_000) {
      waiting = waiting.slice(head);
      head = 0;
    }
    setImmediate(turn);
  }

  return (item) => {
    waiting.push(item);
    if (isScheduled) return;
    // At once where nobody waits: a single station loses nothing.
    turn();
  };
}
