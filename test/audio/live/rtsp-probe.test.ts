import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { describeRtsp } from '../../../src/audio/live/rtsp-probe.js';

const LIMIT_MS = 1000;

/** What a server does with a connection. */
const SERVERS: Record<string, (socket: Socket) => void> = {
  'says nothing': socket => socket.resume(),
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
    it(`is given up in time where it ${name}`, async () => {
      const server = createServer(socket => {
        socket.on('error', () => undefined);
        answer(socket);
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const start = performance.now();
      const response = await describeRtsp(
        { url: `rtsp://127.0.0.1:${port}/` },
        LIMIT_MS,
        new AbortController().signal,
      );
      const tookMs = performance.now() - start;
      server.close();
      assert(response === undefined || response.status === 200);
      assert(tookMs > LIMIT_MS - 50 && tookMs < LIMIT_MS + 15_000, `${tookMs} ms`);
    });
});
