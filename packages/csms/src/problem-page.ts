import { problemCodes, problemTypes, problemUri } from './problem.ts';

/** docs/reference/errors.md, written from the table. */
export function problemPage(): string {
  const sections = problemCodes.map((code) => {
    const { status, title, docs } = problemTypes[code];
    return `## ${code}\n\n**${status}** · ${title}\n\n${docs}\n\nType: \`${problemUri(code)}\``;
  });
  return `${[introduction, ...sections].join('\n\n')}\n`;
}

const introduction = `# Errors of the HTTP API

Every error is \`application/problem+json\` (RFC 9457). Decide by \`code\`, which never changes its meaning; \`title\` and
\`detail\` are for people and may be worded anew. \`instance\` is the request id, which the log has too.

\`\`\`json
{
  "type": "urn:busbar:problem:not-found",
  "title": "There is no such thing",
  "status": 404,
  "detail": "There is no station CS-1.",
  "code": "not-found",
  "instance": "urn:uuid:2f1c9c0e-6c0b-4b39-9d0c-0a1f6a0c6b58"
}
\`\`\`

\`invalid-request\` adds \`errors\`: a list of \`{ "field", "message" }\`, where the field is a JSON pointer into the body, or
the name of a parameter or header. This page is written from the table of problems in the source.`;
