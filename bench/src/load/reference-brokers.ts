import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pause } from './pause.js';

/** A plain MQTT broker as a process of its own, to compare with. */
export interface ReferenceBroker {
  readonly name: string;
  readonly port: number;
  stop(): Promise<void>;
}

/** Mosquitto in memory, or undefined where it is not installed. */
export async function startMosquitto(): Promise<ReferenceBroker | undefined> {
  const program = ['mosquitto', '/usr/sbin/mosquitto'].find((one) => spawnSync(one, ['-h']).error === undefined);
  if (program === undefined) return undefined;
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'muster-bench-'));
  const file = join(folder, 'mosquitto.conf');
  const settings = [
    'allow_anonymous true',
    'persistence false',
    'max_inflight_messages 0',
    'max_queued_messages 0',
    'log_type none',
  ];
  writeFileSync(file, `listener ${port} 127.0.0.1\n${settings.join('\n')}\n`);
  const child = spawn(program, ['-c', file], { stdio: 'ignore' });
  await listening(port);
  return { name: 'mosquitto (in memory)', port, stop: () => end(child, () => rmSync(folder, { recursive: true })) };
}

export async function startBareAedes(): Promise<ReferenceBroker> {
  const port = await freePort();
  const child = spawn(process.execPath, [fileURLToPath(new URL('./bare-aedes.js', import.meta.url)), String(port)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await listening(port);
  return { name: 'bare aedes (in memory)', port, stop: () => end(child) };
}

export function end(child: ChildProcess, after: () => void = () => {}): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => {
      after();
      resolve();
    });
    child.kill('SIGTERM');
  });
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

async function listening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (await answers(port)) return;
    await pause(25);
  }
  throw new Error(`nothing listens on port ${port}`);
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
