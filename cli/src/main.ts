import { run } from './run.js';
import { createSystemTerminal } from './session/system-terminal.js';

process.exitCode = await run(process.argv.slice(2), createSystemTerminal());
// Kept-alive sockets would hold the process for seconds.
process.exit();
