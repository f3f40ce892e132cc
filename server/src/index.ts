/**
 * The composition root: settings, the HTTP API, and the life of the process.
 *
 * Promises a stranger can check:
 * - `readConfig` knows every setting. It names unknown settings and bad values, and says which values are allowed.
 * - `startServer` resolves when every part is ready, and leaves nothing running if a part fails to start.
 * - One server at a time uses a data directory; a killed server leaves no lock behind.
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
