/** The simplest mail server there is: takes everything, in a process of its own, so that what is measured is the sender. Prints its port. */
import { createServer } from 'node:net';

const server = createServer((socket) => {
  socket.setNoDelay(true);
  let data = false;
  let tail = '';
  socket.write('220 sink ESMTP\r\n');
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    let text = tail + chunk.toString('latin1');
    tail = '';
    for (;;) {
      if (data) {
        const end = text.indexOf('\r\n.\r\n');
        if (end < 0) {
          tail = text.slice(-4);
          return;
        }
        data = false;
        text = text.slice(end + 5);
        socket.write('250 2.0.0 taken\r\n');
      }
      const line = text.indexOf('\r\n');
      if (line < 0) {
        tail = text;
        return;
      }
      const verb = text.slice(0, 4).toUpperCase();
      text = text.slice(line + 2);
      if (verb === 'EHLO') socket.write('250-sink\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 50000000\r\n');
      else if (verb === 'DATA') {
        data = true;
        socket.write('354 go on\r\n');
      } else if (verb === 'QUIT') socket.end('221 bye\r\n');
      else socket.write('250 2.1.0 ok\r\n');
    }
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.on('disconnect', () => process.exit());
