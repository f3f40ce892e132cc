import type { Log } from '@muster/twin';
import pino from 'pino';
import type { LogLevel } from './settings/setting.js';

const SECRET_NAMES = ['secret', 'token', 'password', 'authorization', 'adminToken'];
const REDACTED = SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** Writes JSON lines to standard error, or to `destination`. Members named like secrets are redacted, as a last resort. */
export function openLog(level: LogLevel, destination: pino.DestinationStream = pino.destination(2)): Log {
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: REDACTED, censor: '[redacted]' },
      serializers: { error: pino.stdSerializers.errWithCause },
    },
    destination,
  );
  return (severity, message, details = {}) => logger[severity](details, message);
}
