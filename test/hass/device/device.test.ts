import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { mock } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import {
  Device,
  type DeviceCommand,
  type DeviceMessage,
  type DeviceOptions,
} from '../../../src/hass/device/device.js';
import type { DeviceState } from '../../../src/hass/device/discovery.js';
import type { Answer, CryEvent, SourceHealth } from '../../../src/values.js';
import { atNight } from '../../night-zone.js';
import { cryAt, HUNGRY } from '../../reason/cries.js';
import { until } from '../../until.js';
import { jumpAhead, setClock } from '../clock-ahead.js';

const HEALTH = { source: 'cot', state: 'running', positionS: 0, since: 1 } as SourceHealth;

describe('Device', () => {
  atNight();
  let folder: string;
  let file: string;
  let device: Device;
  let published: DeviceMessage[];
  let isConnected = true;
  /** What was asked for in an earlier run. */
  let commands: DeviceCommand[];
  const reported: string[] = [];

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-'));
    file = path.join(folder, 'kept', 'night.json');
    reported.length = 0;
    device = open();
  });
  afterEach(async () => {
    await device.stop(false);
    rmSync(folder, { recursive: true });
  });

  function open(): Device {
    const made = make();
    isConnected = false;
    commands = made.start();
    isConnected = true;
    made.publishAll();
    return made;
  }

  function make(options: Partial<DeviceOptions> = {}): Device {
    published = [];
    isConnected = true;
    return new Device({
      id: 'mia',
      name: 'Mia',
      node: 'node1',
      broker: 'mqtt',
      url: 'mqtt://broker:1883',
      prefix: 'homeassistant',
      birthTopic: 'homeassistant/status',
      version: '1.2.3',
      model: 'Node-RED',
      configurationUrl: 'http://192.168.1.5:1880/',
      nameOf: key => key,
      file,
      preset: 'balanced',
      publish: message => {
        if (isConnected) published.push(message);
        return isConnected;
      },
      report: error => reported.push(String(error)),
      changed: () => undefined,
      ...options,
    });
  }

  const cry = (state: CryEvent['state'], durationS = 90, id = 'cot@1'): CryEvent => ({
    ...cryAt(Date.now() - 90_000),
    id,
    state,
    durationS,
    reason: HUNGRY,
  });
  /** Whose cry it is, where the voice does not tell. */
  const who = {
    label: 'unsure',
    probabilities: { Mia: 0.6, Leo: 0.4 },
    learnedFrom: 2,
    accuracy: null,
    baselineAccuracy: null,
  };
  const eventOf = (payload: string): string | undefined => /"event_type":"(\w+)"/.exec(payload)?.[1];
  const events = (): [string, string, number][] =>
    payloads('event').map(payload => {
      const event = JSON.parse(payload) as { event_type: string; cry: string; duration_s: number };
      return [event.event_type, event.cry, event.duration_s];
    });
  const untilEvents = (count: number): Promise<void> =>
    until(
      () => events().length === count,
      () => JSON.stringify(events()),
    );
  const payloads = (topic: string): string[] =>
    published.filter(message => message.topic === `deepinfant/v1/mia/${topic}`).map(({ payload }) => payload);
  /** The entities in each announcement. */
  const announced = (): Record<string, object>[] =>
    published
      .filter(({ topic }) => topic === 'homeassistant/device/deepinfant_mia/config')
      .map(({ payload }) => (JSON.parse(payload) as { components: Record<string, object> }).components);
  const isOff = (payload: string): boolean => payload.includes('"crying":"OFF"');
  const state = (): DeviceState => JSON.parse(payloads('state').at(-1)!) as DeviceState;

  it('publishes everything when it is connected, and later what changed', () => {
    assert.deepEqual(
      published.map(({ topic, payload, retain }) => [topic, payload.slice(0, 7), retain]),
      [
        ['homeassistant/device/deepinfant_mia/config', '{"devic', true],
        ['deepinfant/v1/mia/state', '{"cryin', true],
        ['deepinfant/v1/mia/source', 'online', true],
        // It is there when all of that is known.
        ['deepinfant/v1/mia/node', 'online', true],
      ],
    );
    const { length } = published;
    device.pushHealth({ ...HEALTH, state: 'starting' });
    device.pushHealth({ ...HEALTH, state: 'starting', positionS: 10 });
    assert.equal(published.length, length + 1);
    device.receive('homeassistant/status', 'offline');
    assert.equal(published.length, length + 1);
    device.receive('homeassistant/status', 'online');
    assert.equal(published.length, 2 * length + 1);
  });

  it('shows a cry, and never retains its events', async () => {
    device.pushCry(cry('started', 3));
    assert(device.isCrying);
    assert.deepEqual([state().crying, state().reason, state().criesTonight], ['ON', 'hungry', 1]);
    device.pushCry(cry('ongoing', 8));
    device.pushCry(cry('ended', 90));
    assert.deepEqual([state().crying, state().criesTonight, state().minutesTonight], ['OFF', 1, 2]);
    await untilEvents(2);
    const sent = published.filter(({ topic }) => topic === 'deepinfant/v1/mia/event');
    assert.deepEqual(
      sent.map(({ payload, retain }) => [(JSON.parse(payload) as { event_type: string }).event_type, retain]),
      [
        ['started', false],
        ['ended', false],
      ],
    );
  });

  it('lists the cries that it counts, each as its last event says, once they are over', async () => {
    const onset = Date.now() - 90_000;
    const ofNight = (event: CryEvent, intensity: CryEvent['intensity']): CryEvent => ({
      ...event,
      onset,
      intensity,
    });
    device.pushCry(ofNight(cry('started', 3), 'cry'));
    device.pushCry(ofNight(cry('ongoing', 12), 'scream'));
    assert.deepEqual([state().criesTonight, state().tonight], [1, []]);
    device.pushCry(ofNight(cry('ended', 18.208), 'fuss'));
    const listed = [{ at: new Date(onset).toISOString(), duration_s: 18.2, intensity: 'scream' }];
    assert.deepEqual(state().tonight, listed);
    await device.stop(false);
    device = open();
    device.publishAll();
    assert.deepEqual(state().tonight, listed);
  });

  it('says that a recording is played, as long as no microphone or camera reports', () => {
    device.pushPlayback({ source: 'demo', state: 'running' });
    assert.deepEqual([state().playback, state().health], [{ source: 'demo', isOver: false }, null]);
    device.pushPlayback({ source: 'demo', state: 'ended' });
    assert.deepEqual(state().playback, { source: 'demo', isOver: true });
    device.pushHealth(HEALTH);
    assert.deepEqual([state().playback, state().health], [null, 'running']);
  });

  it('is offline as long as its source is', () => {
    for (const now of ['running', 'failed', 'starting', 'silent'] as const)
      device.pushHealth({ ...HEALTH, state: now });
    assert.deepEqual(payloads('source'), ['online', 'offline', 'online']);
  });

  it('gives what is asked for, and ignores anything else', async () => {
    const receive = (topic: string, payload: string): unknown =>
      device.receive(`deepinfant/v1/mia/${topic}/set`, payload);
    assert.deepEqual(receive('answer', 'hungry'), { do: 'answer', answer: undefined });
    assert.equal(state().answer, null);
    device.pushCry(cry('started'));
    const { answer } = receive('answer', 'tired') as { answer: Answer };
    assert.deepEqual([answer.cry, answer.reason, answer.by], ['cot@1', 'tired', undefined]);
    assert(Math.abs(answer.at - Date.now()) < 1000);
    await until(() => state().answer === 'tired', 'the answer');
    assert.deepEqual([state().answer, state().answeredAt], ['tired', new Date(answer.at).toISOString()]);
    assert.deepEqual(receive('preset', 'sensitive'), { do: 'preset', preset: 'sensitive' });
    assert.deepEqual(receive('listening', 'OFF'), { do: 'listen', isWanted: false });
    await until(() => state().listening === 'OFF', 'the switch');
    assert.deepEqual([state().preset, state().listening], ['sensitive', 'OFF']);
    for (const topic of ['answer', 'fact', 'preset', 'listening', 'another'])
      assert.equal(receive(topic, '{"nonsense": true}'), undefined);
  });

  it('gives what happened, or is taken back, and reports what is not a fact', () => {
    const receive = (payload: string, isRetained = false): unknown =>
      device.receive('deepinfant/v1/mia/fact/set', payload, isRetained);
    const at = Date.now() - 60_000;
    const feed = receive('feed') as DeviceCommand;
    assert(feed.do === 'fact' && feed.command.do === 'add-fact' && feed.command.fact.kind === 'feed');
    assert(Math.abs(feed.command.fact.at - Date.now()) < 1000);
    const fact = { kind: 'change', at, id: `change@${at}` };
    assert.deepEqual(receive(JSON.stringify({ kind: 'change', at, baby: 'Mia' })), {
      do: 'fact',
      command: { do: 'add-fact', fact, baby: 'Mia' },
    });
    assert.deepEqual(receive(JSON.stringify({ withdraw: 'change', at })), {
      do: 'fact',
      command: { do: 'withdraw-fact', kind: 'change', id: fact.id },
    });
    assert.equal(receive('feed', true), undefined, 'the broker kept what was said once');
    assert.deepEqual(reported, []);
    const wrong = [
      'party',
      '{',
      '{"kind":"feed","at":"tomorrow"}',
      '{"forget":"everything"}',
      '{"withdraw":"answer"}',
    ];
    for (const payload of wrong) assert.equal(receive(payload), undefined);
    assert.equal(reported.length, wrong.length);
  });

  it('shows the latest answer to the newest cry', () => {
    device.pushCry(cry('started'));
    const answer = { cry: 'cot@1', reason: 'hungry', at: 1000 } as const;
    device.pushAnswer(answer);
    device.pushAnswer({ ...answer, reason: 'tired', at: 2000, by: 'Anna' });
    device.pushAnswer({ ...answer, reason: 'burping', at: 1500, by: 'Ben' });
    device.pushAnswer({ ...answer, cry: 'cot@0', reason: 'lonely', at: 3000 });
    assert.deepEqual(
      [state().answer, state().answeredBy, state().answeredAt],
      ['tired', 'Anna', '1970-01-01T00:00:02.000Z'],
    );
    device.pushCry(cry('started', 3, 'cot@2'));
    assert.equal(state().answer, null);
  });

  it('keeps what was chosen in Home Assistant, and asks for it again before anything is heard', async () => {
    assert.deepEqual([state().preset, state().listening], ['balanced', 'ON']);
    device.receive('deepinfant/v1/mia/preset/set', 'sensitive');
    device.receive('deepinfant/v1/mia/listening/set', 'OFF');
    // A camera that is just being closed says so after the switch was turned.
    device.pushHealth({ ...HEALTH, since: Date.now() - 5000 });
    await device.stop(false);
    device = open();
    assert.deepEqual(commands, [
      { do: 'preset', preset: 'sensitive' },
      { do: 'listen', isWanted: false },
    ]);
    assert.deepEqual([state().preset, state().listening], ['sensitive', 'OFF']);
    // Somebody else turned it on again.
    device.pushHealth({ ...HEALTH, since: Date.now() + 1000 });
    assert.equal(state().listening, 'ON');
    await device.stop(false);
    device = open();
    assert.deepEqual(commands, [{ do: 'preset', preset: 'sensitive' }]);
  });

  it('goes by the detector once that is set up otherwise', async () => {
    device.receive('deepinfant/v1/mia/preset/set', 'sensitive');
    await device.stop(false);
    device = make({ preset: 'careful' });
    assert.deepEqual(device.start(), []);
    device.publishAll();
    assert.equal(state().preset, 'careful');
    await device.stop(false);
    // What it replaced is gone for good.
    device = open();
    assert.deepEqual([commands, state().preset], [[], 'balanced']);
    device.receive('deepinfant/v1/mia/preset/set', 'sensitive');
    assert.deepEqual([device.setUp('careful'), device.setUp('balanced')], [[], []]);
  });

  it('keeps the ids of its entities under another name, also where Home Assistant made it anew', async () => {
    await device.stop(true);
    device = make({ name: 'Leo' });
    device.start();
    device.publishAll();
    const found = published.find(({ topic }) => topic === 'homeassistant/device/deepinfant_mia/config')!;
    const { device: shown, components } = JSON.parse(found.payload) as {
      device: { name: string };
      components: Record<string, { default_entity_id: string }>;
    };
    assert.deepEqual([shown.name, components.crying.default_entity_id], ['Leo', 'binary_sensor.Mia crying']);
  });

  it('publishes the end of a cry before it goes', async () => {
    device.pushCry(cry('started', 3));
    await untilEvents(1);
    published.length = 0;
    await device.stop(false);
    assert.deepEqual(
      published.map(({ topic, payload }) => [topic, eventOf(payload) ?? (payload.slice(0, 15) || payload)]),
      [
        ['deepinfant/v1/mia/event', 'ended'],
        ['deepinfant/v1/mia/state', '{"crying":"OFF"'],
        ['deepinfant/v1/mia/node', 'offline'],
      ],
    );
  });

  it('tells the end of a cry that an earlier run was killed in, and that of no cry twice', async () => {
    device.pushCry(cry('started', 3));
    // It is sent, and that it was sent is on disk.
    await untilEvents(1);
    device.pushCry(cry('ongoing', 40));
    const isKept = (): boolean => {
      const kept = existsSync(file) ? readFileSync(file, 'utf8') : '';
      return kept.includes('"durationS":40') && kept.includes('started');
    };
    await until(isKept, 'the file');
    const killed = readFileSync(file);
    await device.stop(false);
    writeFileSync(file, killed);
    device = open();
    // Home Assistant may have been away when it began.
    assert.deepEqual(events(), [
      ['started', 'cot@1', 3],
      ['ended', 'cot@1', 40],
    ]);
    assert.deepEqual(
      published.slice(-3).map(({ topic, payload }) => (payload === 'online' ? payload : topic)),
      ['online', 'deepinfant/v1/mia/event', 'deepinfant/v1/mia/event'],
    );
    assert.equal(state().crying, 'OFF');
    // The detector tells it as well.
    device.pushCry(cry('ended', 41));
    device.pushCry(cry('started', 3, 'cot@2'));
    await untilEvents(3);
    assert.equal(events()[2][1], 'cot@2');
  });

  it('tells the beginning and the end of a cry that an earlier run was killed in before it had told either', async () => {
    device.pushCry(cry('started', 3));
    const isKept = (): boolean => existsSync(file) && readFileSync(file, 'utf8').includes('"cot@1"');
    while (!isKept()) await setImmediate();
    const killed = readFileSync(file);
    await device.stop(false);
    writeFileSync(file, killed);
    device = open();
    assert.deepEqual(
      events().map(([type]) => type),
      ['started', 'ended'],
    );
  });

  it('gives a cry up that nothing is heard of, and goes on with it when something is', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      device.pushCry(cry('started', 2));
      mock.timers.tick(60_001);
      assert.equal(state().crying, 'OFF');
      device.pushCry(cry('ongoing', 75));
      assert.equal(state().crying, 'ON');
      device.pushCry(cry('ended', 80));
    } finally {
      mock.timers.reset();
    }
    await untilEvents(4);
    assert.deepEqual(events(), [
      ['started', 'cot@1', 2],
      ['ended', 'cot@1', 2],
      ['started', 'cot@1', 75],
      ['ended', 'cot@1', 80],
    ]);
    assert.equal(state().criesTonight, 1);
  });

  it('keeps events while the broker is away, 200 at most, also over a restart', async () => {
    isConnected = false;
    for (let i = 0; i < 150; i++) {
      device.pushCry(cry('started', 3, `cot@${i}`));
      device.pushCry(cry('ended', 9, `cot@${i}`));
    }
    await device.stop(false);
    device = open();
    assert.equal(events().length, 200);
    assert.deepEqual(events().slice(-2), [
      ['started', 'cot@149', 3],
      ['ended', 'cot@149', 9],
    ]);
    // As many as it knows again if it got them.
    device.publishAll();
    assert.equal(events().length, 220);
  });

  it('keeps events while Home Assistant is away, and sends again what it may have missed', async () => {
    const welcome = (): void => {
      mock.timers.enable({ apis: ['setTimeout'] });
      device.receive('homeassistant/status', 'online');
      const before = events().length;
      mock.timers.tick(2900);
      // It makes its entities first.
      assert.equal(events().length, before);
      mock.timers.tick(200);
      mock.timers.reset();
    };
    const types = (): string[] => events().map(([type]) => type);
    welcome();
    device.pushCry(cry('started', 3));
    await untilEvents(1);
    device.receive('homeassistant/status', 'offline');
    device.pushCry(cry('ended', 40));
    assert.equal(events().length, 1);
    welcome();
    assert.deepEqual(types(), ['started', 'ended']);
    const news = (since: number): [string, string][] =>
      events()
        .slice(since)
        .map(([type, id]) => [type, id]);
    // The broker was away, and nobody knows since when Home Assistant is back: what was on its way is sent again at once.
    device.publishAll();
    assert.deepEqual(news(2), [['ended', 'cot@1']]);
    for (const id of ['cot@2', 'cot@3']) device.pushCry(cry('started', 3, id));
    await untilEvents(5);
    device.pushCry(cry('ended', 9, 'cot@2'));
    jumpAhead(60_000);
    // This it may get, just before its birth message.
    device.pushCry(cry('ended', 9, 'cot@3'));
    welcome();
    assert.deepEqual(news(7), [
      ['ended', 'cot@1'],
      ['started', 'cot@2'],
      ['ended', 'cot@2'],
      // It drops this if it got it, and then the beginning would come after the end.
      ['ended', 'cot@3'],
    ]);
    welcome();
    assert.equal(events().length, 11);
    // The broker breaks down twice before Home Assistant is back. What was sent long before, it has.
    jumpAhead(120_000);
    device.pushHealth({ ...HEALTH, state: 'silent' });
    device.publishAll();
    device.pushCry(cry('started', 3, 'cot@5'));
    await untilEvents(12);
    device.publishAll();
    assert.deepEqual(news(12), [['started', 'cot@5']]);
    jumpAhead(180_000);
    welcome();
    assert.deepEqual(news(13), [['started', 'cot@5']]);
    // Home Assistant is back while Node-RED is away: its birth message comes to nobody.
    device.publishAll();
    device.pushCry(cry('ended', 9, 'cot@5'));
    await device.stop(false);
    device = open();
    assert.deepEqual(news(0), [
      ['started', 'cot@5'],
      ['ended', 'cot@5'],
    ]);
    // Or it comes back later.
    jumpAhead(240_000);
    welcome();
    assert.deepEqual(news(2), [
      ['started', 'cot@5'],
      ['ended', 'cot@5'],
    ]);
    // It is back at a broker that broke down, and is killed before its birth message: it may not have got the newest.
    jumpAhead(300_000);
    device.pushHealth({ ...HEALTH, state: 'silent' });
    device.publishAll();
    device.pushCry(cry('started', 3, 'cot@6'));
    await untilEvents(5);
    device.receive('homeassistant/status', 'offline');
    welcome();
    assert.deepEqual(news(5), [['started', 'cot@6']]);
    device.receive('homeassistant/status', 'offline');
    welcome();
    assert.equal(events().length, 6);
    // One that sends no birth message is not waited for.
    mock.timers.enable({ apis: ['setTimeout'] });
    device.receive('homeassistant/status', 'offline');
    device.pushCry(cry('ended', 9, 'cot@4'));
    mock.timers.tick(600_001);
    mock.timers.reset();
    assert.deepEqual(news(6), [['ended', 'cot@4']]);
    setClock();
  });

  it('knows the last cry after a restart, so that it can be answered', async () => {
    device.pushCry(cry('started'));
    device.pushCry(cry('ended'));
    device.pushAnswer({ cry: 'cot@1', reason: 'tired', at: 2000, by: 'Anna' });
    await device.stop(false);
    device = open();
    const { reason, confidence, intensity, answer, answeredBy } = state();
    assert.deepEqual(
      [reason, confidence, intensity, answer, answeredBy],
      ['hungry', 62, 'cry', 'tired', 'Anna'],
    );
    const command = device.receive('deepinfant/v1/mia/answer/set', 'hungry');
    assert.equal(command?.do === 'answer' && command.answer?.cry, 'cot@1');
  });

  it('does not show an answer that was not taken', async () => {
    device.pushCry(cry('started'));
    device.receive('deepinfant/v1/mia/answer/set', 'tired');
    await until(() => state().answer === 'tired', 'the answer');
    device.withdrawAnswer('cot@0');
    assert.equal(state().answer, 'tired');
    device.withdrawAnswer('cot@1');
    assert.equal(state().answer, null);
  });

  it('knows how right the reasons were as soon as a cry is answered', () => {
    device.pushCry(cry('started'));
    assert.deepEqual([state().accuracy, state().baselineAccuracy, state().learnedFrom], [70, 50, 10]);
    const answer = { cry: 'cot@1', reason: 'tired', at: Date.now() } as const;
    device.pushAnswer(answer, { accuracy: 7 / 11, baselineAccuracy: 6 / 11, answers: 11 });
    assert.deepEqual([state().accuracy, state().baselineAccuracy, state().learnedFrom], [64, 55, 11]);
  });

  it('shows no cry again that ended while its source was lost', () => {
    device.pushHealth(HEALTH);
    device.pushCry(cry('started'));
    device.pushHealth({ ...HEALTH, state: 'stalled' });
    published.length = 0;
    device.pushHealth(HEALTH);
    assert.deepEqual(payloads('source'), []);
    device.pushCry(cry('ended'));
    assert.equal(state().crying, 'OFF');
    const topics = published.map(({ topic }) => topic);
    const firstState = topics.findIndex(
      (topic, i) => topic.endsWith('/state') && isOff(published[i].payload),
    );
    assert.ok(firstState < topics.indexOf('deepinfant/v1/mia/source'), topics.join());
    // Where nothing is said of the cry, it goes on.
    device.pushCry(cry('started', 3, 'cot@2'));
    device.pushHealth({ ...HEALTH, state: 'stalled' });
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      device.pushHealth(HEALTH);
      assert.equal(payloads('source').at(-1), 'offline');
      mock.timers.tick(1001);
      assert.equal(payloads('source').at(-1), 'online');
      assert.equal(state().crying, 'ON');
    } finally {
      mock.timers.reset();
    }
  });

  it('keeps two sources apart, and is there while one of them is heard', async () => {
    const failed = { ...HEALTH, source: "Mum's room", state: 'failed', error: 'No sound.' } as SourceHealth;
    device.pushHealth(HEALTH);
    device.pushHealth(failed);
    published.length = 0;
    for (let i = 0; i < 5; i++) {
      device.pushHealth({ ...HEALTH, positionS: i });
      device.pushHealth({ ...failed, positionS: i });
    }
    assert.deepEqual(published, []);
    device.pushHealth({ ...HEALTH, state: 'silent' });
    assert.equal(state().health, 'silent');
    assert.equal(state().error, "Mum's room: No sound.");
    assert.deepEqual(payloads('source'), []);
    device.pushHealth({ ...failed, state: 'running' });
    device.pushHealth({ ...HEALTH, state: 'stalled' });
    assert.deepEqual([payloads('source'), payloads('sources/cot')], [[], ['offline']]);
    device.pushCry({ ...cry('started'), source: "Mum's room" });
    device.pushCry({ ...cry('started'), id: 'b' });
    device.pushCry({ ...cry('ended'), source: "Mum's room" });
    assert.equal(state().crying, 'ON');
    assert.deepEqual(
      Object.entries(state().sources).map(([key, { name, crying }]) => [key, name, crying]),
      [
        ['cot', 'cot', 'ON'],
        ['mum_s_room', "Mum's room", 'OFF'],
      ],
    );
    const components = (): Record<string, object> =>
      (
        JSON.parse(
          published.findLast(({ topic }) => topic === 'homeassistant/device/deepinfant_mia/config')!.payload,
        ) as { components: Record<string, object> }
      ).components;
    device.publishAll();
    assert('crying_cot' in components() && 'health_mum_s_room' in components());
    // They are known at once after a kill, and after a restart in which one of them is slow.
    await until(() => existsSync(file) && readFileSync(file, 'utf8').includes("Mum's room"), 'the file');
    const killed = readFileSync(file);
    await device.stop(false);
    writeFileSync(file, killed);
    device = open();
    assert('device_class' in components().crying_cot);
    device.pushHealth(HEALTH);
    await device.stop(false);
    device = open();
    assert('device_class' in components().crying_cot);
    // One of them is gone: so are the entities of each.
    device.pushHealth(HEALTH);
    mock.timers.enable({ apis: ['Date'], now: Date.now() + 61_000 });
    await device.stop(false);
    mock.timers.reset();
    device = open();
    assert.deepEqual(components().crying_cot, { platform: 'binary_sensor' });
    device.publishAll();
    assert.equal(components().crying_cot, undefined);
  });

  it('is not available by a source that was renamed or removed', async () => {
    device.pushHealth(HEALTH);
    await device.stop(false);
    mock.timers.enable({ apis: ['setTimeout'] });
    device = open();
    device.pushHealth({ ...HEALTH, source: 'crib' });
    mock.timers.tick(60_000);
    mock.timers.reset();
    assert.equal(payloads('source').at(-1), 'online');
    device.pushHealth({ ...HEALTH, source: 'crib', state: 'failed' });
    assert.equal(payloads('source').at(-1), 'offline');
    device.pushHealth({ ...HEALTH, source: 'crib', state: 'stopped' });
    assert.equal(state().listening, 'OFF');
  });

  it('shows which of several babies cries, and takes whose cry it was', async () => {
    device.pushCry({ ...cry('started'), who });
    await untilEvents(1);
    assert.deepEqual(
      [state().who, state().whoProbabilities, state().baby],
      ['unsure', who.probabilities, null],
    );
    const { payload } = published.find(({ topic }) => topic === 'deepinfant/v1/mia/event')!;
    assert.equal((JSON.parse(payload) as { who: string }).who, 'unsure');
    const command = device.receive('deepinfant/v1/mia/baby/set', 'Leo');
    assert(command?.do === 'baby' && command.told?.baby === 'Leo' && command.told.cry === 'cot@1');
    assert.equal(device.receive('deepinfant/v1/mia/baby/set', 'Tom'), undefined);
    await until(() => state().baby === 'Leo', 'the baby');
    device.pushBaby({ cry: 'cot@1', baby: 'Mia' });
    assert.equal(state().baby, 'Mia');
    await device.stop(false);
    device = open();
    const { components } = JSON.parse(published[0].payload) as {
      components: Record<string, { options: string[] }>;
    };
    assert.deepEqual(components.baby.options, ['Mia', 'Leo']);
    assert.equal(state().baby, 'Mia');
  });

  it('offers whose cry it was only while there are several babies', async () => {
    device.pushCry({ ...cry('ended'), who });
    await untilEvents(1);
    published = [];
    // A detector does not know the babies, and those of another room are others.
    device.pushCry({ ...cry('ended', 9, 'cot@2'), reason: undefined });
    device.pushCry({ ...cry('ended', 9, 'pram@2'), source: 'pram' });
    assert.deepEqual(announced(), []);
    device.pushCry(cry('ended', 9, 'cot@3'));
    const [{ who: sensor, baby }] = announced();
    assert.deepEqual([sensor, baby], [{ platform: 'sensor' }, { platform: 'select' }]);
    assert.equal(device.receive('deepinfant/v1/mia/baby/set', 'Leo'), undefined);
  });

  it('ignores commands that the broker kept: they would come again with each connection', () => {
    device.receive('deepinfant/v1/mia/listening/set', 'OFF');
    assert.equal(device.receive('deepinfant/v1/mia/listening/set', 'ON', true), undefined);
    assert.equal(device.receive('deepinfant/v1/mia/preset/set', 'careful', true), undefined);
    device.publishAll();
    assert.deepEqual([state().listening, state().preset], ['OFF', 'balanced']);
  });

  it('ignores a birth message that the broker kept', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    const welcome = (isRetained: boolean): void => {
      device.receive('homeassistant/status', 'online', isRetained);
      mock.timers.tick(3000);
    };
    welcome(true);
    mock.timers.reset();
    device.pushCry(cry('started', 3));
    await untilEvents(1);
    mock.timers.enable({ apis: ['setTimeout'] });
    // Home Assistant was away, and got nothing.
    welcome(false);
    mock.timers.reset();
    assert.deepEqual(
      events().map(([type, id]) => [type, id]),
      [
        ['started', 'cot@1'],
        ['started', 'cot@1'],
      ],
    );
  });

  it('is removed from where it was announced before', async () => {
    await device.stop(false);
    device = make({ prefix: 'ha' });
    device.start();
    assert.deepEqual(device.former, {
      broker: 'mqtt',
      url: 'mqtt://broker:1883',
      messages: [{ topic: 'homeassistant/device/deepinfant_mia/config', payload: '', retain: true }],
    });
    device.publishAll();
    assert.equal(device.former, undefined);
    await device.stop(false);
    device = make({ prefix: 'ha', broker: 'other', url: 'mqtt://other:1883' });
    device.start();
    const { broker, messages } = device.former!;
    assert.equal(broker, 'mqtt');
    assert.deepEqual(
      messages.map(({ topic }) => topic),
      [
        'ha/device/deepinfant_mia/config',
        'deepinfant/v1/mia/state',
        'deepinfant/v1/mia/source',
        'deepinfant/v1/mia/node',
      ],
    );
  });

  it('keeps the count over a restart', async () => {
    device.pushCry(cry('started'));
    await device.stop(false);
    assert.equal(published.at(-1)!.payload, 'offline');
    device = open();
    device.pushCry(cry('started', 3, 'cot@2'));
    assert.equal(state().criesTonight, 2);
    assert.deepEqual(reported, []);
  });

  it('reports a damaged file, and counts from now', async () => {
    device.pushCry(cry('ended'));
    await device.stop(false);
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, 20));
    device = open();
    assert.match(reported[0], /night\.json is damaged: .* is kept as /);
    device.publishAll();
    assert.equal(state().criesTonight, 0);
  });

  it('reports a file whose events are not events, and sends none of them', async () => {
    device.pushCry(cry('ended'));
    await device.stop(false);
    const written = readFileSync(file, 'utf8');
    const changed = written.replace('"events":[]', '"events":["not JSON"]');
    assert.notEqual(changed, written);
    writeFileSync(file, changed);
    device = open();
    assert.match(reported[0], /night\.json is damaged: .* is kept as /);
    device.publishAll();
    assert(published.every(({ payload }) => payload !== 'not JSON'));
  });

  it('goes on while its file cannot be written, and reports that once', async () => {
    // A file is in the way of its folder.
    writeFileSync(path.dirname(file), '');
    device.pushCry(cry('started'));
    device.pushCry(cry('ended'));
    assert.equal(state().criesTonight, 1);
    await until(() => reported.length > 0, 'the report');
    await device.stop(false);
    assert.equal(reported.length, 1, reported.join());
    assert.match(reported[0], /Cannot save the state of the device/);
  });

  it('removes the device when its node is deleted', async () => {
    published.length = 0;
    await device.stop(true);
    assert(published.every(({ payload, retain }) => payload === '' && retain));
    assert(published.some(({ topic }) => topic === 'homeassistant/device/deepinfant_mia/config'));
  });
});
