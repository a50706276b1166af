import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

interface Command {
  id: number;
  type: string;
  event_type?: string;
  domain?: string;
  service?: string;
  service_data?: unknown;
}

/** A server that speaks Home Assistant's websocket protocol as far as a test needs it, and breaks it on demand. */
export class FakeHomeAssistant {
  /** The actions that were called, oldest first. */
  readonly calls: { action: string; data: unknown }[] = [];
  /** What it replies to commands, by their types. */
  readonly replies: Record<string, unknown> = {
    get_config: { state: 'RUNNING', time_zone: 'UTC' },
    'auth/current_user': { is_admin: true },
    'person/list': { storage: [{ name: 'Anna', user_id: 'anna' }], config: [] },
  };
  private socket: WebSocket | undefined;
  /** Ids of commands by what they subscribed to. */
  private readonly subscriptions = new Map<string, number>();

  private constructor(private readonly server: WebSocketServer) {
    server.on('connection', socket => {
      this.socket = socket;
      socket.send('{"type":"auth_required","ha_version":"2026.11.0"}');
      socket.on('message', (data: Buffer) => {
        this.receive(JSON.parse(data.toString()) as Command);
      });
    });
  }

  static async start(): Promise<FakeHomeAssistant> {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    return new FakeHomeAssistant(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const client of this.server.clients) client.terminate();
    await new Promise(resolve => {
      this.server.close(resolve);
    });
  }

  /** Breaks the connection. */
  drop(): void {
    this.subscriptions.clear();
    for (const client of this.server.clients) client.terminate();
  }

  /** Sends a text as it is. */
  send(text: string): void {
    this.socket!.send(text);
  }

  /** Whether a command of this type, or for this type of event, subscribed. */
  isSubscribed(to: string): boolean {
    return this.subscriptions.has(to);
  }

  /** Sends an event to whoever subscribed to it. @param to the type of the command, or that of the event */
  sendEvent(to: string, event: unknown): void {
    this.send(JSON.stringify({ id: this.subscriptions.get(to), type: 'event', event }));
  }

  private receive({ id, type, event_type: eventType, domain, service, service_data: data }: Command): void {
    if (type === 'auth') {
      this.send('{"type":"auth_ok","ha_version":"2026.11.0"}');
      return;
    }
    if (type.startsWith('subscribe_')) this.subscriptions.set(eventType ?? type, id);
    if (type === 'call_service') this.calls.push({ action: `${domain}.${service}`, data });
    const called = { context: { id: `context ${id}` } };
    const result = type === 'call_service' ? called : (this.replies[type] ?? null);
    this.send(JSON.stringify({ id, type: 'result', success: true, result }));
  }
}
