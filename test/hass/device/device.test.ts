import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Device, type DeviceMessage } from '../../../src/hass/device/device.js';
import type { DeviceState } from '../../../src/hass/device/discovery.js';
import type { Answer, CryEvent, SourceHealth } from '../../../src/values.js';
import { atNight } from '../../night-zone.js';
import { cryAt, HUNGRY } from '../../reason/cries.js';
import { until } from '../../until.js';

const HEALTH = { source: 'cot', state: 'running', positionS: 0, since: 1 } as SourceHealth;

describe('Device', () => {
  atNight();
  let folder: string;
  let file: string;
  let device: Device;
  let published: DeviceMessage[];
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
    made.start();
    return made;
  }

  function make(): Device {
    published = [];
    return new Device({
      id: 'baby1',
      name: 'Mia',
      bridgeId: 'mqtt',
      nameOf: key => key,
      file,
      publish: message => published.push(message),
      report: error => reported.push(String(error)),
      changed: () => undefined,
    });
  }

  const cry = (state: CryEvent['state'], durationS = 90, id = 'cot@1'): CryEvent => ({
    ...cryAt(Date.now() - 90_000),
    id,
    state,
    durationS,
    reason: HUNGRY,
  });
  const payloads = (topic: string): string[] =>
    published.filter(message => message.topic === `deepinfant/baby1/${topic}`).map(({ payload }) => payload);
  const state = (): DeviceState => JSON.parse(payloads('state').at(-1)!) as DeviceState;

  it('publishes everything when it is connected, and later what changed', () => {
    device.publishAll();
    assert.deepEqual(
      published.map(({ topic, retain }) => [topic, retain]),
      [
        ['homeassistant/device/deepinfant_baby1/config', true],
        ['deepinfant/mqtt/bridge', true],
        ['deepinfant/baby1/node', true],
        ['deepinfant/baby1/source', true],
        ['deepinfant/baby1/state', true],
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

  it('shows a cry, and never retains its events', () => {
    device.pushCry(cry('started', 3));
    assert(device.isCrying);
    assert.deepEqual([state().crying, state().reason, state().criesTonight], ['ON', 'hungry', 1]);
    device.pushCry(cry('ongoing', 8));
    device.pushCry(cry('ended', 90));
    assert.deepEqual([state().crying, state().criesTonight, state().minutesTonight], ['OFF', 1, 2]);
    const events = published.filter(({ topic }) => topic === 'deepinfant/baby1/event');
    assert.deepEqual(
      events.map(({ payload, retain }) => [
        (JSON.parse(payload) as { event_type: string }).event_type,
        retain,
      ]),
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

  it('is offline as long as its source is', () => {
    for (const now of ['running', 'failed', 'starting', 'silent'] as const)
      device.pushHealth({ ...HEALTH, state: now });
    assert.deepEqual(payloads('source'), ['online', 'offline', 'online']);
  });

  it('gives what is asked for, and ignores anything else', () => {
    const receive = (topic: string, payload: string): unknown =>
      device.receive(`deepinfant/baby1/${topic}/set`, payload);
    assert.deepEqual(receive('answer', 'hungry'), { do: 'answer', answer: undefined });
    assert.equal(state().answer, null);
    device.pushCry(cry('started'));
    const { answer } = receive('answer', 'tired') as { answer: Answer };
    assert.deepEqual([answer.cry, answer.reason, answer.by], ['cot@1', 'tired', undefined]);
    assert(Math.abs(answer.at - Date.now()) < 1000);
    assert.deepEqual([state().answer, state().answeredAt], ['tired', new Date(answer.at).toISOString()]);
    assert.deepEqual(receive('preset', 'sensitive'), { do: 'preset', preset: 'sensitive' });
    assert.deepEqual(receive('listening', 'OFF'), { do: 'listen', isWanted: false });
    assert.deepEqual([state().preset, state().listening], ['sensitive', 'OFF']);
    for (const topic of ['answer', 'preset', 'listening', 'another'])
      assert.equal(receive(topic, '{"nonsense": true}'), undefined);
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

  it('keeps the count over a restart', async () => {
    device.pushCry(cry('started'));
    await device.stop(false);
    assert.equal(published.at(-1)!.payload, 'offline');
    device = open();
    device.pushCry(cry('started', 3, 'cot@2'));
    assert.equal(state().criesTonight, 2);
    assert.deepEqual(reported, []);
  });

  it('counts a cry that comes before the start', async () => {
    device.pushCry(cry('ended'));
    await device.stop(false);
    device = make();
    device.pushCry(cry('started', 3, 'cot@2'));
    device.start();
    device.publishAll();
    assert.equal(state().criesTonight, 2);
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

  it('goes on while its file cannot be written, and reports that once', async () => {
    // A file is in the way of its folder.
    writeFileSync(path.dirname(file), '');
    device.pushCry(cry('started'));
    device.pushCry(cry('ended'));
    assert.equal(state().criesTonight, 1);
    await until(() => reported.length > 0, 'the report');
    await device.stop(false);
    assert.equal(reported.length, 1, reported.join());
    assert.match(reported[0], /Cannot save the night's cries/);
  });

  it('removes the device when its node is deleted', async () => {
    device.publishAll();
    published.length = 0;
    await device.stop(true);
    assert(published.every(({ payload, retain }) => payload === '' && retain));
    assert(published.some(({ topic }) => topic === 'homeassistant/device/deepinfant_baby1/config'));
  });
});
