import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server on loopback that answers paths with JSON, as go2rtc and Frigate do, or as a test wants it to misbehave. */
export class TestServer {
  /** Address and port at which it answers. */
  readonly host: string;

  private constructor(private readonly server: Server) {
    this.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** @param answers by path: a value to send as JSON, or a function that answers itself; 404 for other paths */
  static async start(answers: Record<string, unknown>): Promise<TestServer> {
    const server = createServer((request: IncomingMessage, response: ServerResponse) => {
      const answer = answers[request.url ?? ''];
      if (typeof answer === 'function') (answer as (response: ServerResponse) => void)(response);
      else if (answer === undefined) response.writeHead(404).end('404 page not found');
      else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TestServer(server);
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }
}
