/** Aedes as it comes, listening on the port given: the yardstick for what our edge adds. */
import { createServer } from 'node:net';
import { Aedes } from 'aedes';

const aedes = await Aedes.createBroker();
createServer((socket) => {
  socket.setNoDelay(true);
  aedes.handle(socket);
}).listen(Number(process.argv[2]), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
