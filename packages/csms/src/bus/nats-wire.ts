/** What an answerer sends back. */
export type Reply =
  | { readonly kind: 'answer'; readonly answer: object }
  | { readonly kind: 'error'; readonly text: string }
  /** Nothing was done, and nothing will be. */
  | { readonly kind: 'declined'; readonly by: string; readonly text: string; readonly reply: object }
  /** The subject is not served there any more. */
  | { readonly kind: 'gone'; readonly by: string }
  /** There are too many requests under way there. */
  | { readonly kind: 'full' }
  /** The answer takes longer; whoever else declines need not be believed. */
  | { readonly kind: 'working'; readonly by: string };

/** Where requests for a subject go. One prefix for all of Busbar: who may use it is told `busbar.>`. */
export function askSubject(subject: string): string {
  return `busbar.ask.${checked(subject)}`;
}

/** Where what is published goes. */
export function tellSubject(subject: string): string {
  return `busbar.tell.${checked(subject)}`;
}

/** Where the answers to the requests of a node go; the last part is the number of the request, or `*` for all. */
export function replySubject(node: string, request: number | '*'): string {
  return `busbar.reply.${node}.${request}`;
}

/** Whether an answer may be sent there: a request must not make a node talk on any other subject. */
export function isReplySubject(subject: string): boolean {
  return /^busbar\.reply\.[\w-]{1,64}\.\d{1,16}$/.test(subject);
}

export function encode(message: object): Uint8Array {
  return Buffer.from(JSON.stringify(message));
}

/** Undefined for what is no JSON object. */
export function decodeMessage(data: Uint8Array): object | undefined {
  try {
    const value: unknown = JSON.parse(utf8.decode(data));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined for what is no reply. */
export function decodeReply(data: Uint8Array): Reply | undefined {
  const { kind, answer, text, by, reply }: Partial<Record<string, unknown>> = decodeMessage(data) ?? {};
  switch (kind) {
    case 'answer':
      return isObject(answer) ? { kind, answer } : undefined;
    case 'error':
      return typeof text === 'string' ? { kind, text } : undefined;
    case 'declined':
      return typeof by === 'string' && typeof text === 'string' && isObject(reply)
        ? { kind, by, text, reply }
        : undefined;
    case 'full':
      return { kind };
    case 'gone':
    case 'working':
      return typeof by === 'string' ? { kind, by } : undefined;
    default:
      return undefined;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** A subject with a wildcard would reach what it does not name. */
function checked(subject: string): string {
  if (/^[\w-]+(\.[\w-]+)*$/.test(subject)) return subject;
  throw new Error(`"${subject}" is no subject: letters, digits, - and _ with dots between are needed`);
}
