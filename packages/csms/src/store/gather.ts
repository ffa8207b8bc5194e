/**
 * Many single look-ups of one turn of the event loop as one statement: whoever asks while a load is on its way
 * shares the next one.
 *
 * @param load gives the values found, by key; a key that it leaves out has none.
 * @param maxKeys of one statement.
 */
export function gatherLoads<Value>(
  load: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>,
  maxKeys = 500,
): (key: string) => Promise<Value | undefined> {
  let waiting = new Map<string, PromiseWithResolvers<Value | undefined>>();
  let loading = false;

  async function drain(): Promise<void> {
    loading = true;
    while (waiting.size > 0) {
      const taken = [...waiting].slice(0, maxKeys);
      if (taken.length === waiting.size) waiting = new Map();
      else for (const [key] of taken) waiting.delete(key);
      await load(taken.map(([key]) => key)).then(
        (found) => {
          for (const [key, promise] of taken) promise.resolve(found.get(key));
        },
        (error) => {
          for (const [, promise] of taken) promise.reject(error);
        },
      );
    }
    loading = false;
  }

  return (key) => {
    const known = waiting.get(key);
    if (known) return known.promise;
    const promise = Promise.withResolvers<Value | undefined>();
    waiting.set(key, promise);
    if (!loading) {
      loading = true;
      setImmediate(() => void drain());
    }
    return promise.promise;
  };
}
