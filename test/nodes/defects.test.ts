import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import path from 'node:path';
import helper from 'node-red-node-test-helper';
import { freePort } from '../free-port.js';
import { FakeHomeAssistant } from '../hass/fake-home-assistant.js';
import { Mosquitto } from '../home-assistant/mosquitto.js';
import { cryAt } from '../reason/cries.js';
import { RtspCamera } from '../rtsp/rtsp-camera.js';
import { needTools } from '../tools.js';
import { until } from '../until.js';
import { errorText, type FlowNode, type RunningFlow, runFlow, stopFlow } from './flow.js';

/** Our files that run; what they import from elsewhere does not count. */
const OURS = new RegExp(`${path.resolve(__dirname, '../..')}/((?:src|nodes)/[^:)]+)`);

/** What one of our files gave to a timer or an emitter. */
interface Handler {
  file: string;
  /** The name of the event, or of the timer. */
  of: string;
  call: (...args: unknown[]) => unknown;
}

/** What an event brings, as far as handlers look at it. */
const ARGUMENTS: Record<string, unknown[]> = {
  error: [new Error('something happened')],
  data: [Buffer.from('RTSP/1.0 200 OK\r\n\r\n')],
  message: [Buffer.from('not JSON')],
  line: ['[info]   Stream #0:0: Audio: aac (LC), 16000 Hz, mono, fltp, 50 kb/s'],
  close: [1, null],
};

const NODES = ['audio', 'detector', 'reason', 'journal', 'notify', 'light', 'entities'];

describe('what fails in a handler of a node', function () {
  this.timeout(60_000);
  let camera: RtspCamera;
  let home: FakeHomeAssistant;
  let broker: Mosquitto;
  let flow: RunningFlow;
  let restore: () => void;
  const handlers: Handler[] = [];

  before(async function () {
    needTools(this, 'ffmpeg', 'mosquitto');
    restore = recordHandlers(handlers);
    camera = new RtspCamera({});
    home = await FakeHomeAssistant.start();
    broker = new Mosquitto(await freePort());
    await Promise.all([camera.start(), broker.start()]);
    flow = await runFlow(nodesOf(), { hass: { token: 'abc' } });
    await flow.until('chunks');
    await until(() => home.isSubscribed('mobile_app_notification_action'), 'a subscription');
    await flow.until('statuses', ({ status }) => JSON.stringify(status).includes('status.connected'));
    flow.send('reason', { payload: { ...cryAt(Date.now()), source: 'nursery' } });
    await until(() => home.calls.some(({ action }) => action === 'notify.phone'), 'a notification');
  });
  after(async () => {
    await stopFlow();
    await Promise.all([camera.stop(), home.stop(), broker.stop()]);
    // Handlers that were called out of turn made timers that nobody stops.
    restore();
  });

  function nodesOf(): FlowNode[] {
    const common = { hass: 'hass', baby: 'baby', phones: 'notify.phone', lights: 'light.lamp' };
    return [
      { id: 'hass', type: 'deepinfant-hass', url: home.url },
      { id: 'baby', type: 'deepinfant-baby', name: 'Mia' },
      { id: 'broker', type: 'mqtt-broker', broker: '127.0.0.1', port: broker.port, autoConnect: true },
      {
        id: 'audio',
        type: 'deepinfant-audio',
        name: 'nursery',
        kind: 'camera',
        url: camera.url,
        wires: [['detector', 'chunks'], []],
      },
      { id: 'detector', type: 'deepinfant-detector', wires: [['reason'], ['scores']] },
      {
        id: 'reason',
        type: 'deepinfant-reason',
        ...common,
        wires: [['journal', 'notify', 'light', 'entities']],
      },
      { id: 'journal', type: 'deepinfant-journal', ...common },
      { id: 'notify', type: 'deepinfant-notify', ...common, wires: [['reason']] },
      { id: 'light', type: 'deepinfant-light', ...common },
      {
        id: 'entities',
        type: 'deepinfant-entities',
        broker: 'broker',
        wires: [['reason'], ['detector'], ['audio']],
      },
      { id: 'chunks', type: 'probe' },
      { id: 'scores', type: 'probe' },
    ];
  }

  /** Whatever a node sends or shows fails, as if a defect were there. @returns what mends it */
  function breakNodes(): () => void {
    const nodes = NODES.map(id => helper.getNode(id));
    for (const node of nodes)
      Object.assign(node, {
        send: fail,
        status: fail,
      });
    return () => {
      // Those of the prototype.
      for (const node of nodes) for (const call of ['send', 'status']) Reflect.deleteProperty(node, call);
    };
  }

  it('is reported by the node, which goes on', async () => {
    const mend = breakNodes();
    try {
      // By the camera's sound, and by whatever else happens meanwhile.
      await flow.until(
        'errors',
        msg =>
          /^Something failed that should not.*broken on purpose$/.test(errorText(msg)) && isOf('audio', msg),
      );
      home.sendEvent('mobile_app_notification_action', {
        data: { action: `${tapped()}/notify.phone/hungry` },
      });
      await flow.until('errors', msg => isOf('notify', msg));
      home.drop();
      await flow.until('errors', msg => isOf('light', msg));
    } finally {
      mend();
    }
    await until(() => home.isSubscribed('mobile_app_notification_action'), 'the connection again');
    const before = flow.messages('chunks').length;
    await until(() => flow.messages('chunks').length > before + 3, 'sound after it');
    const scored = flow.messages('scores').length;
    await until(() => flow.messages('scores').length > scored, 'scores after it');
  });

  it('ends nothing, whichever timer, stream or socket calls it', async () => {
    const files = new Set(handlers.map(({ file }) => path.basename(file, '.js')));
    for (const file of ['ffmpeg-run', 'scheduler', 'journal', 'cry-notifier', 'socket', 'adapter'])
      assert(files.has(file), `no handler of ${file} was seen, but of ${[...files].join(', ')}`);
    const mend = breakNodes();
    const thrown: string[] = [];
    for (const { file, of, call } of [...handlers])
      try {
        call(...(ARGUMENTS[of] ?? []));
      } catch (error) {
        thrown.push(`${file}, ${of}: ${String(error)}`);
      }
    // A rejection that nobody takes ends the test, as it would end Node-RED.
    await new Promise(resolve => setTimeout(resolve, 200));
    mend();
    assert.deepEqual(thrown, []);
  });

  function tapped(): string {
    const { data } = home.calls.find(({ action }) => action === 'notify.phone')!;
    return (data as { data: { tag: string } }).data.tag;
  }
});

function fail(): never {
  throw new Error('broken on purpose');
}

function isOf(id: string, { error }: object & { error?: unknown }): boolean {
  return (error as { source: { id: string } }).source.id === id;
}

/** Keeps what our files give to timers and emitters from now on. @returns what ends that */
function recordHandlers(handlers: Handler[]): () => void {
  const madeTimers: NodeJS.Timeout[] = [];
  const timers = ['setTimeout', 'setInterval', 'setImmediate'] as const;
  const originals = timers.map(name => [name, globalThis[name]] as const);
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with the emitter as `this`
  const { on } = EventEmitter.prototype;
  const keep = (of: string, call: unknown): void => {
    const file = callerIn(new Error().stack!);
    if (file !== undefined && typeof call === 'function')
      handlers.push({ file, of, call: call as Handler['call'] });
  };
  for (const [name, original] of originals) {
    const recorded = (call: unknown, ...rest: unknown[]): unknown => {
      keep(name, call);
      const timer = (original as (...args: unknown[]) => NodeJS.Timeout)(call, ...rest);
      madeTimers.push(timer);
      return timer;
    };
    // What util.promisify makes of it, too.
    Object.defineProperties(recorded, Object.getOwnPropertyDescriptors(original));
    Object.assign(globalThis, { [name]: recorded });
  }
  EventEmitter.prototype.on = function (event, listener) {
    keep(String(event), listener);
    return on.call(this, event, listener);
  };
  return () => {
    for (const [name, original] of originals) Object.assign(globalThis, { [name]: original });
    EventEmitter.prototype.on = on;
    for (const timer of madeTimers) if ('unref' in timer) timer.unref();
  };
}

/** Which of our files made a call; undefined where something else did. */
function callerIn(stack: string): string | undefined {
  const lines = stack.split('\n').slice(1);
  // Streams have an `on` of their own before that of all emitters.
  const caller = lines.find(line => !line.includes(__filename) && !/\.on \(node:/.test(line));
  return caller === undefined ? undefined : OURS.exec(caller)?.[1];
}
