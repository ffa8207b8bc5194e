export type Answer = (message: object) => Promise<object>;
export type Hear = (message: object) => void;

/** Who on this node serves and listens: the part of a bus that needs no network. */
export interface Here {
  /** The returned function says whether the subject is without a server now. */
  serve(subject: string, answer: Answer): () => boolean;
  /** Copies what goes in and what comes out, as if it came from another machine. */
  answerer(subject: string): Answer | undefined;
  /** The returned function says whether the subject is without a hearer now. */
  subscribe(subject: string, hear: Hear): () => boolean;
  tell(subject: string, message: object): void;
  tellAll(message: object): void;
  clear(): void;
}

export function createHere(): Here {
  const servers = new Map<string, { readonly answer: Answer }>();
  const hearers = new Map<string, Set<{ readonly hear: Hear }>>();

  function tell(subject: string, message: object): void {
    // Later, so that no hearer can break or delay who tells.
    for (const { hear } of hearers.get(subject) ?? []) setImmediate(hear, structuredClone(message));
  }

  return {
    serve(subject, answer) {
      const server = { answer };
      servers.set(subject, server);
      return () => servers.get(subject) === server && servers.delete(subject);
    },
    answerer(subject) {
      const server = servers.get(subject);
      return server && (async (message) => structuredClone(await server.answer(structuredClone(message))));
    },
    subscribe(subject, hear) {
      const hearer = { hear };
      const set = hearers.get(subject) ?? new Set();
      hearers.set(subject, set.add(hearer));
      return () => set.delete(hearer) && set.size === 0 && hearers.delete(subject);
    },
    tell,
    tellAll(message) {
      for (const subject of hearers.keys()) tell(subject, message);
    },
    clear() {
      servers.clear();
      hearers.clear();
    },
  };
}
