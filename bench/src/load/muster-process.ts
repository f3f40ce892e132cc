import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@muster/client';
import { freePort } from './reference-brokers.js';

/** The options of `npm start`. */
const HEAP_OPTIONS = ['--max-semi-space-size=32', '--no-allocation-site-pretenuring'];
const TOKEN = 'bench-token-3c1f5a7b9d2e4f60';

export interface MusterOptions {
  readonly dataDir?: string;
  readonly nodeOptions?: readonly string[];
  readonly store?: string;
}

export interface LoopHeld {
  readonly maxMs: number;
  readonly p99Ms: number;
}

/** One batch of devices that a rollout admitted. */
export interface RolloutTick {
  readonly devices: number;
  /** How long the event loop was held. */
  readonly heldMs: number;
}

interface Started {
  readonly child: ChildProcess;
  readonly mqttPort: number;
  readonly url: string;
  readonly ownDir: string | undefined;
  readonly readyMs: number;
}

/** The real server as a process of its own, on a temporary data directory unless one is given. */
export class MusterProcess {
  readonly mqttPort: number;
  readonly client: Client;
  readonly url: string;
  readonly token = TOKEN;
  readonly pid: number;
  /** From the start of the process until it reported that it is ready. */
  readonly readyMs: number;
  readonly #child: ChildProcess;
  readonly #ownDir: string | undefined;

  static async start({ dataDir, nodeOptions = [], store = 'lmdb' }: MusterOptions = {}): Promise<MusterProcess> {
    const [mqttPort, httpPort] = [await freePort(), await freePort()];
    const folder = dataDir ?? mkdtempSync(join(tmpdir(), 'muster-bench-'));
    const env = {
      ...process.env,
      MUSTER_DATA_DIR: folder,
      MUSTER_STORE: store,
      MUSTER_MQTT_PORT: String(mqttPort),
      MUSTER_HTTP_PORT: String(httpPort),
      MUSTER_ADMIN_TOKEN: TOKEN,
      MUSTER_LOG_LEVEL: 'error',
    };
    const main = fileURLToPath(new URL('./muster-child.js', import.meta.url));
    const startedAt = performance.now();
    const child = spawn(process.execPath, ['--expose-gc', ...HEAP_OPTIONS, ...nodeOptions, main], {
      env,
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    await ready(child);
    return new MusterProcess({
      child,
      mqttPort,
      url: `http://127.0.0.1:${httpPort}`,
      ownDir: dataDir === undefined ? folder : undefined,
      readyMs: performance.now() - startedAt,
    });
  }

  private constructor({ child, mqttPort, url, ownDir, readyMs }: Started) {
    this.#child = child;
    this.pid = child.pid ?? 0;
    this.readyMs = readyMs;
    this.mqttPort = mqttPort;
    this.url = url;
    this.#ownDir = ownDir;
    this.client = new Client({ url, token: TOKEN });
  }

  /** Registers devices and returns their secrets, in order. */
  async register(ids: readonly string[]): Promise<string[]> {
    const secrets: string[] = [];
    async function* lines() {
      for (const id of ids) yield { id };
    }
    for await (const line of this.client.devices.import(lines())) {
      if (line.status === 400 || line.secret === undefined) throw new Error(`not registered: ${JSON.stringify(line)}`);
      secrets.push(line.secret);
    }
    return secrets;
  }

  /** Returns the bytes in use after a garbage collection: the heap and external memory. */
  memoryBytes(): Promise<number> {
    return this.#ask('memory');
  }

  /** Returns how long the event loop was held since the previous call. The first call starts the measurement. */
  loopHeld(): Promise<LoopHeld> {
    return this.#ask('loop');
  }

  /** Returns the batches that rollouts admitted since the previous call. */
  rolloutTicks(): Promise<RolloutTick[]> {
    return this.#ask('rollout');
  }

  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  /** Sends SIGKILL. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  #ask<Answer>(question: 'memory' | 'loop' | 'rollout'): Promise<Answer> {
    return new Promise((resolve) => {
      this.#child.once('message', (answer: Answer) => resolve(answer));
      this.#child.send(question);
    });
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const exited = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
    this.#child.kill(signal);
    await exited;
    if (this.#ownDir !== undefined) rmSync(this.#ownDir, { recursive: true, force: true });
  }
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (text.includes('muster: ready')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${text}`)));
  });
}
