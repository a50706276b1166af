import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectAsync, type MqttClient } from 'mqtt';
import { readCommand } from '../../src/baby/commands.js';
import { REPUBLISH_MS } from '../../src/hass/device/discovery.js';
import type { CryEvent } from '../../src/values.js';
import { homeAssistantOfSuite } from '../home-assistant/home-assistant.js';
import { atNight } from '../night-zone.js';
import { cryAt, HUNGRY } from '../reason/cries.js';
import { HEALTH } from '../source-health.js';
import { until } from '../until.js';
import { errorText, type FlowNode, type RunningFlow, runFlow, statusText, stopFlow } from './flow.js';

describe('deepinfant-entities', function () {
  this.timeout(60_000);
  atNight();
  const home = homeAssistantOfSuite();
  let flow: RunningFlow;
  let watcher: MqttClient;
  const seen: { topic: string; payload: string; retain: boolean }[] = [];

  before(async () => {
    watcher = await connectAsync(home().broker.url);
    watcher.on('message', (topic, payload, { retain }) => {
      seen.push({ topic, payload: payload.toString(), retain });
    });
    await watcher.subscribeAsync(['deepinfant/#', 'homeassistant/device/#']);
  });
  after(() => watcher.endAsync(true));
  beforeEach(async () => {
    const nodes: FlowNode[] = [
      {
        id: 'baby1',
        type: 'deepinfant-entities',
        name: 'Mia',
        broker: 'mqtt',
        wires: [['answers'], ['presets'], ['listen']],
      },
      { id: 'answers', type: 'probe' },
      { id: 'presets', type: 'probe' },
      { id: 'listen', type: 'probe' },
      {
        id: 'mqtt',
        type: 'mqtt-broker',
        broker: '127.0.0.1',
        port: String(home().broker.port),
        protocolVersion: '4',
      },
    ];
    flow = await runFlow(nodes);
    await untilState('binary_sensor.mia_crying', 'off');
  });
  afterEach(async () => {
    await flow.remove('baby1');
    await stopFlow();
  });

  async function untilState(
    entityId: string,
    state: string,
    timeoutMs?: number,
  ): Promise<Record<string, unknown>> {
    return (await home().untilState(entityId, now => now.state === state, timeoutMs)).attributes;
  }

  function cry(state: CryEvent['state'], id = 'cot@1'): CryEvent {
    return {
      ...cryAt(Date.now() - 90_000),
      id,
      intensity: 'scream',
      state,
      durationS: 90,
      reason: { ...HUNGRY },
    };
  }

  it('shows a cry from its beginning to its end', async () => {
    flow.send('baby1', { payload: cry('started') });
    await untilState('binary_sensor.mia_crying', 'on');
    const {
      event_type: type,
      reason,
      duration_s: durationS,
    } = (await home().untilState('event.mia_cry', ({ attributes }) => attributes.event_type === 'started'))
      .attributes;
    assert.deepEqual([type, reason, durationS], ['started', 'hungry', 90]);
    const { contributions } = await untilState('sensor.mia_reason', 'hungry');
    assert.deepEqual(contributions, HUNGRY.contributions);
    await untilState('sensor.mia_confidence', '62');
    await untilState('sensor.mia_intensity', 'scream');
    const { baseline, answers } = await untilState('sensor.mia_accuracy', '70');
    assert.deepEqual([baseline, answers], [50, 10]);
    flow.send('baby1', { payload: cry('ended') });
    await untilState('binary_sensor.mia_crying', 'off');
    await home().untilState('event.mia_cry', ({ attributes }) => attributes.event_type === 'ended');
    await untilState('sensor.mia_cries_tonight', '1');
    await untilState('sensor.mia_minutes_tonight', '2');
    const { state } = (await home().states()).get('sensor.mia_last_cry')!;
    assert.ok(Math.abs(Date.parse(state) - Date.now() + 90_000) < 20_000, state);
  });

  it('never has a cry retained', async () => {
    flow.send('baby1', { payload: cry('started') });
    flow.send('baby1', { payload: cry('ended') });
    await home().untilState('event.mia_cry', ({ attributes }) => attributes.event_type === 'ended');
    const late = await connectAsync(home().broker.url);
    const retained: string[] = [];
    late.on('message', (topic, _payload, { retain }) => {
      // An event may be on its way just now.
      if (retain) retained.push(topic);
    });
    await late.subscribeAsync('deepinfant/#');
    await until(() => retained.includes('deepinfant/v1/mia/state'), 'what is retained');
    await late.endAsync();
    assert.ok(!retained.includes('deepinfant/v1/mia/event'));
    assert.ok(seen.some(({ topic }) => topic === 'deepinfant/v1/mia/event'));
  });

  it('passes on what somebody answers, and which cry it was', async () => {
    await home().call('button.press', { entity_id: 'button.mia_was_tired' });
    await until(
      () =>
        seen.some(({ topic, payload }) => topic === 'deepinfant/v1/mia/answer/set' && payload === 'tired'),
      'the answer at the broker',
    );
    // The node hears it in the same moment.
    await sleep(100);
    flow.send('baby1', { payload: cry('started', 'cot@2') });
    await untilState('binary_sensor.mia_crying', 'on');
    await home().call('button.press', { entity_id: 'button.mia_was_belly_pain' });
    await home().call('select.select_option', { entity_id: 'select.mia_answer', option: 'hungry' });
    await untilState('select.mia_answer', 'hungry');
    const answers = flow.messages('answers').map(({ topic, payload }) => {
      const { at, ...answer } = payload as { at: number };
      assert(Math.abs(at - Date.now()) < 5000);
      return { topic, answer };
    });
    assert.deepEqual(answers, [
      { topic: 'answer', answer: { answer: 'belly pain', cry: 'cot@2' } },
      { topic: 'answer', answer: { answer: 'hungry', cry: 'cot@2' } },
    ]);
    // The next cry has no answer yet.
    flow.send('baby1', { payload: cry('started', 'cot@3') });
    await untilState('select.mia_answer', 'unknown');
  });

  it('passes on what happened, as a reason node takes it', async () => {
    await home().call('button.press', { entity_id: 'button.mia_feed' });
    const { topic, payload } = await flow.until('answers');
    const { kind, at } = payload as { kind: string; at: number };
    assert.deepEqual([topic, kind], ['feed', 'feed']);
    assert(Math.abs(at - Date.now()) < 5000);
    await watcher.publishAsync('deepinfant/v1/mia/fact/set', JSON.stringify({ withdraw: 'feed', at }));
    await until(() => flow.messages('answers').length === 2, 'that it is taken back');
    const command = readCommand(flow.messages('answers')[1], Date.now());
    assert.deepEqual(command, { do: 'withdraw-fact', kind: 'feed', id: `feed@${at}` });
  });

  it('shows what was answered elsewhere', async () => {
    flow.send('baby1', { payload: cry('started', 'cot@4') });
    flow.send('baby1', { payload: { outcome: 'counted', cry: 'cot@3', reason: 'hungry', at: Date.now() } });
    flow.send('baby1', {
      payload: { outcome: 'replaced', cry: 'cot@4', reason: 'tired', at: Date.now(), by: 'Anna' },
    });
    const { by } = await untilState('select.mia_answer', 'tired');
    assert.equal(by, 'Anna');
    flow.send('baby1', { payload: { outcome: 'counted', cry: 'cot@3', reason: 'hungry', at: Date.now() } });
    flow.send('baby1', { payload: { outcome: 'noted' } });
    const record = { answers: 4, right: 3, commonestRight: 2 };
    const repeated = { outcome: 'repeated', cry: 'cot@4', reason: 'tired', at: Date.now(), record };
    flow.send('baby1', { payload: repeated });
    const { baseline, answers } = await untilState('sensor.mia_accuracy', '75');
    assert.deepEqual([baseline, answers], [50, 4]);
    flow.send('baby1', { payload: HEALTH });
    await untilState('sensor.mia_health', 'running');
    await untilState('select.mia_answer', 'tired', 0);
    // It is not shown when the reason node refused it, or when somebody withdrew it.
    flow.send('baby1', {
      payload: { outcome: 'unknown-cry', cry: 'cot@4', reason: 'tired', at: Date.now() },
    });
    await untilState('select.mia_answer', 'unknown');
    assert.deepEqual([...flow.messages('answers'), ...flow.messages('errors')], []);
  });

  it('passes on the sensitivity and whether to listen', async () => {
    await home().call('select.select_option', { entity_id: 'select.mia_preset', option: 'sensitive' });
    await home().call('switch.turn_off', { entity_id: 'switch.mia_listening' });
    await untilState('select.mia_preset', 'sensitive');
    await untilState('switch.mia_listening', 'off');
    const { topic, payload } = await flow.until('presets');
    assert.deepEqual([topic, payload], ['preset', 'sensitive']);
    const listen = await flow.until('listen');
    assert.deepEqual([listen.topic, listen.payload], ['listen', false]);
  });

  it('takes nothing else from the broker', async () => {
    flow.send('baby1', { payload: cry('started') });
    for (const topic of ['answer', 'preset', 'listening'])
      await watcher.publishAsync(`deepinfant/v1/mia/${topic}/set`, '{"nonsense": true}');
    await home().call('switch.turn_off', { entity_id: 'switch.mia_listening' });
    await flow.until('listen');
    assert.equal(flow.messages('listen').length, 1);
    assert.deepEqual([...flow.messages('answers'), ...flow.messages('presets')], []);
  });

  it('shows a source that is not heard, and why', async () => {
    flow.send('baby1', { payload: HEALTH });
    await untilState('sensor.mia_health', 'running');
    const error = 'The camera wants another password.';
    flow.send('baby1', { payload: { ...HEALTH, state: 'failed', trouble: 'wrong-password', error } });
    assert.equal((await untilState('sensor.mia_health', 'failed')).error, error);
    await untilState('binary_sensor.mia_crying', 'unavailable');
    // Being opened again is not being heard.
    flow.send('baby1', { payload: { ...HEALTH, state: 'starting' } });
    await untilState('sensor.mia_health', 'starting');
    await untilState('binary_sensor.mia_crying', 'unavailable');
    flow.send('baby1', { payload: HEALTH });
    await untilState('binary_sensor.mia_crying', 'off');
  });

  it('has all entities back soon after Home Assistant restarted', async () => {
    // Home Assistant restores the event of an entity that it knew.
    const restored = (await home().states()).get('event.mia_cry')?.state;
    flow.send('baby1', { payload: HEALTH });
    flow.send('baby1', { payload: cry('started') });
    await untilState('binary_sensor.mia_crying', 'on');
    await home().untilState('event.mia_cry', ({ state, attributes }) => {
      return state !== restored && attributes.event_type === 'started';
    });
    const mine = async (): Promise<Map<string, string>> => {
      const states = [...(await home().states())].filter(([id]) => /\.mia_/.test(id));
      return new Map(states.map(([id, { state }]) => [id, state]));
    };
    const before = await mine();
    assert.equal(before.size, 24);
    await home().restart();
    let now = new Map<string, string>();
    await until(
      async () => {
        now = await mine();
        return [...before].every(([id, state]) => now.get(id) === state);
      },
      () => JSON.stringify([[...before], [...now]]),
      // Long before it is published again by itself.
      15_000,
    );
  });

  it('is available only while the node and its source are, whichever told last', async () => {
    const tell = (topic: string, word: string): Promise<unknown> =>
      watcher.publishAsync(`deepinfant/v1/mia/${topic}`, word);
    await tell('node', 'offline');
    await tell('source', 'online');
    await untilState('sensor.mia_last_cry', 'unavailable');
    await untilState('binary_sensor.mia_crying', 'unavailable');
    await tell('node', 'online');
    await untilState('binary_sensor.mia_crying', 'off');
  });

  it('tells all again when the broker was gone and has forgotten it', async () => {
    const { broker } = home();
    flow.send('baby1', { payload: cry('started') });
    await untilState('binary_sensor.mia_crying', 'on');
    await broker.stop();
    await flow.until('statuses', msg => statusText(msg).endsWith('disconnected'));
    flow.send('baby1', { payload: cry('ended') });
    await broker.start();
    await untilState('binary_sensor.mia_crying', 'off', 30_000);
    await untilState('sensor.mia_cries_tonight', '1');
  });

  it('tells at most 60 messages in a quiet hour', async () => {
    // An hour in 3.6 s.
    const { setInterval } = globalThis;
    mock.method(globalThis, 'setInterval', (work: () => void, ms: number) =>
      setInterval(work, ms === REPUBLISH_MS ? ms / 1000 : ms),
    );
    try {
      await flow.redeploy();
      await flow.until('statuses', msg => statusText(msg).endsWith('disconnected'));
      await untilState('binary_sensor.mia_crying', 'off');
    } finally {
      mock.restoreAll();
    }
    flow.send('baby1', { payload: HEALTH });
    await untilState('sensor.mia_health', 'running');
    const before = seen.length;
    // An audio node tells of itself every ten seconds.
    for (let s = 10; s <= 3600; s += 10) {
      await sleep(10);
      flow.send('baby1', { payload: { ...HEALTH, positionS: s, levelDb: -50 - (s % 7), driftMs: s } });
    }
    flow.send('baby1', { payload: { ...HEALTH, state: 'silent' } });
    await untilState('sensor.mia_health', 'silent');
    const messages = seen.length - before - 1;
    console.log(`      ${messages} messages to the broker in a quiet hour`);
    assert.ok(messages >= 12 && messages <= 60, String(messages));
  });

  it('counts the night on when it is deployed anew, and is gone when it is deleted', async () => {
    flow.send('baby1', { payload: cry('started') });
    flow.send('baby1', { payload: cry('ended') });
    await untilState('sensor.mia_cries_tonight', '1');
    await flow.redeploy();
    flow.send('baby1', { payload: cry('started', 'cot@2') });
    await untilState('sensor.mia_cries_tonight', '2');
    await flow.remove('baby1');
    await until(async () => !(await home().states()).has('sensor.mia_cries_tonight'), 'gone');
  });

  it('names what it cannot use', async () => {
    flow.send('baby1', { payload: 'waah' });
    assert.match(errorText(await flow.until('errors')), /holds no cry event/);
  });
});
