import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { WebSocket, WebSocketServer } from 'ws';

/** Where apps reach it, on port 80, once their /etc/hosts says so. */
const ADDRESS = '127.0.83.2';
/** What an app's /etc/hosts has to hold. */
export const SMALL_SUPERVISOR_HOSTS = `127.0.0.1 localhost\n${ADDRESS} supervisor\n`;

/** What of Home Assistant's Supervisor an app sees: its MQTT service, and Home Assistant's websocket. Needs root. */
export class SmallSupervisor {
  /** What it replies when it is asked for the broker; undefined where there is none. */
  mqtt: object | undefined;
  /** How often it was asked. */
  asked = 0;
  private readonly server: Server;

  /**
   * @param token of the app
   * @param home Home Assistant, and what opens it
   */
  constructor(
    private readonly token: string,
    private readonly home?: { url: string; token: string },
  ) {
    this.server = createServer((request, response) => {
      const reply = (status: number, body: object): void => {
        response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
      };
      if (request.headers.authorization !== `Bearer ${token}`) {
        reply(401, { result: 'error', message: 'unknown token' });
        return;
      }
      if (request.url !== '/services/mqtt') {
        reply(404, { result: 'error', message: 'unknown' });
        return;
      }
      this.asked++;
      if (this.mqtt) reply(200, { result: 'ok', data: this.mqtt });
      else reply(400, { result: 'error', message: 'Service not enabled' });
    });
    const sockets = new WebSocketServer({ server: this.server, path: '/core/websocket' });
    sockets.on('connection', socket => void this.pass(socket));
  }

  async start(): Promise<void> {
    this.server.listen(80, ADDRESS);
    await once(this.server, 'listening');
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  /** Lets an app in by its own token, then passes on all it says, and all it is told. */
  private async pass(app: WebSocket): Promise<void> {
    app.send(JSON.stringify({ type: 'auth_required', ha_version: '2026.11.0' }));
    const [message] = (await once(app, 'message')) as [Buffer];
    const { access_token: token } = JSON.parse(message.toString()) as { access_token: string };
    if (token !== this.token || this.home === undefined) {
      app.send(JSON.stringify({ type: 'auth_invalid', message: 'Invalid access' }));
      app.close();
      return;
    }
    const core = new WebSocket(`${this.home.url.replace(/^http/, 'ws')}/api/websocket`);
    app.on('close', () => {
      core.close();
    });
    core.on('close', () => {
      app.close();
    });
    core.on('error', () => undefined);
    await once(core, 'message'); // auth_required
    core.on('message', (data: Buffer) => {
      app.send(data.toString());
    });
    app.on('message', (data: Buffer) => {
      core.send(data.toString());
    });
    // Its auth_ok is the app's.
    core.send(JSON.stringify({ type: 'auth', access_token: this.home.token }));
  }
}
