import { describe, expect, it } from 'vitest';
import { type Config, describeSettings, type Environment, readConfig } from './config.js';
import { SETTINGS } from './setting.js';

const DEFAULTS: Config = {
  dataDirectory: './data',
  store: 'lmdb',
  mqtt: { host: '127.0.0.1', port: 1883 },
  http: { host: '127.0.0.1', port: 8080 },
  logLevel: 'info',
  changeLogAgeMs: 7 * 24 * 3_600_000,
  changeLogBytesMax: 1024 ** 3,
  sweepIntervalMs: 15 * 60_000,
  nonIndexableConfigurationsMax: 1_000,
  isMaxChangedRequired: false,
};

describe('readConfig', () => {
  it.each<[what: string, environment: Environment, argv: string[], expected: Partial<Config>]>([
    ['nothing', {}, [], {}],
    ['variables of others', { PATH: '/bin', MUSTERED: '1' }, [], {}],
    ['variables of the command line', { MUSTER_URL: 'x', MUSTER_TOKEN: 'y' }, [], {}],
    ['a directory', { MUSTER_DATA_DIR: '/var/lib/muster' }, [], { dataDirectory: '/var/lib/muster' }],
    ['the memory store', { MUSTER_STORE: 'memory' }, [], { store: 'memory' }],
    ['a free port', { MUSTER_MQTT_PORT: '0' }, [], { mqtt: { host: '127.0.0.1', port: 0 } }],
    [
      'hosts',
      { MUSTER_HTTP_HOST: '::', MUSTER_MQTT_HOST: 'muster.local' },
      [],
      {
        http: { host: '::', port: 8080 },
        mqtt: { host: 'muster.local', port: 1883 },
      },
    ],
    ['a token', { MUSTER_ADMIN_TOKEN: 'abc' }, [], { adminToken: 'abc' }],
    ['a log level', { MUSTER_LOG_LEVEL: 'debug' }, [], { logLevel: 'debug' }],
    ['MQTT over TLS that is off', { MUSTER_MQTTS_PORT: 'off', MUSTER_MQTTS_HOST: '0.0.0.0' }, [], {}],
    [
      'times',
      { MUSTER_CHANGE_LOG_AGE: '12h', MUSTER_SWEEP_INTERVAL: '90s' },
      [],
      {
        changeLogAgeMs: 12 * 3_600_000,
        sweepIntervalMs: 90_000,
      },
    ],
    ['a size', { MUSTER_CHANGE_LOG_BYTES: '64MiB' }, [], { changeLogBytesMax: 64 * 1024 ** 2 }],
    ['a count', { MUSTER_SCANNED_CONFIGURATIONS_MAX: '20' }, [], { nonIndexableConfigurationsMax: 20 }],
    ['a bound that is required', { MUSTER_MAX_CHANGED_REQUIRED: 'true' }, [], { isMaxChangedRequired: true }],
    ['how often is too often', { MUSTER_FLAP_MAX: '6/10m' }, [], { flapBound: { changesMax: 6, withinMs: 600_000 } }],
    ['that nothing is too often', { MUSTER_FLAP_MAX: 'off' }, [], {}],
    ['a count of nothing', {}, ['--scanned-configurations-max=0'], { nonIndexableConfigurationsMax: 0 }],
    ['a size without a unit', { MUSTER_CHANGE_LOG_BYTES: '4096' }, [], { changeLogBytesMax: 4096 }],
    ['a flag', {}, ['--store', 'memory'], { store: 'memory' }],
    ['a flag with an equals sign', {}, ['--data-dir=a=b'], { dataDirectory: 'a=b' }],
    ['a flag over a variable', { MUSTER_LOG_LEVEL: 'warn' }, ['--log-level', 'error'], { logLevel: 'error' }],
    [
      'a flag over a bad variable',
      { MUSTER_HTTP_PORT: 'banana' },
      ['--http-port', '1'],
      {
        http: { host: '127.0.0.1', port: 1 },
      },
    ],
  ])('takes %s', (_what, environment, argv, expected) => {
    expect(readConfig(environment, argv)).toEqual({ kind: 'config', config: { ...DEFAULTS, ...expected } });
  });

  it('accepts one listener that is off, but not both', () => {
    const { mqtt: _mqtt, ...rest } = DEFAULTS;
    expect(readConfig({ MUSTER_MQTT_PORT: 'off' })).toEqual({ kind: 'config', config: rest });
    const both = readConfig({ MUSTER_MQTT_PORT: 'off', MUSTER_HTTP_PORT: 'off' });
    expect(both).toEqual({ kind: 'problems', problems: [expect.stringContaining('MUSTER_HTTP_PORT')] });
  });

  it.each<[environment: Environment, argv: string[], named: string, allowed: string]>([
    [{ MUSTER_MQTT_PORT: 'banana' }, [], 'MUSTER_MQTT_PORT', '0 for a free one, or off'],
    [{ MUSTER_MQTT_PORT: '65536' }, [], 'MUSTER_MQTT_PORT', '65535'],
    [{ MUSTER_HTTP_PORT: '-1' }, [], 'MUSTER_HTTP_PORT', '65535'],
    [{ MUSTER_HTTP_PORT: '' }, [], 'MUSTER_HTTP_PORT', '65535'],
    [{ MUSTER_HTTP_HOST: 'a b' }, [], 'MUSTER_HTTP_HOST', 'host name'],
    [{ MUSTER_DATA_DIR: '' }, [], 'MUSTER_DATA_DIR', 'directory'],
    [{ MUSTER_STORE: 'nonsense' }, [], 'MUSTER_STORE', 'lmdb or memory'],
    [{ MUSTER_STORE: 'redis://localhost' }, [], 'MUSTER_STORE', 'not in this version'],
    [{ MUSTER_MQTTS_PORT: '8883' }, [], 'MUSTER_MQTTS_PORT', 'not in this version'],
    [{ MUSTER_TLS_CERT: 'a.pem' }, [], 'MUSTER_TLS_CERT', 'not in this version'],
    [{ MUSTER_TLS_KEY: 'a.pem' }, [], 'MUSTER_TLS_KEY', 'not in this version'],
    [{ MUSTER_TLS_CLIENT_CA: 'a.pem' }, [], 'MUSTER_TLS_CLIENT_CA', 'not in this version'],
    [{ MUSTER_LOG_LEVEL: 'loud' }, [], 'MUSTER_LOG_LEVEL', 'trace, debug, info'],
    [{ MUSTER_ADMIN_TOKEN: 'a b' }, [], 'MUSTER_ADMIN_TOKEN', 'visible ASCII'],
    [{ MUSTER_ADMIN_TOKEN: '' }, [], 'MUSTER_ADMIN_TOKEN', 'visible ASCII'],
    [{ MUSTER_CHANGE_LOG_AGE: '7' }, [], 'MUSTER_CHANGE_LOG_AGE', '7d, 12h'],
    [{ MUSTER_CHANGE_LOG_AGE: '0d' }, [], 'MUSTER_CHANGE_LOG_AGE', '7d, 12h'],
    [{ MUSTER_CHANGE_LOG_BYTES: '1GB' }, [], 'MUSTER_CHANGE_LOG_BYTES', '1GiB'],
    [{ MUSTER_SWEEP_INTERVAL: 'constructor' }, [], 'MUSTER_SWEEP_INTERVAL', '15m'],
    [{ MUSTER_SCANNED_CONFIGURATIONS_MAX: '-1' }, [], 'MUSTER_SCANNED_CONFIGURATIONS_MAX', 'whole number'],
    [{ MUSTER_MAX_CHANGED_REQUIRED: 'yes' }, [], 'MUSTER_MAX_CHANGED_REQUIRED', 'true or false'],
    [{ MUSTER_SCANNED_CONFIGURATIONS_MAX: '1k' }, [], 'MUSTER_SCANNED_CONFIGURATIONS_MAX', 'whole number'],
    ...['6', '0/10m', '1001/10m', '6/2d', '6/10', '6/0s', '6/10ms', '-1/10m', '10m'].map(
      (text): [Environment, string[], string, string] => [{ MUSTER_FLAP_MAX: text }, [], 'MUSTER_FLAP_MAX', '6/10m'],
    ),
    [{ MUSTER_MQTT_PROT: '1883' }, [], 'MUSTER_MQTT_PROT', 'MUSTER_MQTT_PORT'],
    [{}, ['--mqtt-port', 'x'], '--mqtt-port', '65535'],
    [{}, ['--mqtt-port'], '--mqtt-port', '65535'],
    [{}, ['--mqtt-prot', '1'], '--mqtt-prot', '--mqtt-port'],
  ])('refuses %o %o and says what is allowed', (environment, argv, named, allowed) => {
    const reading = readConfig(environment, argv);
    const problems = reading.kind === 'problems' ? reading.problems : [];
    expect(problems[0]).toContain(named);
    expect(problems[0]).toContain(allowed);
  });

  it('names every problem at once', () => {
    const reading = readConfig({ MUSTER_STORE: 'x', MUSTER_LOG_LEVEL: 'y', MUSTER_Z: 'z' }, ['--q']);
    expect(reading.kind === 'problems' && reading.problems).toHaveLength(4);
  });

  it('never shows a token', () => {
    expect(JSON.stringify(readConfig({ MUSTER_ADMIN_TOKEN: 'my token' }))).not.toContain('my token');
  });
});

it('describeSettings names every setting', () => {
  for (const { variable } of Object.values(SETTINGS)) expect(describeSettings()).toContain(variable);
});
