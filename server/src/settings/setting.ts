import type { FlapBound } from '@muster/reconciler';
import { durationMs, LIMITS } from '@muster/twin';

/** A setting: from its flag, else its environment variable, else its default. */
export interface Setting<Value> {
  readonly variable: string;
  /** The default as a text; absent: none. */
  readonly fallback?: string;
  readonly meaning: string;
  /** The allowed values, in words. */
  readonly allowed: string;
  /** Returns undefined for a text that is not allowed. */
  readonly parse: (text: string) => Value | undefined;
}

export type LogLevel = (typeof LOG_LEVELS)[number];

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
const NO_TLS = 'only off: MQTT over TLS is not in this version; terminate TLS in front of the plain listener';
const DAY_MS = 24 * 3_600_000;
/** This many changes are kept for each device that changes. */
const FLAP_CHANGES_MAX = 1_000;
const PORT = 'a port from 1 to 65535, 0 for a free one, or off';
const HOST = 'a host name or address';

export const SETTINGS = {
  dataDirectory: setting('MUSTER_DATA_DIR', './data', 'embedded store, bootstrap token', 'a directory', asText),
  store: setting(
    'MUSTER_STORE',
    'lmdb',
    'where twins are kept',
    'lmdb or memory (redis:// is not in this version)',
    oneOf(['lmdb', 'memory']),
  ),
  mqttPort: setting('MUSTER_MQTT_PORT', '1883', 'plain MQTT', PORT, asPort),
  mqttHost: setting('MUSTER_MQTT_HOST', '127.0.0.1', 'address of plain MQTT', HOST, asHost),
  mqttsPort: setting('MUSTER_MQTTS_PORT', 'off', 'reserved for MQTT over TLS', NO_TLS, oneOf(['off'])),
  mqttsHost: setting('MUSTER_MQTTS_HOST', '0.0.0.0', 'reserved for MQTT over TLS', HOST, asHost),
  tlsCertificate: setting('MUSTER_TLS_CERT', undefined, 'reserved for MQTT over TLS', NO_TLS, oneOf([])),
  tlsKey: setting('MUSTER_TLS_KEY', undefined, 'reserved for MQTT over TLS', NO_TLS, oneOf([])),
  tlsClientCa: setting('MUSTER_TLS_CLIENT_CA', undefined, 'reserved for MQTT over TLS', NO_TLS, oneOf([])),
  httpPort: setting('MUSTER_HTTP_PORT', '8080', 'HTTP API, metrics', PORT, asPort),
  httpHost: setting('MUSTER_HTTP_HOST', '127.0.0.1', 'address of HTTP', HOST, asHost),
  adminToken: setting(
    'MUSTER_ADMIN_TOKEN',
    undefined,
    'bootstrap API token with every right; generated at the first start',
    'up to 1024 visible ASCII characters',
    asToken,
  ),
  logLevel: setting('MUSTER_LOG_LEVEL', 'info', 'least serious log line', LOG_LEVELS.join(', '), oneOf(LOG_LEVELS)),
  changeLogAgeMs: setting(
    'MUSTER_CHANGE_LOG_AGE',
    `${LIMITS.changeLogAgeMs / DAY_MS}d`,
    'maximum age of entries in the change log',
    'a time such as 7d, 12h, 30m or 90s',
    asDuration,
  ),
  changeLogBytesMax: setting(
    'MUSTER_CHANGE_LOG_BYTES',
    `${LIMITS.changeLogBytesMax / 1024 ** 3}GiB`,
    'maximum size of the change log',
    'a size such as 1GiB, 512MiB or 64KiB',
    asBytes,
  ),
  sweepIntervalMs: setting(
    'MUSTER_SWEEP_INTERVAL',
    `${LIMITS.sweepIntervalMs / 60_000}m`,
    'interval at which every twin is checked again',
    'a time such as 15m',
    asDuration,
  ),
  nonIndexableConfigurationsMax: setting(
    'MUSTER_SCANNED_CONFIGURATIONS_MAX',
    `${LIMITS.scannedConfigurationsMax}`,
    'maximum number of enabled configurations whose condition is not indexable',
    'a whole number such as 1000',
    asCount,
  ),
  isMaxChangedRequired: setting(
    'MUSTER_MAX_CHANGED_REQUIRED',
    'false',
    'require maxChanged on every write that changes devices',
    'true or false',
    asFlag,
  ),
  flapBound: setting(
    'MUSTER_FLAP_MAX',
    'off',
    'how often a device may enter and leave a configuration before it is held',
    'off, or changes within a time such as 6/10m, at most 1000 and a day',
    asFlapBound,
  ),
} as const;

/** Variables of the command line. The server accepts and ignores them. */
export const IGNORED_VARIABLES: ReadonlySet<string> = new Set(['MUSTER_URL', 'MUSTER_TOKEN']);

/** `MUSTER_MQTT_PORT` is also `--mqtt-port`. */
export function flagOf({ variable }: { readonly variable: string }): string {
  return `--${variable.slice('MUSTER_'.length).toLowerCase().replaceAll('_', '-')}`;
}

function setting<Value>(
  variable: string,
  fallback: string | undefined,
  meaning: string,
  allowed: string,
  parse: (text: string) => Value | undefined,
): Setting<Value> {
  return { variable, ...(fallback === undefined ? {} : { fallback }), meaning, allowed, parse };
}

function asText(text: string): string | undefined {
  return text === '' || text.includes('\0') ? undefined : text;
}

function oneOf<const Choice extends string>(choices: readonly Choice[]): (text: string) => Choice | undefined {
  return (text) => choices.find((choice) => choice === text);
}

function asPort(text: string): number | 'off' | undefined {
  if (text === 'off') return text;
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined;
}

function asHost(text: string): string | undefined {
  return /^[A-Za-z0-9._:%-]{1,253}$/.test(text) ? text : undefined;
}

function asToken(text: string): string | undefined {
  return /^[!-~]{1,1024}$/.test(text) ? text : undefined;
}

function asCount(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function asFlag(text: string): boolean | undefined {
  return text === 'true' || text === 'false' ? text === 'true' : undefined;
}

function asDuration(text: string): number | undefined {
  const milliseconds = durationMs(text);
  return milliseconds !== undefined && isAmount(milliseconds) ? milliseconds : undefined;
}

function asFlapBound(text: string): FlapBound | 'off' | undefined {
  if (text === 'off') return text;
  const [, changes = '', within = ''] = /^(\d{1,4})\/(\d+[smhd])$/.exec(text) ?? [];
  const [changesMax, withinMs] = [Number(changes), asDuration(within)];
  if (withinMs === undefined || withinMs > DAY_MS || changesMax < 1 || changesMax > FLAP_CHANGES_MAX) return undefined;
  return { changesMax, withinMs };
}

const BYTES: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['KiB', 1024],
  ['MiB', 1024 ** 2],
  ['GiB', 1024 ** 3],
]);

function asBytes(text: string): number | undefined {
  const [, digits = '', unit = ''] = /^(\d+)([A-Za-z]*)$/.exec(text) ?? [];
  const bytes = Number(digits) * (BYTES.get(unit) ?? 0);
  return isAmount(bytes) ? bytes : undefined;
}

function isAmount(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0;
}
