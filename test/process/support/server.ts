import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@muster/client';
import { type Ending, Program } from './program.js';
import { ROOT } from './root.js';
import type { Scope } from './scope.js';

export const SERVER_PROGRAM = join(ROOT, 'server/dist/main.js');
const READY = 'muster: ready';

export interface ServerOptions {
  readonly dataDirectory?: string;
  /** Absent: free ports. */
  readonly ports?: { readonly mqtt: number; readonly http: number };
  readonly environment?: Readonly<Record<string, string>>;
}

/** The built server as a process of its own. */
export class Server {
  readonly dataDirectory: string;
  readonly mqttUrl: string;
  readonly httpUrl: string;
  readonly token: string;
  readonly client: Client;
  readonly program: Program;

  /** Resolves when the server reports that it is ready. Without a data directory it gets a temporary one. */
  static async start(scope: Scope, options: ServerOptions = {}): Promise<Server> {
    const { dataDirectory = scope.temporaryFolder(), ports = { mqtt: 0, http: 0 } } = options;
    const environment = {
      MUSTER_DATA_DIR: dataDirectory,
      MUSTER_MQTT_PORT: String(ports.mqtt),
      MUSTER_HTTP_PORT: String(ports.http),
      MUSTER_LOG_LEVEL: 'warn',
      ...options.environment,
    };
    const program = new Program(scope, process.execPath, [SERVER_PROGRAM], { environment });
    await program.printed(READY);
    return new Server(program, dataDirectory, options.environment?.MUSTER_ADMIN_TOKEN);
  }

  private constructor(program: Program, dataDirectory: string, token: string | undefined) {
    this.program = program;
    this.dataDirectory = dataDirectory;
    this.mqttUrl = /MQTT at (\S+)/.exec(program.stdout)?.[1] ?? '';
    this.httpUrl = /HTTP at (\S+)/.exec(program.stdout)?.[1] ?? '';
    this.token = token ?? readToken(dataDirectory);
    this.client = new Client({ url: this.httpUrl, token: this.token });
  }

  get ports(): { mqtt: number; http: number } {
    return { mqtt: Number(new URL(this.mqttUrl).port), http: Number(new URL(this.httpUrl).port) };
  }

  /** Starts again on the same data and the same ports, so that clients can reconnect. */
  again(scope: Scope): Promise<Server> {
    return Server.start(scope, { dataDirectory: this.dataDirectory, ports: this.ports });
  }

  end(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<Ending> {
    return this.program.signal(signal);
  }

  /** Registers a device and returns its secret. */
  async register(id: string, tags: Readonly<Record<string, string>> = {}): Promise<string> {
    const { secret = '' } = await this.client.devices.register(id, { tags });
    return secret;
  }
}

function readToken(dataDirectory: string): string {
  const file = join(dataDirectory, 'admin.token');
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
}
