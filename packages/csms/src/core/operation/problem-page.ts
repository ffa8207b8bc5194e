import { operationProblemCodes, operationProblems } from './problems.ts';

/** docs/reference/operations.md, written from the table. */
export function operationPage(): string {
  const sections = operationProblemCodes.map((code) => {
    const { state, docs } = operationProblems[code];
    return `## ${code}\n\n**${state}**\n\n${docs}`;
  });
  return `${[introduction, ...sections].join('\n\n')}\n`;
}

const introduction = `# Operations

A command that was given to a station is an operation. It begins as \`Sent\` and ends in one of three states, which are
final:

- \`Accepted\`: the station said that it does what was asked, or was found to have done it. \`result\` is its answer, where
  one came.
- \`Rejected\`: the station said that it does not.
- \`Failed\`: it did not take effect, or nobody can tell.

When no answer comes the operation is \`Unknown\` for a while: the station may have done what was asked. A command is
never sent a second time for that. What became of it is found out as soon as the station is connected and accepted:

| command | what tells |
|---|---|
| \`remote-start\` | a transaction that comes of it |
| \`remote-stop\` | the end of the transaction |
| \`reset\` | a boot after it; in 2.x one whose reason is a reset |
| \`set-variables\` | the values, which the station is asked for; not those of secrets |
| \`change-availability\` | the state, which the station is asked for |
| \`unlock-connector\`, \`data-transfer\` | nothing but a late answer |
| those that only ask | nothing has to: they are \`Failed\` (\`NotAnswered\`) at once |

Whatever settles it first stands: a late answer, a fact, or the answer to a question. When the station does not come back
within seven days the operation is \`Failed\` (\`NotConfirmed\`). Each step is an event \`operation.changed\`.

An operation that is \`Unknown\` or \`Failed\` has a \`problem\`. Its \`code\` is one of those below, or the error code with
which the station refused the call (\`NotSupported\`, \`InternalError\`, ...). This page is written from the table of codes
in the source.`;
