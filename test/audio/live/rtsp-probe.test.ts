import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { describeRtsp } from '../../../src/audio/live/rtsp-probe.js';

/** What a server does with a connection. */
const SERVERS: Record<string, (socket: Socket) => void> = {
  'says nothing': () => undefined,
  'never comes to an end': socket => {
    const sending = setInterval(() => socket.write('RTSP/1.0 200 OK\r\n'), 100);
    socket.on('close', () => {
      clearInterval(sending);
    });
  },
};

describe('the question to an RTSP server', function () {
  this.timeout(30_000);

  for (const [name, answer] of Object.entries(SERVERS))
    it(`is given up after 5 s where it ${name}`, async () => {
      const server = createServer(socket => {
        socket.on('error', () => undefined);
        answer(socket);
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const start = performance.now();
      const response = await describeRtsp({ url: `rtsp://127.0.0.1:${port}/` }, new AbortController().signal);
      const tookMs = performance.now() - start;
      server.close();
      assert(response === undefined || response.status === 200);
      assert(tookMs > 4900 && tookMs < 20_000, `${tookMs} ms`);
    });
});
