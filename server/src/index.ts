/**
 * The composition root: settings, the HTTP API, and the life of the process.
 *
 * Promises a stranger can check:
 * - `readConfig` knows every setting; what it does not know or cannot read it names, with what is allowed.
 * - `startServer` resolves when every part is ready, and leaves nothing behind when one cannot start.
 * - One data directory is used by one server at a time; a killed server leaves no lock behind.
 * - Every error of the HTTP API is a problem of RFC 9457 with a stable code; the OpenAPI document and the routes
 *   come from the same table.
 */
export {
  type Config,
  type ConfigReading,
  describeSettings,
  type ListenerConfig,
  readConfig,
} from './settings/config.js';
export { type RunningServer, type ServerParts, startServer } from './start-server.js';
