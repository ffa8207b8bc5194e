/** Answers are data for programs: nothing to run, to frame, to guess the type of, or to keep. */
export function answerHeaders(requestId: string) {
  return {
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-request-id': requestId,
  };
}
