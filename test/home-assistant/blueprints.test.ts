import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectAsync, type MqttClient } from 'mqtt';
import type { HassEntity } from 'home-assistant-js-websocket' with { 'resolution-mode': 'import' };
import { PACKAGE_ROOT } from '../../src/package-root.js';
import type { CryEvent, SourceState } from '../../src/values.js';
import { type RunningFlow, runFlow, stopFlow } from '../nodes/flow.js';
import { cryAt, HUNGRY } from '../reason/cries.js';
import { HEALTH } from '../source-health.js';
import { until } from '../until.js';
import { deviceIdOf } from './automation.js';
import { BabyBuddyNotes } from './baby-buddy-notes.js';
import { Bulb } from './bulb.js';
import { homeAssistantOfSuite } from './home-assistant.js';
import { Phone } from './phone.js';

const FOLDER = path.join(PACKAGE_ROOT, 'blueprints');
/** Long enough for what must not come, on a busy machine. */
const MOMENT_MS = 700;

const ENTITIES = {
  crying: 'binary_sensor.mia_crying',
  reason: 'sensor.mia_reason',
  confidence: 'sensor.mia_confidence',
  answer: 'select.mia_answer',
  cry: 'event.mia_cry',
  health: 'sensor.mia_health',
};

interface Imported {
  raw_data: string;
  blueprint: {
    metadata: { homeassistant: { min_version: string }; input: Record<string, { selector?: object }> };
  };
  validation_errors: string[] | null;
}

describe('blueprints', function () {
  this.timeout(150_000);
  /** Has the blueprints, as GitHub does. */
  let server: Server;
  const babyBuddy = new BabyBuddyNotes();
  const { notes } = babyBuddy;
  let flow: RunningFlow;
  let first: Phone;
  let second: Phone;
  let bulb: Bulb;
  let watcher: MqttClient;

  before(async () => {
    server = createServer(({ url = '' }, response) => {
      response.end(readFileSync(path.join(FOLDER, path.basename(url))));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    await babyBuddy.start();
  });
  const serverUrl = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const home = homeAssistantOfSuite(() => babyBuddy.restCommand);
  after(() => {
    server.close();
    babyBuddy.stop();
  });

  before(async () => {
    first = await Phone.register(home(), 'First Phone');
    second = await Phone.register(home(), 'Second Phone');
    bulb = await Bulb.plugIn(home().broker, 'cot', ['hs', 'color_temp']);
    watcher = await connectAsync(home().broker.url);
    flow = await runFlow([
      { id: 'baby1', type: 'deepinfant-entities', name: 'Mia', broker: 'mqtt', wires: [['answers'], [], []] },
      { id: 'answers', type: 'probe' },
      { id: 'mqtt', type: 'mqtt-broker', broker: '127.0.0.1', port: String(home().broker.port) },
    ]);
    await untilState(ENTITIES.crying, 'off');
  });
  after(async () => {
    await bulb.unplug();
    await watcher.endAsync(true);
    await stopFlow();
  });
  afterEach(async () => {
    await health('running');
    await endCry();
    for (const { notifications } of [first, second]) notifications.length = 0;
    for (const { entity_id: entityId, attributes } of (await home().states()).values())
      if (entityId.startsWith('automation.'))
        await home().ask('DELETE', `/api/config/automation/config/${String(attributes.id)}`);
  });

  async function untilState(entityId: string, wanted: string): Promise<void> {
    await home().untilState(entityId, ({ state }) => state === wanted);
  }

  let lastId = '';
  let onset = Date.now();
  function cry(
    state: CryEvent['state'],
    label: 'hungry' | 'tired' = 'hungry',
    id = 'cot@1',
    durationS = 40,
  ): void {
    if (state === 'started') onset = Date.now() - 1000 * durationS;
    lastId = id;
    const reason = { ...HUNGRY, label };
    const event: CryEvent = { ...cryAt(onset), id, state, durationS, reason };
    flow.send('baby1', { payload: event });
  }

  /** The source's status: while it is lost, all that is heard is unavailable. */
  async function health(state: SourceState): Promise<void> {
    flow.send('baby1', { payload: { ...HEALTH, state } });
    await untilState(ENTITIES.health, state);
  }

  /** What made a phone ring: not what replaced a notification silently. */
  const rings = (phone: Phone): string[] =>
    phone.notifications
      .filter(({ message, data }) => message !== 'clear_notification' && data?.alert_once !== true)
      .map(({ message }) => message);

  async function endCry(): Promise<void> {
    cry('ended', 'hungry', lastId);
    await untilState(ENTITIES.crying, 'off');
  }

  /** Imports a blueprint by its address, as a person does, and makes an automation of it. */
  async function automate(name: string, input: object): Promise<void> {
    const { connection } = home();
    const url = `${serverUrl()}/${name}.yaml`;
    const imported = await connection.sendMessagePromise<Imported>({ type: 'blueprint/import', url });
    assert.equal(imported.validation_errors, null);
    const blueprintPath = `deepinfant/${name}.yaml`;
    await connection.sendMessagePromise({
      type: 'blueprint/save',
      domain: 'automation',
      path: blueprintPath,
      yaml: imported.raw_data,
      source_url: url,
      allow_override: true,
    });
    await home().ask('POST', `/api/config/automation/config/${name}`, {
      alias: name,
      use_blueprint: { path: blueprintPath, input },
    });
    await untilState(`automation.${name}`, 'on');
  }

  const deviceOf = (phone: Phone): Promise<string> => deviceIdOf(home(), phone.name);

  /** Waits for the notification after so many. */
  async function notification(phone: Phone, index: number): Promise<Phone['notifications'][number]> {
    await until(
      () => phone.notifications.length > index,
      () => JSON.stringify(phone.notifications),
    );
    return phone.notifications[index];
  }

  it('have a selector for every input, and say from which version on they work', async () => {
    const names = readdirSync(FOLDER);
    assert.equal(names.length, 5);
    for (const name of names) {
      const url = `${serverUrl()}/${name}`;
      const { blueprint } = await home().connection.sendMessagePromise<Imported>({
        type: 'blueprint/import',
        url,
      });
      const { homeassistant, input } = blueprint.metadata;
      assert.match(homeassistant.min_version, /^\d+\.\d+\.\d+$/);
      for (const [key, { selector }] of Object.entries(input)) assert.ok(selector, `${name}: ${key}`);
    }
  });

  it('notify when hungry: once a cry, and take the answer from a button', async () => {
    const { crying, reason, confidence, answer } = ENTITIES;
    const phones = [await deviceOf(first), await deviceOf(second)];
    await automate('notify_when_hungry', { crying, reason, confidence, answer, phones, after: 1 });
    cry('started', 'tired');
    await untilState(crying, 'on');
    await sleep(1000 + MOMENT_MS);
    assert.equal(first.notifications.length, 0, 'of tiredness');
    cry('ongoing');
    for (const phone of [first, second]) {
      const { title, message, data } = await notification(phone, 0);
      assert.equal(title, 'Mia');
      assert.deepEqual([data?.clickAction, data?.url], ['/lovelace', '/lovelace']);
      assert.match(message, /^Mia has been crying for \d+ s, probably hungry \(62%\)\.$/);
      assert.deepEqual(
        data?.actions?.map(button => button.title),
        ["I'm with the baby", 'Hungry', 'Tired', 'Uncomfortable'],
      );
    }
    cry('ongoing', 'tired');
    await untilState(reason, 'tired');
    cry('ongoing');
    await untilState(reason, 'hungry');
    await endCry();
    const { message, data } = await notification(second, 1);
    assert.match(message, /^Mia cried for \d+ s, probably hungry \(62%\)\. What was it\?$/);
    assert.equal(data?.tag, first.notifications[0].data?.tag);
    await second.tap(data!.actions![1].action, data!.tag!);
    await untilState(answer, 'tired');
    const { payload } = flow.messages('answers').at(-1)!;
    assert.equal((payload as { answer: string }).answer, 'tired');
    for (const phone of [first, second]) {
      const cleared = await notification(phone, 2);
      assert.deepEqual([cleared.message, cleared.data?.tag], ['clear_notification', data!.tag]);
    }
    assert.equal(first.notifications.length, 3);
  });

  it('notify when hungry: not of a cry that is over, and a phone that is gone keeps none from the others', async () => {
    const { crying, reason, confidence, answer } = ENTITIES;
    const lost = await Phone.register(home(), 'Lost Phone');
    await lost.leave();
    const phones = [await deviceOf(lost), 'a'.repeat(32), await deviceOf(second)];
    await automate('notify_when_hungry', { crying, reason, confidence, answer, phones, after: 1 });
    cry('started');
    await untilState(crying, 'on');
    await endCry();
    await sleep(1000 + MOMENT_MS);
    assert.equal(second.notifications.length, 0);
    cry('started', 'hungry', 'cot@2');
    await notification(second, 0);
    await endCry();
    await notification(second, 1);
  });

  it('notify when hungry: no second time when the source is lost in mid-cry, or Home Assistant restarts', async () => {
    const { crying, reason, confidence, answer } = ENTITIES;
    await health('running');
    await automate('notify_when_hungry', {
      crying,
      reason,
      confidence,
      answer,
      phones: [await deviceOf(first)],
      after: 1,
    });
    cry('started');
    await notification(first, 0);
    for (let i = 0; i < 3; i++) {
      await health('stalled');
      await untilState(crying, 'unavailable');
      await health('running');
      await untilState(crying, 'on');
      await sleep(MOMENT_MS);
    }
    assert.equal(first.notifications.length, 1, JSON.stringify(first.notifications));
    await home().restart();
    await untilState(crying, 'on');
    await sleep(2000 + MOMENT_MS);
    await health('stalled');
    await untilState(crying, 'unavailable');
    cry('ended');
    await health('running');
    await until(
      () => first.notifications.at(-1)!.message.startsWith('Mia cried for '),
      () => JSON.stringify(first.notifications),
    );
    assert.equal(rings(first).length, 1);
    // Another cry that began while nothing was heard.
    await health('stalled');
    await untilState(crying, 'unavailable');
    cry('started', 'hungry', `cot@${Date.now()}`, 0);
    await health('running');
    await until(
      () => rings(first).length === 2,
      () => JSON.stringify(first.notifications),
    );
    await home().untilKept('automation.notify_when_hungry');
    await home().restart({ signal: 'SIGKILL' });
    const { length } = first.notifications;
    await until(() => first.notifications.length > length, 'the notification in its place', 40_000);
    assert.equal(rings(first).length, 2, JSON.stringify(first.notifications));
  });

  it('escalate: the second parent, also when the source is lost meanwhile; and the first one only once', async () => {
    const { crying, answer } = ENTITIES;
    await health('running');
    const inputs = { crying, answer, first: await deviceOf(first), second: await deviceOf(second), after: 0 };
    await automate('escalate_to_second_parent', { ...inputs, patience: 0.1 });
    cry('started', 'hungry', 'cot@7');
    await notification(first, 0);
    await health('stalled');
    await untilState(crying, 'unavailable');
    await health('running');
    await untilState(crying, 'on');
    await health('stalled');
    const { message, data } = await notification(second, 0);
    assert.match(message, /and nobody has answered\.$/);
    await health('running');
    await untilState(crying, 'on');
    assert.equal(rings(first).length, 1, JSON.stringify(first.notifications));
    await second.tap(data!.actions![0].action, data!.tag!);
    await notification(first, 1);
    assert.equal(rings(second).length, 1);
  });

  for (const signal of ['SIGTERM', 'SIGKILL'] as const)
    it(`escalate: goes on after a ${signal} to Home Assistant, without another sound`, async () => {
      const { crying, answer } = ENTITIES;
      const inputs = {
        crying,
        answer,
        first: await deviceOf(first),
        second: await deviceOf(second),
        after: 0,
      };
      await automate('escalate_to_second_parent', { ...inputs, patience: 0.25 });
      await home().untilKept('automation.escalate_to_second_parent');
      cry('started', 'hungry', `cot@${signal}`);
      await notification(first, 0);
      await home().restart({ signal });
      // Node-RED is gone for a moment just as Home Assistant is back: nobody knows since when the baby cries.
      await untilState(crying, 'on');
      await watcher.publishAsync('deepinfant/v1/mia/node', 'offline');
      await sleep(3 * MOMENT_MS);
      await watcher.publishAsync('deepinfant/v1/mia/node', 'online');
      await until(
        () => second.notifications.length === 1,
        () => JSON.stringify([first.notifications, second.notifications]),
        50_000,
      );
      assert.equal(rings(first).length, 1, JSON.stringify(first.notifications));
    });

  it('cannot hear: once when the source is lost for long enough, and when it is back', async () => {
    const inputs = { health: ENTITIES.health, phones: [await deviceOf(first)] };
    await health('running');
    await automate('cannot_hear', { ...inputs, patience: 0.1 });
    // For less, and back.
    await health('stalled');
    await health('running');
    await sleep(6000 + MOMENT_MS);
    assert.deepEqual(rings(first), []);
    await health('backoff');
    await until(() => rings(first).length > 0, 'the loss', 20_000);
    const { message, data } = first.notifications.at(-1)!;
    assert.match(message, /^Cannot hear Mia: it is being reconnected\./);
    await health('starting');
    await health('running');
    await until(
      () => first.notifications.some(pushed => pushed.message === 'Mia is heard again.'),
      () => JSON.stringify(first.notifications),
      20_000,
    );
    const back = first.notifications.at(-1)!.data!;
    assert.deepEqual([back.tag, back.alert_once], [data!.tag, true]);
    assert.equal(rings(first).length, 1);
  });

  it('escalate: the second parent when the first one does not answer', async () => {
    const { crying, answer } = ENTITIES;
    const inputs = { crying, answer, first: await deviceOf(first), second: await deviceOf(second), after: 0 };
    await automate('escalate_to_second_parent', { ...inputs, patience: 0.02 });
    const beganMs = Date.now();
    cry('started', 'hungry', 'cot@2');
    const { message, data } = await notification(first, 0);
    assert.equal(message, 'Mia is crying.');
    const escalated = await notification(second, 0);
    assert.ok(Date.now() - beganMs >= 1200, 'before its time');
    assert.match(escalated.message, /^Mia has been crying for [01] min, and nobody has answered\.$/);
    assert.deepEqual(escalated.data?.push, {
      'interruption-level': 'critical',
      sound: { name: 'default', critical: 1, volume: 1 },
    });
    await second.tap(escalated.data.actions![0].action, escalated.data.tag!);
    for (const phone of [first, second])
      assert.deepEqual(await notification(phone, 1), {
        message: 'clear_notification',
        data: { tag: data!.tag },
      });
  });

  it('escalate: nobody else when the first one comes, says what it is, or the cry is over', async () => {
    const { crying, answer } = ENTITIES;
    const inputs = { crying, answer, first: await deviceOf(first), second: await deviceOf(second), after: 0 };
    await automate('escalate_to_second_parent', { ...inputs, patience: 0.03 });
    const ways = [
      () => first.tap(first.notifications.at(-1)!.data!.actions![0].action, 'any'),
      () => home().call('select.select_option', { entity_id: answer, option: 'tired' }),
      endCry,
    ];
    for (const [i, way] of ways.entries()) {
      first.notifications.length = second.notifications.length = 0;
      cry('started', 'hungry', `cot@3.${i}`);
      await notification(first, 0);
      await way();
      await notification(first, 1);
      await sleep(1800 + MOMENT_MS);
      assert.deepEqual(
        second.notifications.map(({ message }) => message),
        ['clear_notification'],
      );
      await endCry();
    }
  });

  describe('night light', () => {
    const always = { evening: '00:00:00', morning: '23:59:59' };
    const inputs = { crying: ENTITIES.crying, light: 'light.cot', brightness: 5 };

    it('comes on while the baby cries, and goes off a while after it', async () => {
      await bulb.change({ state: 'OFF' });
      await automate('night_light', { ...inputs, ...always, linger: 0.02 });
      cry('started');
      await until(() => bulb.state.state === 'ON', 'on');
      assert.deepEqual([bulb.state.brightness, bulb.state.color_mode], [13, 'color_temp']);
      await endCry();
      // The same cry goes on.
      cry('started', 'hungry', 'cot@2');
      await untilState(ENTITIES.crying, 'on');
      await sleep(1200 + MOMENT_MS);
      assert.equal(bulb.state.state, 'ON');
      const told = bulb.commands.length;
      await endCry();
      await until(() => bulb.state.state === 'OFF', 'off');
      assert.equal(bulb.commands.length, told + 1);
    });

    it('stays off when a state comes and goes that is old', async () => {
      await bulb.change({ state: 'OFF' });
      await untilState('light.cot', 'off');
      await automate('night_light', { ...inputs, ...always, linger: 0 });
      await health('stalled');
      cry('started');
      await untilState(ENTITIES.crying, 'unavailable');
      const told = bulb.commands.length;
      flow.send('baby1', { payload: { ...HEALTH, state: 'running' } });
      cry('ended');
      await untilState(ENTITIES.crying, 'off');
      await sleep(MOMENT_MS);
      assert.equal(bulb.commands.length, told);
      // A cry that goes on when it comes back is one.
      await health('stalled');
      cry('started', 'hungry', 'cot@9');
      await health('running');
      await until(() => bulb.state.state === 'ON', 'on', 20_000);
      await endCry();
      await until(() => bulb.state.state === 'OFF', 'off');
    });

    for (const signal of ['SIGTERM', 'SIGKILL'] as const)
      it(`goes off although Home Assistant got a ${signal} while it was on`, async () => {
        await bulb.change({ state: 'OFF' });
        await untilState('light.cot', 'off');
        await automate('night_light', { ...inputs, ...always, linger: 0.02 });
        cry('started');
        await until(() => bulb.state.state === 'ON', 'on');
        await home().untilState('light.cot', ({ state }) => state === 'on');
        await home().untilKept('automation.night_light');
        await home().restart({ signal });
        await untilState(ENTITIES.crying, 'on');
        await endCry();
        await until(() => bulb.state.state === 'OFF', 'off', 20_000);
      });

    it('goes off when it is in reach again', async () => {
      await bulb.change({ state: 'OFF' });
      await untilState('light.cot', 'off');
      await automate('night_light', { ...inputs, ...always, linger: 0 });
      cry('started');
      await until(() => bulb.state.state === 'ON', 'on');
      await untilState('light.cot', 'on');
      await bulb.setAvailable(false);
      await untilState('light.cot', 'unavailable');
      await endCry();
      await sleep(MOMENT_MS);
      await bulb.setAvailable(true);
      await until(() => bulb.state.state === 'OFF', 'off', 20_000);
    });

    it("leaves alone somebody's light when Home Assistant restarts", async () => {
      await bulb.change({ state: 'OFF' });
      await untilState('light.cot', 'off');
      await automate('night_light', { ...inputs, ...always, linger: 0 });
      cry('started');
      await until(() => bulb.state.state === 'ON', 'on');
      await endCry();
      await until(() => bulb.state.state === 'OFF', 'off');
      await bulb.change({ state: 'ON', brightness: 25 });
      await home().untilState('light.cot', ({ attributes }) => attributes.brightness === 25);
      await home().restart();
      await home().untilState('light.cot', ({ state }) => state === 'on');
      await untilState(ENTITIES.crying, 'off');
      await sleep(2000 + MOMENT_MS);
      assert.equal(bulb.state.state, 'ON');
    });

    it('leaves alone a light that is on, one that somebody made brighter, and the day', async () => {
      await bulb.change({ state: 'ON', brightness: 200 });
      await untilState('light.cot', 'on');
      await automate('night_light', { ...inputs, ...always, linger: 0 });
      const told = bulb.commands.length;
      cry('started');
      await untilState(ENTITIES.crying, 'on');
      await endCry();
      await sleep(MOMENT_MS);
      assert.equal(bulb.commands.length, told);

      await bulb.change({ state: 'OFF' });
      await untilState('light.cot', 'off');
      cry('started');
      await until(() => bulb.state.state === 'ON', 'on');
      await bulb.change({ brightness: 200 });
      await home().untilState('light.cot', ({ attributes }) => attributes.brightness === 200);
      await endCry();
      await sleep(MOMENT_MS);
      assert.equal(bulb.state.state, 'ON');

      await bulb.change({ state: 'OFF' });
      await untilState('light.cot', 'off');
      const hour = new Date().toISOString().slice(11, 13);
      const day = Number(hour) < 12 ? ['20:00:00', '21:00:00'] : ['02:00:00', '03:00:00'];
      await automate('night_light', { ...inputs, evening: day[0], morning: day[1], linger: 0 });
      await sleep(MOMENT_MS);
      cry('started');
      await untilState(ENTITIES.crying, 'on');
      await sleep(MOMENT_MS);
      assert.equal(bulb.state.state, 'OFF');
    });
  });

  it('log to Baby Buddy: when the baby cried, though the end of the cry was told hours later', async () => {
    await automate('log_to_baby_buddy', {
      cry: ENTITIES.cry,
      answer: ENTITIES.answer,
      child: 7,
      patience: 0,
    });
    cry('started', 'hungry', 'cot@30');
    await untilState(ENTITIES.crying, 'on');
    onset -= 2 * 3_600_000;
    cry('ended', 'hungry', 'cot@30');
    await until(() => notes.length === 1, 'the note');
    const [{ note }] = notes.splice(0);
    assert.ok(Math.abs(Date.parse(note.time) - onset) < 2000, note.time);
  });

  it('log to Baby Buddy: what was answered, or estimated, and nothing again after a restart', async () => {
    const { cry: event, answer } = ENTITIES;
    await automate('log_to_baby_buddy', { cry: event, answer, child: 7 });
    cry('started', 'hungry', 'cot@4');
    await untilState(ENTITIES.crying, 'on');
    cry('ended', 'hungry', 'cot@4');
    await untilState(ENTITIES.crying, 'off');
    const endedAt = Date.now();
    await sleep(MOMENT_MS);
    assert.equal(notes.length, 0, 'before it was answered');
    // Baby Buddy is away at that time.
    babyBuddy.isThere = false;
    await home().call('select.select_option', { entity_id: answer, option: 'belly pain' });
    await sleep(3 * MOMENT_MS);
    assert.equal(notes.length, 0, 'while Baby Buddy is away');
    babyBuddy.isThere = true;
    await until(() => notes.length === 1, 'the note');
    const [{ note, headers }] = notes;
    assert.equal(headers.authorization, BabyBuddyNotes.TOKEN);
    assert.deepEqual([note.child, note.tags], [7, ['cry']]);
    assert.equal(note.note, 'Cried for 40 s (cry): belly pain.');
    assert.ok(Math.abs(Date.parse(note.time) - endedAt + 40_000) < 10_000, note.time);
    // Of one that nobody answers before the next begins.
    for (const state of ['started', 'ended'] as const) cry(state, 'tired', 'cot@5');
    await untilState(answer, 'unknown');
    cry('started', 'tired', 'cot@6');
    await until(() => notes.length === 2, 'the note');
    assert.equal(notes[1].note.note, 'Cried for 40 s (cry): probably tired.');
    cry('ended', 'tired', 'cot@6');
    await home().call('select.select_option', { entity_id: answer, option: 'lonely' });
    await until(() => notes.length === 3, 'the note');
    // Stopped before the automation knows that the note was taken, Home Assistant would log it again.
    await home().untilState(
      'automation.log_to_baby_buddy',
      ({ attributes }) => Date.parse(attributes.last_triggered as string) > notes[2].at,
    );
    await home().restart();
    await untilState(event, (await home().states()).get(event)!.state);
    await until(async () => (await home().states()).get(event)?.state !== 'unavailable', 'the event');
    await sleep(MOMENT_MS);
    assert.equal(notes.length, 3);
    await home().untilKept('automation.log_to_baby_buddy');
    // One whose answer is waited for when Home Assistant restarts, or is killed.
    for (const [i, signal] of (['SIGTERM', 'SIGKILL'] as const).entries()) {
      for (const state of ['started', 'ended'] as const) cry(state, 'tired', `cot@1${i}`);
      const isEnded = ({ attributes }: HassEntity): boolean =>
        attributes.cry === `cot@1${i}` && attributes.event_type === 'ended';
      await home().untilState(event, isEnded);
      await untilState(answer, 'unknown');
      await sleep(MOMENT_MS);
      await home().restart({ signal });
      await home().untilState(event, ({ state }) => state !== 'unavailable');
      await untilState(answer, 'unknown');
      if (signal === 'SIGKILL') {
        // The next cry begins before Home Assistant has looked at the last one.
        cry('started', 'tired', 'cot@20');
        await until(() => notes.length === 4 + i, 'the note', 40_000);
        assert.equal(notes[3 + i].note.note, 'Cried for 40 s (cry): probably tired.');
        continue;
      }
      await home().call('select.select_option', { entity_id: answer, option: 'burping' });
      await until(() => notes.length === 4 + i, 'the note', 40_000);
      assert.equal(notes[3 + i].note.note, 'Cried for 40 s (cry): burping.');
    }
  });
});
