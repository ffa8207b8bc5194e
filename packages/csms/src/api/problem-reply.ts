import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../log.ts';
import { invalidRequest, Problem, problemContentType, problemDocument, retryLater } from '../problem.ts';
import { answerHeaders } from './answer-headers.ts';
import { problemOfViolations } from './validation.ts';

/** Knows the errors of other parts, such as a lost database, and says which problem they are to the caller. */
export type Explain = (error: unknown) => Problem | undefined;

/**
 * The one place where an error becomes an HTTP answer. What nobody explains is `internal`: logged in full under
 * the request id, and told to the caller without a word about its cause.
 */
export function createProblemReply(explain: Explain, log: Log) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    const problem = asProblem(error) ?? explain(error);
    if (problem === undefined) log.error({ requestId: request.id, err: error }, 'a request failed');
    else if (problem.status >= 500)
      log.warn({ requestId: request.id, err: problem }, 'a request was not served');
    sendProblem(
      problem ?? new Problem('internal', 'The request failed for a reason that is in the log.'),
      request,
      reply,
    );
  };
}

function sendProblem(problem: Problem, request: FastifyRequest, reply: FastifyReply): void {
  reply
    .code(problem.status)
    // Fastify runs no hook for an address that it cannot read, so that these are not there yet.
    .headers({ ...answerHeaders(request.id), ...problem.headers })
    .type(problemContentType)
    .send(JSON.stringify(problemDocument(problem, request.id)));
}

function asProblem(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  return error instanceof Error ? problemOfFramework(error) : undefined;
}

/** What Fastify refuses before a handler is asked. */
function problemOfFramework(error: Error & Partial<FastifyError>): Problem | undefined {
  if (error.validation) return problemOfViolations(error.validationContext ?? 'body', error.validation);
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new Problem('too-large', 'The body is larger than this server takes.');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new Problem('unsupported-media-type', 'The body has to be sent as application/json.');
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return invalidRequest([
        { field: '', message: 'The body is empty, and Content-Type says that it is JSON' },
      ]);
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return invalidRequest([{ field: '', message: 'The body is not valid JSON' }]);
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return invalidRequest([{ field: 'content-length', message: 'is not the length of the body' }]);
    case 'FST_ERR_BAD_URL':
      return invalidRequest([{ field: '', message: 'The path is not properly percent-encoded' }]);
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new Problem('not-found', 'A part of the path is longer than any name here.');
    case 'FST_ERR_HANDLER_TIMEOUT':
      return retryLater('overloaded', 'The request could not be served in time.', 5);
    default:
      return undefined;
  }
}

/** Answers what is no HTTP, or did not arrive in time: there is no request yet, so the socket is written to. */
export function answerClientError(newRequestId: () => string) {
  return (error: Error & { readonly code?: string }, socket: Socket): void => {
    if (socket.writable && error.code !== 'ECONNRESET')
      socket.write(rawProblem(clientProblem(error.code), newRequestId()));
    socket.destroy();
  };
}

function clientProblem(code: string | undefined): Problem {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Problem('request-timeout', 'The request was not complete in time.');
    case 'HPE_HEADER_OVERFLOW':
      return new Problem('too-large', 'The head of the request is larger than this server takes.');
    default:
      return invalidRequest([{ field: '', message: 'This is not a valid HTTP request' }]);
  }
}

function rawProblem(problem: Problem, requestId: string): string {
  const body = JSON.stringify(problemDocument(problem, requestId));
  const headers = { ...answerHeaders(requestId), 'content-type': problemContentType, connection: 'close' };
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
