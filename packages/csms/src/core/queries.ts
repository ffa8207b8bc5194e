/**
 * Questions that one block asks and another answers, declared here so that blocks need not know each other.
 */
export interface Query<Input, Answer> {
  readonly name: string;
  /** Only carries the types. */
  readonly types?: { readonly input: Input; readonly answer: Answer };
}

export interface AnyQueryAnswer {
  readonly name: string;
  readonly answer: (input: never) => Promise<unknown>;
}

export function answerQuery<Input, Answer>(
  query: Query<Input, Answer>,
  answer: (input: Input) => Promise<Answer>,
): AnyQueryAnswer {
  return { name: query.name, answer };
}

export type Ask = <Input, Answer>(query: Query<Input, Answer>, input: Input) => Promise<Answer>;

/** Gathers the blocks' answers. Throws when a query is answered twice or asked without anybody to answer it. */
export function createAsk(answers: () => readonly AnyQueryAnswer[]): Ask {
  let byName: Map<string, AnyQueryAnswer> | undefined;
  return <Input, Answer>(query: Query<Input, Answer>, input: Input) => {
    byName ??= gather(answers());
    const found = byName.get(query.name);
    if (!found) throw new Error(`no block answers the query ${query.name}`);
    return found.answer(input as never) as Promise<Answer>;
  };
}

function gather(answers: readonly AnyQueryAnswer[]): Map<string, AnyQueryAnswer> {
  const byName = new Map<string, AnyQueryAnswer>();
  for (const answer of answers) {
    if (byName.has(answer.name)) throw new Error(`the query ${answer.name} is answered twice`);
    byName.set(answer.name, answer);
  }
  return byName;
}

/** A token that a station presented. */
export interface PresentedToken {
  readonly idToken: string;
  /** Not known in 1.6. */
  readonly type: string | undefined;
}

/** What is known of a token, apart from whether it charges elsewhere: that is a claim. */
export interface TokenStanding {
  /** What its use is claimed under. */
  readonly claimKey: string;
  readonly status: 'Accepted' | 'Blocked' | 'Expired' | 'Unknown';
  readonly concurrent: boolean;
  readonly groupId: string | undefined;
  readonly expiresAt: string | undefined;
  readonly language: string | undefined;
}

/** Answered by authorization: the type that a token was registered with. */
export const registeredTokenType: Query<{ readonly idToken: string }, string | undefined> = {
  name: 'registered-token-type',
};

/** Answered by authorization: how a token stands now. */
export const tokenStanding: Query<{ readonly token: PresentedToken; readonly at: Date }, TokenStanding> = {
  name: 'token-standing',
};
