import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { parseConfig } from '../../src/serve/config/read.js';
import { Service } from '../../src/serve/service.js';
import { freePort } from '../free-port.js';
import { Mosquitto } from '../home-assistant/mosquitto.js';
import { needTools } from '../tools.js';
import { until } from '../until.js';

/** Types of packets: the first half of their first byte (MQTT 3.1.1, 2.2.1). */
const [PUBLISH, SUBACK] = [3, 9];

/** Stands before a broker, and keeps back what it acknowledges until it is told to let it through. */
class SlowSubscriptions {
  /** Types of the packets that the client sent. */
  readonly sent: number[] = [];
  private kept: (() => void)[] | undefined = [];
  private readonly server: Server;

  constructor(brokerPort: number) {
    this.server = createServer(client => {
      const broker = connect(brokerPort, '127.0.0.1');
      for (const [from, to] of [
        [client, broker],
        [broker, client],
      ]) {
        from.on('error', () => undefined);
        from.on('close', () => to.destroy());
      }
      onPacket(client, (type, bytes) => {
        this.sent.push(type);
        broker.write(bytes);
      });
      onPacket(broker, (type, bytes) => {
        const pass = (): void => void client.write(bytes);
        if (this.kept && (type === SUBACK || this.kept.length > 0)) this.kept.push(pass);
        else pass();
      });
    });
  }

  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `mqtt://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Whether the broker has acknowledged a subscription. */
  get isSubscribed(): boolean {
    return this.kept === undefined || this.kept.length > 0;
  }

  letThrough(): void {
    const { kept } = this;
    this.kept = undefined;
    for (const pass of kept ?? []) pass();
  }

  async stop(): Promise<void> {
    this.server.close();
    await once(this.server, 'close');
  }
}

/** Cuts a stream into MQTT's packets: a type, a length in seven bits a byte, and so many bytes (2.2.3). */
function onPacket(socket: Socket, take: (type: number, bytes: Buffer) => void): void {
  let rest = Buffer.alloc(0);
  socket.on('data', (data: Buffer) => {
    rest = Buffer.concat([rest, data]);
    for (;;) {
      const lengthBytes = rest.subarray(1, 5).findIndex(byte => byte < 0x80) + 1;
      if (lengthBytes === 0) return;
      const body = rest
        .subarray(1, 1 + lengthBytes)
        .reduce((sum, byte, i) => sum + ((byte & 0x7f) << (7 * i)), 0);
      const length = 1 + lengthBytes + body;
      if (rest.length < length) return;
      take(rest[0] >> 4, rest.subarray(0, length));
      rest = rest.subarray(length);
    }
  });
}

describe('The connection to an MQTT broker', function () {
  this.timeout(60_000);
  let folder: string;
  let broker: Mosquitto;
  let slow: SlowSubscriptions;
  let service: Service;
  let watcher: MqttClient;

  before(function () {
    needTools(this, 'mosquitto');
  });
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-broker-'));
    broker = new Mosquitto(await freePort());
    await broker.start();
    slow = new SlowSubscriptions(broker.port);
    service = new Service({ folder, report: () => undefined });
    watcher = await connectAsync(broker.url);
  });
  afterEach(async () => {
    await service.stop();
    await watcher.endAsync();
    await slow.stop();
    await broker.stop();
    rmSync(folder, { recursive: true });
  });

  it('announces a device only once what is asked of it arrives', async () => {
    const topics: string[] = [];
    watcher.on('message', topic => topics.push(topic));
    await watcher.subscribeAsync('deepinfant/#');
    const yaml = `babies: [{ name: Mia }]\nsources: [{ type: demo, name: Cot }]\nmqtt: { url: "${await slow.start()}" }\n`;
    await service.use(parseConfig(Buffer.from(yaml), 'test.yaml', { folder, env: {} }));
    await until(() => slow.isSubscribed, 'the subscription');
    // What it had sent before would be at the broker by now.
    await watcher.publishAsync('deepinfant/mark', '');
    await until(() => topics.includes('deepinfant/mark'), 'the mark');
    assert.deepEqual(topics, ['deepinfant/mark']);
    assert.ok(!slow.sent.includes(PUBLISH));
    assert.match(service.rooms.get('Mia')!.device!.trouble!.message, /Connecting/);
    slow.letThrough();
    await until(() => topics.includes('deepinfant/v1/mia/node'), 'the device');
    assert.equal(service.rooms.get('Mia')!.device!.trouble, undefined);
  });
});
