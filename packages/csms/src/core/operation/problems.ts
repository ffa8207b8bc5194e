/**
 * Why an operation failed, or why its outcome is not known: the closed table of what is said by this side. A station
 * that refuses a call with an error adds that error's code, as OCPP spells it.
 */
export const operationProblems = {
  Timeout: {
    state: 'Unknown',
    docs: 'The station did not answer in time. A late answer still counts.',
  },
  Closed: {
    state: 'Unknown',
    docs: 'The connection ended before the station answered. Where the command had not left yet, the operation is `Failed`.',
  },
  Lost: {
    state: 'Unknown',
    docs: 'The node that sent the command ended before the answer came, or could not record it.',
  },
  InvalidResponse: {
    state: 'Unknown',
    docs: "The station's answer could not be read. Where the command only asks, the operation is `Failed`.",
  },
  NotAnswered: {
    state: 'Failed',
    docs: 'The command only asks for something, and no answer came. Nothing has changed: ask again.',
  },
  NotDone: {
    state: 'Failed',
    docs: 'No answer came, and what the station said or did afterwards shows that the command has not taken effect. `detail` says what was seen. Give it again if it is still wanted.',
  },
  NotConfirmed: {
    state: 'Failed',
    docs: 'No answer came, and nothing that the station said or did afterwards tells whether the command took effect. Look at the station before you give it again.',
  },
  QueueFull: {
    state: 'Failed',
    docs: 'Too many commands waited for this station. It was not sent.',
  },
  Aborted: {
    state: 'Failed',
    docs: 'The command was taken back before it was sent.',
  },
  InvalidRequest: {
    state: 'Failed',
    docs: 'The command cannot be said in the version that the station speaks. It was not sent.',
  },
} as const satisfies Record<string, { readonly state: 'Failed' | 'Unknown'; readonly docs: string }>;

export type OperationProblemCode = keyof typeof operationProblems;

export const operationProblemCodes = Object.keys(operationProblems).filter(isOperationProblemCode);

/** Why an operation is as it is; `code` is one of the table, or the error code that the station answered. */
export interface OperationProblem {
  readonly code: string;
  readonly detail: string;
}

/** A problem that this side states, with a code of the table. */
export function operationProblem(code: OperationProblemCode, detail: string): OperationProblem {
  return { code, detail };
}

function isOperationProblemCode(code: string): code is OperationProblemCode {
  return Object.hasOwn(operationProblems, code);
}
