import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The server of a checkout as a process of its own, and the client package of the same checkout. */
export class OldServer {
  static async start(checkout, dataDirectory, token) {
    const environment = {
      MUSTER_DATA_DIR: dataDirectory,
      MUSTER_MQTT_PORT: '0',
      MUSTER_HTTP_PORT: '0',
      MUSTER_LOG_LEVEL: 'error',
    };
    const child = spawn(process.execPath, [join(checkout, 'server/dist/main.js')], {
      env: { ...withoutMuster(process.env), ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const printed = await readyText(child);
    const { Client } = await import(pathToFileURL(join(checkout, 'client/dist/index.js')).href);
    const { default: mqtt } = await import(
      pathToFileURL(createRequire(join(checkout, 'package.json')).resolve('mqtt')).href
    );
    return new OldServer(child, printed, { Client, mqtt, token });
  }

  constructor(child, printed, { Client, mqtt, token }) {
    this.child = child;
    this.mqtt = mqtt;
    this.token = token;
    this.mqttUrl = /MQTT at (\S+)/.exec(printed)[1];
    this.client = new Client({ url: /HTTP at (\S+)/.exec(printed)[1], token });
  }

  /** Ends it as a loss of power would end the process: nothing is told to clients or written. */
  async kill() {
    const closed = new Promise((resolve) => this.child.once('close', resolve));
    this.child.kill('SIGKILL');
    await closed;
  }
}

function readyText(child) {
  return new Promise((resolve, reject) => {
    let text = '';
    child.once('close', (code) => reject(new Error(`the server ended with ${code}`)));
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
      if (text.includes('muster: ready')) resolve(text);
    });
  });
}

function withoutMuster(environment) {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('MUSTER_')));
}
