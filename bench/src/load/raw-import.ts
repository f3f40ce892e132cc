import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { ImportLine } from '@muster/client';
import type { MusterProcess } from './muster-process.js';

const LINES_PER_WRITE = 200;
const NEWLINE = 10;

/**
 * Streams POST /v1/devices:import. Lines are made as the server takes them, and its answers are counted but not parsed,
 * so that the server and not a client is measured. Throws unless every line was answered.
 */
export async function rawImport(server: MusterProcess, lines: Iterable<ImportLine>): Promise<void> {
  const headers = { authorization: `Bearer ${server.token}`, 'content-type': 'application/x-ndjson' };
  const upload = request(`${server.url}/v1/devices:import`, { method: 'POST', headers });
  const answered = new Promise<number>((resolve, reject) => {
    upload.once('error', reject);
    upload.once('response', (response) => countLines(response).then(resolve, reject));
  });
  const [sent, received] = await Promise.all([send(upload, lines), answered]);
  if (sent !== received) throw new Error(`${sent} lines were sent, ${received} answered`);
}

async function send(upload: ReturnType<typeof request>, lines: Iterable<ImportLine>): Promise<number> {
  let sent = 0;
  let text = '';
  for (const line of lines) {
    text += `${JSON.stringify(line)}\n`;
    sent += 1;
    if (sent % LINES_PER_WRITE > 0) continue;
    if (!upload.write(text)) await once(upload, 'drain');
    text = '';
  }
  upload.end(text);
  return sent;
}

async function countLines(response: IncomingMessage): Promise<number> {
  if (response.statusCode !== 200) throw new Error(`the import was answered with ${response.statusCode}`);
  let lines = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) lines += 1;
  }
  return lines;
}
