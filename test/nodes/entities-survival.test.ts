import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { REPORTED } from '../../src/reason/reported.js';
import type { CryEvent } from '../../src/values.js';
import { freePort } from '../free-port.js';
import { homeAssistantOfSuite } from '../home-assistant/home-assistant.js';
import { Mosquitto } from '../home-assistant/mosquitto.js';
import { nightZone } from '../night-zone.js';
import { cryAt, HUNGRY } from '../reason/cries.js';
import { HEALTH } from '../source-health.js';
import { until } from '../until.js';
import { type FlowNode, runFlow, stopFlow } from './flow.js';
import { NodeRedProcess } from './node-red-process.js';

/** Seconds; the broker waits one and a half times as long for a word of a client. */
const KEEPALIVE_S = 5;

/** Mosquitto looks for silent clients every six seconds. */
const BROKER_LOOKS_MS = 7000;

interface StateChange {
  entity_id: string;
  new_state: { state: string; attributes: Record<string, unknown> } | null;
}

interface HassDevice {
  id: string;
  name: string;
  config_entries: string[];
  identifiers: [string, string][];
  sw_version: string | null;
  configuration_url: string | null;
}

function cry(state: CryEvent['state'], id = 'cot@1', durationS = 3): object {
  return { ...cryAt(Date.now()), id, state, durationS, reason: HUNGRY };
}

describe('the device in Home Assistant', function () {
  this.timeout(120_000);
  const home = homeAssistantOfSuite();
  let watcher: MqttClient;
  const seen: { topic: string; payload: string; at: number }[] = [];
  /** What entities of Home Assistant showed, oldest first. */
  const changes: StateChange[] = [];

  before(async () => {
    // Back at a broker that was away before Node-RED is, so that it misses nothing.
    watcher = await connectAsync(home().broker.url, { reconnectPeriod: 50 });
    watcher.on('message', (topic, payload) => {
      seen.push({ topic, payload: payload.toString(), at: Date.now() });
    });
    await watcher.subscribeAsync(['deepinfant/#', 'homeassistant/#', 'ha/#']);
    await home().connection.subscribeEvents<{ data: StateChange }>(
      ({ data }) => changes.push(data),
      'state_changed',
    );
  });
  after(() => watcher.endAsync(true));
  beforeEach(() => {
    seen.length = 0;
    changes.length = 0;
  });

  const untilState = (entityId: string, state: string, timeoutMs?: number): Promise<unknown> =>
    home().untilState(entityId, now => now.state === state, timeoutMs);

  /** What an entity showed, without what it showed twice. */
  const shown = (entityId: string): string[] =>
    changes
      .filter(({ entity_id: id }) => id === entityId)
      .map(({ new_state: now }) => now?.state ?? 'removed')
      .filter((state, i, all) => state !== all[i - 1]);

  /** The events of cries, as Home Assistant has them. */
  const cryEvents = (entityId: string, cries = /./): unknown[] =>
    changes
      .filter(({ entity_id: id, new_state: now }) => id === entityId && now?.attributes.event_type)
      .filter(({ new_state: now }) => cries.test(String(now!.attributes.cry)))
      .map(({ new_state: now }) => `${now!.state} ${String(now!.attributes.event_type)}`)
      .filter((state, i, all) => !state.startsWith('unavailable') && state !== all[i - 1])
      .map(state => state.split(' ')[1]);

  async function devices(): Promise<HassDevice[]> {
    const all = await home().connection.sendMessagePromise<HassDevice[]>({
      type: 'config/device_registry/list',
    });
    return all.filter(({ identifiers }) => identifiers.some(([, id]) => id.startsWith('deepinfant_')));
  }

  async function entityIds(): Promise<string[]> {
    const entries = await home().connection.sendMessagePromise<{ entity_id: string; unique_id: string }[]>({
      type: 'config/entity_registry/list',
    });
    return entries
      .filter(({ unique_id: id }) => id.startsWith('deepinfant_'))
      .map(({ entity_id: id }) => id)
      .sort();
  }

  /** Removes everything that a test left at the broker. */
  async function removeDevices(): Promise<void> {
    for (const topic of await retainedAt(home().broker.url))
      await watcher.publishAsync(topic, '', { retain: true });
    await until(async () => (await devices()).length === 0, 'no device');
  }

  describe('of a Node-RED that is killed', () => {
    let userDir: string;
    let nodeRed: NodeRedProcess;

    before(async () => {
      userDir = await mkdtemp(path.join(tmpdir(), 'deepinfant-'));
      const placed = { z: 'tab', x: 0, y: 0, wires: [] };
      const flows = [
        { id: 'tab', type: 'tab', label: 'test' },
        {
          id: 'mqtt',
          type: 'mqtt-broker',
          broker: '127.0.0.1',
          port: home().broker.port,
          keepalive: KEEPALIVE_S,
        },
        // Opens the connection of the broker node before the entities node is made.
        { ...placed, id: 'other', type: 'mqtt in', topic: 'zigbee2mqtt/#', broker: 'mqtt', qos: '1' },
        { ...placed, id: 'in', type: 'http in', url: '/cry', method: 'post', wires: [['mia', 'out']] },
        { ...placed, id: 'out', type: 'http response' },
        {
          ...placed,
          id: 'mia',
          type: 'deepinfant-entities',
          name: 'Mia',
          broker: 'mqtt',
          wires: [['told'], ['told'], ['told']],
        },
        { ...placed, id: 'told', type: 'debug', console: true, complete: 'true', active: true },
      ];
      await writeFile(path.join(userDir, 'flows.json'), JSON.stringify(flows));
      await start();
      await untilState('binary_sensor.mia_crying', 'off', 60_000);
    });
    after(async () => {
      await nodeRed.stop('SIGKILL');
      await rm(userDir, { recursive: true });
      await removeDevices();
    });

    async function start(): Promise<void> {
      nodeRed = new NodeRedProcess(userDir, { mqttReconnectTime: 1000 }, { TZ: nightZone() });
      await nodeRed.start();
    }

    async function send(event: object): Promise<void> {
      const headers = { 'Content-Type': 'application/json' };
      await fetch(`${nodeRed.url}cry`, { method: 'POST', headers, body: JSON.stringify(event) });
    }

    it('is unavailable soon, though another node opened the connection to the broker first', async () => {
      const killedAt = Date.now();
      await nodeRed.stop('SIGKILL');
      await untilState('binary_sensor.mia_crying', 'unavailable', 1500 * KEEPALIVE_S);
      const { at } = seen.find(
        ({ topic, payload }) => topic === 'deepinfant/v1/mia/node' && payload === 'offline',
      )!;
      console.log(`      unavailable ${at - killedAt} ms after a kill`);
      await start();
      await untilState('binary_sensor.mia_crying', 'off', 60_000);
    });

    it('is unavailable after one and a half keepalives when it hangs', async () => {
      const stoppedAt = Date.now();
      nodeRed.signal('SIGSTOP');
      try {
        const isOffline = (): boolean =>
          seen.some(({ topic, payload }) => topic === 'deepinfant/v1/mia/node' && payload === 'offline');
        await until(isOffline, 'the will', 60_000);
        const { at } = seen.find(
          ({ topic, payload }) => topic === 'deepinfant/v1/mia/node' && payload === 'offline',
        )!;
        console.log(
          `      unavailable ${((at - stoppedAt) / 1000).toFixed(1)} s after a stop, ${KEEPALIVE_S} s keepalive`,
        );
        assert(at - stoppedAt <= 1500 * KEEPALIVE_S + BROKER_LOOKS_MS, String(at - stoppedAt));
      } finally {
        nodeRed.signal('SIGCONT');
      }
      await untilState('binary_sensor.mia_crying', 'off', 60_000);
    });

    for (const signal of ['SIGKILL', 'SIGTERM'] as const)
      it(`never shows a cry that is over, and tells its end once, after a ${signal} in the middle of it`, async () => {
        await send(cry('started', `cot@${signal}`));
        await untilState('binary_sensor.mia_crying', 'on');
        await send(cry('ongoing', `cot@${signal}`, 20));
        await home().untilState('event.mia_cry', ({ attributes }) => attributes.event_type === 'started');
        const file = path.join(userDir, 'deepinfant', 'device-mia.json');
        await until(async () => (await readFile(file, 'utf8')).includes('"durationS":20'), 'kept');
        await nodeRed.stop(signal);
        await untilState('binary_sensor.mia_crying', 'unavailable');
        await start();
        await untilState('binary_sensor.mia_crying', 'off', 60_000);
        const { attributes } = await home().untilState(
          'event.mia_cry',
          ({ attributes }) => attributes.event_type === 'ended',
        );
        assert.deepEqual([attributes.cry, attributes.duration_s], [`cot@${signal}`, 20]);
        const states = shown('binary_sensor.mia_crying');
        assert.equal(states.filter(state => state === 'on').length, 1, states.join());
        assert.deepEqual(cryEvents('event.mia_cry'), ['started', 'ended']);
        const { state: count } = (await home().states()).get('sensor.mia_cries_tonight')!;
        assert.equal(Number(count), signal === 'SIGKILL' ? 1 : 2, count);
      });

    it('keeps what was chosen in Home Assistant, and asks for it before anything is heard', async () => {
      await home().call('select.select_option', { entity_id: 'select.mia_preset', option: 'careful' });
      await home().call('switch.turn_off', { entity_id: 'switch.mia_listening' });
      await untilState('switch.mia_listening', 'off');
      await nodeRed.until(/payload: false/);
      await nodeRed.stop('SIGKILL');
      await untilState('switch.mia_listening', 'unavailable');
      changes.length = 0;
      await start();
      await untilState('switch.mia_listening', 'off', 60_000);
      await untilState('select.mia_preset', 'careful');
      assert.deepEqual(shown('switch.mia_listening'), ['off']);
      await nodeRed.until(/payload: 'careful'/);
      await nodeRed.until(/payload: false/);
    });

    it('can answer the last cry after a restart', async () => {
      await home().call('button.press', { entity_id: 'button.mia_was_hungry' });
      await nodeRed.until(/answer: 'hungry',\s+cry: 'cot@SIGTERM'/);
      await untilState('select.mia_answer', 'hungry');
    });
  });

  describe('of a flow that changes', () => {
    afterEach(async () => {
      await stopFlow();
      await removeDevices();
    });

    const broker = (port = home().broker.port): FlowNode => ({
      id: 'mqtt',
      type: 'mqtt-broker',
      broker: '127.0.0.1',
      port: String(port),
    });
    const entities = (settings: object = {}): FlowNode => ({
      id: 'mia',
      type: 'deepinfant-entities',
      name: 'Mia',
      broker: 'mqtt',
      wires: [[], [], []],
      ...settings,
    });

    it('says what it is, and has the ids and kinds that are documented', async () => {
      await runFlow([entities({ id: 'a.b+c#', name: 'Jürgen' }), broker()]);
      await untilState('binary_sensor.jurgen_crying', 'off');
      const [device] = await devices();
      assert.match(device.sw_version!, /^\d+\.\d+\.\d+/);
      assert.match(device.configuration_url!, /^https?:\/\//);
      const states = await home().states();
      const kinds = (id: string): unknown[] => {
        const { state_class: kind, last_reset: reset, icon } = states.get(`sensor.jurgen_${id}`)!.attributes;
        return [kind, typeof reset, typeof icon];
      };
      assert.deepEqual(kinds('cries_tonight'), ['total', 'string', 'string']);
      assert.deepEqual(kinds('minutes_tonight').slice(0, 2), ['total', 'string']);
      for (const id of ['confidence', 'accuracy']) assert.equal(kinds(id)[0], 'measurement');
      const answers = ['hungry', 'tired', 'discomfort', 'belly_pain', 'burping', 'lonely'];
      for (const id of [...answers.map(answer => `was_${answer}`), ...REPORTED])
        assert.match(String(states.get(`button.jurgen_${id}`)!.attributes.icon), /^mdi:/);
      assert.equal(states.get('select.jurgen_preset')!.state, 'balanced');
    });

    it('has an id in any script', async () => {
      await runFlow([entities({ name: '小明' }), broker()]);
      await untilState('binary_sensor.xiao_ming_crying', 'off');
    });

    it('is the same in a flow that was imported anew', async () => {
      await runFlow([entities(), broker()]);
      await untilState('binary_sensor.mia_crying', 'off');
      const [before] = await devices();
      const ids = await entityIds();
      await stopFlow();
      await runFlow([entities({ id: 'another' }), broker()]);
      await untilState('binary_sensor.mia_crying', 'off');
      assert.deepEqual(
        (await devices()).map(({ id }) => id),
        [before.id],
      );
      assert.deepEqual(await entityIds(), ids);
    });

    it('comes back when it was deleted in Home Assistant, with its ids', async () => {
      const flow = await runFlow([entities(), broker()]);
      await untilState('binary_sensor.mia_crying', 'off');
      const ids = await entityIds();
      const remove = async (): Promise<void> => {
        const [{ id, config_entries: entries }] = await devices();
        await home().connection.sendMessagePromise({
          type: 'config/device_registry/remove_config_entry',
          device_id: id,
          config_entry_id: entries[0],
        });
        await until(async () => (await devices()).length === 0, 'deleted');
        // It clears the announcement for each entity.
        const isCleared = ({ topic, payload }: (typeof seen)[number]): boolean =>
          topic === 'homeassistant/device/deepinfant_mia/config' && payload === '';
        await until(() => seen.filter(isCleared).length === ids.length, 'cleared');
        seen.length = 0;
      };
      await remove();
      await watcher.publishAsync('homeassistant/status', 'online');
      await untilState('binary_sensor.mia_crying', 'off');
      assert.deepEqual(await entityIds(), ids);
      await remove();
      await flow.redeploy();
      await untilState('binary_sensor.mia_crying', 'off');
      assert.deepEqual(await entityIds(), ids);
    });

    it('tells a detector that is deployed alone what was chosen, until its dialog says otherwise', async () => {
      const detector: FlowNode = { id: 'detector', type: 'deepinfant-detector', preset: 'balanced' };
      const flow = await runFlow([
        entities({ wires: [[], ['detector', 'presets'], ['listen']] }),
        detector,
        { id: 'presets', type: 'probe' },
        { id: 'listen', type: 'probe' },
        broker(),
      ]);
      await untilState('select.mia_preset', 'balanced');
      await home().call('select.select_option', { entity_id: 'select.mia_preset', option: 'careful' });
      await home().call('switch.turn_off', { entity_id: 'switch.mia_listening' });
      await until(() => flow.messages('listen').length === 1, 'told not to listen');
      await flow.redeploy({ ...detector, name: 'cot' });
      await until(() => flow.messages('listen').length === 2, 'told again');
      const told = (probe: string): unknown[] => flow.messages(probe).map(({ payload }) => payload);
      assert.deepEqual(
        [told('presets'), told('listen')],
        [
          ['careful', 'careful'],
          [false, false],
        ],
      );
      await flow.redeploy({ ...detector, preset: 'sensitive' });
      await untilState('select.mia_preset', 'sensitive');
      assert.deepEqual([told('presets').length, told('listen').length], [2, 3]);
    });

    it('tells a detector in a subflow that is deployed alone what was chosen', async () => {
      const detector: FlowNode = {
        id: 'detector',
        type: 'deepinfant-detector',
        z: 'sub',
        preset: 'balanced',
      };
      const inputs = [{ x: 0, y: 0, wires: [{ id: 'detector' }] }];
      const flow = await runFlow([
        entities({ wires: [[], ['instance'], ['listen']] }),
        { id: 'sub', type: 'subflow', z: undefined, name: 'hears', in: inputs, out: [] },
        detector,
        { id: 'instance', type: 'subflow:sub' },
        { id: 'listen', type: 'probe' },
        broker(),
      ]);
      await untilState('switch.mia_listening', 'on');
      await home().call('switch.turn_off', { entity_id: 'switch.mia_listening' });
      await until(() => flow.messages('listen').length === 1, 'told not to listen');
      await flow.redeploy({ ...detector, name: 'cot' });
      await until(() => flow.messages('listen').length === 2, 'told again');
      assert.equal(flow.messages('listen')[1].payload, false);
    });

    it('moves to another prefix and listens to another birth message', async () => {
      const flow = await runFlow([entities(), broker()]);
      await untilState('binary_sensor.mia_crying', 'off');
      await flow.redeploy(entities({ prefix: 'ha', birthTopic: 'ha/status' }));
      await until(
        () => seen.some(({ topic }) => topic === 'ha/device/deepinfant_mia/config'),
        'the new announcement',
      );
      await until(async () => (await devices()).length === 0, 'removed from the old prefix');
      const before = seen.length;
      await watcher.publishAsync('ha/status', 'online');
      await until(
        () => seen.slice(before).some(({ topic }) => topic === 'ha/device/deepinfant_mia/config'),
        'announced again',
      );
    });

    it('moves to another broker, and leaves nothing on the old one', async () => {
      const second = new Mosquitto(await freePort());
      await second.start();
      try {
        const flow = await runFlow([entities(), broker()]);
        await untilState('binary_sensor.mia_crying', 'off');
        await flow.redeploy(broker(second.port));
        await until(async () => (await devices()).length === 0, 'removed from the old broker');
        const topics = (url: string): Promise<string[]> => retainedAt(url);
        assert.deepEqual(await topics(home().broker.url), []);
        await until(
          async () => (await topics(second.url)).includes('homeassistant/device/deepinfant_mia/config'),
          'the device on the new broker',
        );
      } finally {
        await second.stop();
      }
    });

    it('stays there when the broker notices only now that an earlier run is gone', async () => {
      const topic = 'deepinfant/v1/mia/node';
      // Of a Node-RED whose computer lost its power.
      const earlier = await connectAsync(home().broker.url, {
        will: { topic, payload: Buffer.from('offline'), retain: true, qos: 1 },
        reconnectPeriod: 0,
      });
      // What Home Assistant itself says is not what brings it back.
      const flow = await runFlow([entities({ birthTopic: 'ha/status' }), broker()]);
      await untilState('binary_sensor.mia_crying', 'off');
      seen.length = 0;
      earlier.stream.destroy();
      await until(
        () => seen.some(({ topic: told, payload }) => told === topic && payload === 'offline'),
        'gone',
      );
      await until(() => seen.findLast(({ topic: told }) => told === topic)?.payload === 'online', 'back');
      await untilState('binary_sensor.mia_crying', 'off');
      await flow.redeploy();
      await untilState('binary_sensor.mia_crying', 'off');
      await flow.remove('mia');
      assert.deepEqual(await retainedAt(home().broker.url), []);
    });

    it('tells what happened while the broker was away, in its order', async () => {
      const flow = await runFlow([entities(), broker()]);
      await untilState('binary_sensor.mia_crying', 'off');
      await home().broker.stop();
      await flow.until('statuses', ({ status }) => (status as { fill: string }).fill !== 'green');
      flow.send('mia', { payload: cry('started', 'cot@late') });
      flow.send('mia', { payload: cry('ended', 'cot@late', 30) });
      seen.length = 0;
      await home().broker.start();
      const events = (): string[] =>
        seen
          .filter(({ topic }) => topic === 'deepinfant/v1/mia/event')
          .map(({ payload }) => (JSON.parse(payload) as { event_type: string }).event_type);
      await until(() => events().length === 2, 'the events', 60_000);
      assert.deepEqual(events(), ['started', 'ended']);
      await untilState('binary_sensor.mia_crying', 'off', 60_000);
      // Nobody knows what Home Assistant received: what it may have missed is sent again, whether its source is heard or not.
      await home().untilState(
        'event.mia_cry',
        ({ attributes: { cry: id, event_type: type } }) => id === 'cot@late' && type === 'ended',
      );
      flow.send('mia', { payload: { ...HEALTH, source: 'cot', state: 'failed' } });
      await untilState('binary_sensor.mia_crying', 'unavailable');
      for (const { topic, payload } of [...seen])
        if (topic === 'deepinfant/v1/mia/event') await watcher.publishAsync(topic, payload);
      flow.send('mia', { payload: cry('started', 'cot@next') });
      await home().untilState('event.mia_cry', ({ attributes }) => attributes.cry === 'cot@next');
      assert.deepEqual(cryEvents('event.mia_cry', /cot@(late|next)/), ['started', 'ended', 'started']);
    });

    it('shows no cry that ended while Home Assistant was away, and sends its end when it is back', async () => {
      const flow = await runFlow([entities(), broker()]);
      await untilState('binary_sensor.mia_crying', 'off');
      flow.send('mia', { payload: cry('started', 'cot@away') });
      await untilState('binary_sensor.mia_crying', 'on');
      changes.length = 0;
      const restarting = home().restart();
      const isTold = ({ topic, payload }: (typeof seen)[number]): boolean =>
        topic === 'homeassistant/status' && payload === 'offline';
      await until(() => seen.some(isTold), 'the will of Home Assistant', 40_000);
      flow.send('mia', { payload: cry('ended', 'cot@away', 40) });
      await restarting;
      await untilState('binary_sensor.mia_crying', 'off');
      await home().untilState(
        'event.mia_cry',
        ({ attributes }) => attributes.cry === 'cot@away' && attributes.event_type === 'ended',
      );
      assert.deepEqual(
        shown('binary_sensor.mia_crying').filter(state => state === 'on'),
        [],
      );
    });

    it('shows two sources apart, and is available while one of them is heard', async () => {
      const flow = await runFlow([entities(), broker()]);
      await untilState('binary_sensor.mia_crying', 'off');
      const tell = (source: string, state: string): void => {
        flow.send('mia', { payload: { ...HEALTH, source, state } });
      };
      tell('Cot', 'running');
      tell('Hall', 'failed');
      await untilState('sensor.mia_health_hall', 'failed');
      await untilState('sensor.mia_health_cot', 'running');
      await untilState('binary_sensor.mia_crying_hall', 'unavailable');
      changes.length = 0;
      flow.send('mia', { payload: { ...cry('started'), source: 'Cot' } });
      await untilState('binary_sensor.mia_crying', 'on');
      for (let i = 0; i < 10; i++) {
        tell('Cot', 'running');
        tell('Hall', i % 2 ? 'failed' : 'stalled');
      }
      await untilState('sensor.mia_health_hall', 'failed');
      flow.send('mia', { payload: { ...cry('ended'), source: 'Cot' } });
      await untilState('binary_sensor.mia_crying', 'off');
      await untilState('binary_sensor.mia_crying_cot', 'off');
      assert.deepEqual(shown('binary_sensor.mia_crying'), ['on', 'off']);
      assert.deepEqual(shown('binary_sensor.mia_crying_cot'), ['on', 'off']);
      assert.deepEqual(shown('sensor.mia_health'), ['running']);
    });

    it('shows which of several babies cries', async () => {
      const flow = await runFlow([
        entities({ wires: [['told'], [], []] }),
        { id: 'told', type: 'probe' },
        broker(),
      ]);
      await untilState('binary_sensor.mia_crying', 'off');
      const who = {
        label: 'unsure',
        probabilities: { Mia: 0.6, Leo: 0.4 },
        learnedFrom: 0,
        accuracy: null,
        baselineAccuracy: null,
      };
      flow.send('mia', { payload: { ...cry('started'), who } });
      await untilState('sensor.mia_who', 'unsure');
      await home().untilState('event.mia_cry', ({ attributes }) => attributes.who === 'unsure');
      await home().call('select.select_option', { entity_id: 'select.mia_baby', option: 'Leo' });
      const { payload } = await flow.until('told');
      const { at, ...told } = payload as { at: number };
      assert(at > 0);
      assert.deepEqual(told, { answer: '', cry: 'cot@1', baby: 'Leo' });
      await untilState('select.mia_baby', 'Leo');
    });
  });
});

/** The topics below which something is retained. */
async function retainedAt(url: string): Promise<string[]> {
  const client = await connectAsync(url);
  const topics: string[] = [];
  let isComplete = false;
  client.on('message', (topic, payload, { retain }) => {
    if (topic === 'test/mark') isComplete = true;
    else if (retain && payload.length > 0) topics.push(topic);
  });
  await client.subscribeAsync(['deepinfant/#', 'homeassistant/device/#']);
  await client.subscribeAsync('test/mark');
  await client.publishAsync('test/mark', '');
  await until(() => isComplete, 'all that is retained');
  await client.endAsync(true);
  return topics;
}
