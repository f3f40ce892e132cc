import { run } from './run.js';
import { createSystemTerminal } from './session/system-terminal.js';

process.exitCode = await run(process.argv.slice(2), createSystemTerminal());
// Sockets that are kept alive for a next request would hold the process for seconds.
process.exit();
