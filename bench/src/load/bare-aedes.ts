/** Plain Aedes on the given port: the yardstick for the cost of our edge. */
import { createServer } from 'node:net';
import { Aedes } from 'aedes';

const aedes = await Aedes.createBroker();
createServer((socket) => {
  socket.setNoDelay(true);
  aedes.handle(socket);
}).listen(Number(process.argv[2]), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
