import { connect } from 'node:net';
import { TwinError } from '@muster/twin';
import { UsageError } from '../failure/usage-error.js';

const PROBE_TIMEOUT_MS = 5_000;
const PORTS: Readonly<Record<string, number>> = { 'mqtt:': 1883, 'mqtts:': 8883, 'ws:': 80, 'wss:': 443 };

/** Fails if nothing listens on the address, so that the simulation does not retry forever. */
export async function probeMqtt(mqttUrl: string): Promise<void> {
  const { protocol, hostname, port } = parseMqttUrl(mqttUrl);
  const socket = connect({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || (PORTS[protocol] ?? 0),
    timeout: PROBE_TIMEOUT_MS,
  });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
      socket.once('timeout', () => reject(new Error('no answer')));
    });
  } catch (cause) {
    const text = `cannot reach MQTT at ${mqttUrl} (${(cause as Error).message}): give its address with --mqtt`;
    throw new TwinError('unavailable', text, {}, { cause });
  } finally {
    socket.destroy();
  }
}

function parseMqttUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && Object.hasOwn(PORTS, url.protocol)) return url;
  throw new UsageError(`--mqtt needs a URL such as mqtt://127.0.0.1:1883, not "${text}"`);
}
