import type { TestContext } from 'node:test';
import type { Api, Json } from './api.ts';

/** Follows the live events until the test ends; what has come so far, in order. */
export async function followEvents(test: TestContext, api: Api, query = ''): Promise<readonly Json[]> {
  const abort = new AbortController();
  const response = await fetch(`${api.url}/api/v1/events${query}`, {
    headers: { authorization: `Bearer ${api.token}`, accept: 'text/event-stream' },
    signal: abort.signal,
  });
  if (!response.ok || response.body === null)
    throw new Error(`the event stream was answered ${response.status}`);
  test.after(() => abort.abort());
  const events: Json[] = [];
  void read(response.body, events).catch(() => {});
  return events;
}

async function read(body: AsyncIterable<Uint8Array>, events: Json[]): Promise<void> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    const records = text.split('\n\n');
    text = records.pop() ?? '';
    for (const record of records) {
      const lines = record.split('\n');
      const data = lines.filter((line) => line.startsWith('data:')).map((line) => line.slice(5).trim());
      const id = lines
        .find((line) => line.startsWith('id:'))
        ?.slice(3)
        .trim();
      if (data.length > 0 && data[0] !== '') events.push({ id, ...JSON.parse(data.join('\n')) });
    }
  }
}
