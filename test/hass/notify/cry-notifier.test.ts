import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HassConnection } from '../../../src/hass/connection.js';
import type { TapNews } from '../../../src/hass/notify/notification-plan.js';
import { CryNotifier, type CryNotifierOptions } from '../../../src/hass/notify/cry-notifier.js';
import type { Answer, CryEvent, ReasonEstimate } from '../../../src/values.js';
import { homeAssistantOfSuite } from '../../home-assistant/home-assistant.js';
import { Phone, type PushedNotification } from '../../home-assistant/phone.js';
import { cryAt, HOUR_MS, MINUTE_MS } from '../../reason/cries.js';
import { until } from '../../until.js';
import { jumpAhead, setClock } from '../clock-ahead.js';
import { sayIn } from '../../../src/hass/notify/say.js';

/** Time for what must not happen. */
const MOMENT_MS = 400;
const HUNGRY = { label: 'hungry', confidence: 0.62 } as ReasonEstimate;

describe('CryNotifier', function () {
  this.timeout(60_000);
  const home = homeAssistantOfSuite();
  let folder: string;
  let hass: HassConnection;
  let notifier: CryNotifier;
  let anna: Phone;
  let ben: Phone;
  let cry: CryEvent;
  const answers: (Omit<TapNews, 'cry'> & { cry: string })[] = [];
  const reported: string[] = [];

  before(async () => {
    anna = await Phone.register(home(), 'Anna');
    ben = await Phone.register(home(), 'Ben');
  });
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-'));
    for (const list of [answers, reported, anna.notifications, ben.notifications]) list.length = 0;
    cry = { ...cryAt(Date.now()), reason: HUNGRY };
    await open();
  });
  afterEach(async () => {
    setClock();
    await close();
    rmSync(folder, { recursive: true });
  });

  async function open(options: Partial<CryNotifierOptions> = {}, token = home().token): Promise<void> {
    hass = new HassConnection({ url: home().url, token });
    hass.start();
    notifier = new CryNotifier({
      hass,
      phones: [anna.notify, ben.notify],
      filter: { reasons: [], minConfidence: 0, minDurationS: 0, minIntensity: 'fuss' },
      escalateMs: 0,
      dashboard: '/lovelace',
      baby: () => ({ name: 'Mia', lastFed: { at: Date.now() - 3 * HOUR_MS, isImplied: false } }),
      say: sayIn('en'),
      file: path.join(folder, 'deeper', 'notifications.json'),
      answered: ({ cry: { id }, ...news }) => answers.push({ cry: id, ...news }),
      report: error => reported.push(String(error)),
      changed: () => undefined,
      ...options,
    });
    notifier.start();
    await until(() => hass.health.state === 'connected', 'connected');
  }

  async function close(): Promise<void> {
    await notifier.stop();
    await hass.stop();
  }

  async function reopen(options: Partial<CryNotifierOptions>): Promise<void> {
    await close();
    await open(options);
  }

  /** Tells of the cry. */
  function tell(state: CryEvent['state'], durationS: number): void {
    notifier.push({ ...cry, state, durationS });
  }

  async function untilPushed(phone: Phone, number: number): Promise<void> {
    await until(
      () => phone.notifications.length >= number,
      () => `${number} for ${phone.notify}: ${JSON.stringify(phone.notifications)} ${reported.join()}`,
    );
  }

  const last = (phone: Phone): string => phone.notifications.at(-1)!.message;
  const titles = (phone: Phone): string[] =>
    phone.notifications.at(-1)!.data!.actions!.map(({ title }) => title);
  const isSilent = (phone: Phone): boolean => phone.notifications.at(-1)!.data!.alert_once === true;

  it('tells each phone once, follows the cry in place and without a sound, and closes with its summary', async () => {
    tell('started', 20);
    await untilPushed(anna, 1);
    await untilPushed(ben, 1);
    assert.equal(last(anna), 'Mia has been crying for 20 s, probably hungry (62%), last fed 3 h ago');
    assert.deepEqual(titles(anna), ["I'm with the baby", 'Hungry', 'Other…', 'Snooze 10 min']);
    const { clickAction, url } = anna.notifications[0].data!;
    assert.deepEqual([clickAction, url], ['/lovelace', '/lovelace']);
    assert(!isSilent(anna));
    for (let s = 25; s < 45; s += 5) tell('ongoing', s);
    await sleep(MOMENT_MS);
    assert.equal(anna.notifications.length, 1);
    jumpAhead(30_000);
    tell('ongoing', 50);
    tell('ongoing', 55);
    await untilPushed(anna, 2);
    assert.match(last(anna), /for 50 s/);
    assert(isSilent(anna));
    tell('ended', 63);
    await untilPushed(anna, 3);
    await untilPushed(ben, 3);
    assert.equal(last(anna), 'Mia cried for 1 min 3 s, probably hungry (62%)');
    assert.deepEqual(titles(anna), ['Hungry', 'Tired', 'Other…']);
    assert(isSilent(anna));
    tell('ended', 63);
    tell('ongoing', 60);
    await sleep(MOMENT_MS);
    assert.equal(anna.notifications.length, 3);
    assert.equal(anna.screen.size, 1);
    assert.deepEqual(reported, []);
  });

  it('takes an answer, and shows it on the other phones', async () => {
    tell('started', 3);
    await untilPushed(anna, 1);
    await untilPushed(ben, 1);
    await anna.tapTitle('Hungry');
    await untilPushed(ben, 2);
    assert.match(last(ben), /^Mia has been crying for 3 s, Owner said at \d\d:\d\d: hungry$/);
    assert.deepEqual(titles(ben), []);
    assert(isSilent(ben));
    await untilPushed(anna, 2);
    const [{ at, ...answer }, ...others] = answers;
    assert.deepEqual([answer, others], [{ cry: cry.id, reason: 'hungry', by: 'Owner' }, []]);
    assert(Math.abs(at - Date.now()) < 5000);
    tell('ended', 8);
    await untilPushed(ben, 3);
    assert.match(last(ben), /^Mia cried for 8 s, Owner said at \d\d:\d\d: hungry$/);
  });

  it('takes the last of several answers at once, and shows it on all phones', async () => {
    tell('started', 3);
    await untilPushed(anna, 1);
    await untilPushed(ben, 1);
    await anna.tapTitle('Other…');
    await untilPushed(anna, 2);
    await Promise.all([anna.tapTitle('Tired'), ben.tapTitle('Hungry'), ben.tapTitle('Hungry')]);
    await until(() => answers.length >= 2, 'the answers');
    await sleep(MOMENT_MS);
    // The same answer again is no news. Anna's may come between Ben's.
    const reasons = answers.map(({ reason }) => reason);
    assert.ok([2, 3].includes(reasons.length) && reasons.every((reason, i) => reason !== reasons[i - 1]));
    assert.match(last(anna), new RegExp(`: ${reasons.at(-1)!}$`));
    assert.equal(last(ben), last(anna));
  });

  it('takes an answer after the end, for a day, and turns the pages of Other…', async () => {
    tell('started', 3);
    tell('ended', 9);
    await untilPushed(anna, 2);
    const buttons = async (tapped: string): Promise<string[]> => {
      const { length } = anna.notifications;
      await anna.tapTitle(tapped);
      await untilPushed(anna, length + 1);
      return titles(anna);
    };
    assert.deepEqual(await buttons('Other…'), ['Uncomfortable', 'Belly pain', 'Other…']);
    assert(isSilent(anna));
    assert.deepEqual(await buttons('Other…'), ['Needs to burp', 'Lonely', 'Other…']);
    assert.deepEqual(await buttons('Other…'), ['Hungry', 'Tired', 'Other…']);
    await buttons('Other…');
    assert.deepEqual(await buttons('Belly pain'), []);
    assert.deepEqual(
      answers.map(({ reason }) => reason),
      ['belly pain'],
    );
    const { action } = anna.notifications[0].data!.actions![0];
    jumpAhead(25 * HOUR_MS);
    cry = { ...cry, id: 'another' };
    tell('started', 3);
    await anna.tap(action, '');
    await sleep(MOMENT_MS);
    assert.equal(answers.length, 1);
  });

  it('ends the alarm when somebody is with the baby, and still asks why', async () => {
    await reopen({ escalateMs: MINUTE_MS });
    tell('started', 3);
    await untilPushed(anna, 1);
    await sleep(MOMENT_MS);
    assert.equal(ben.notifications.length, 0);
    jumpAhead(MINUTE_MS);
    tell('ongoing', 63);
    await untilPushed(ben, 1);
    await anna.tapTitle("I'm with the baby");
    await untilPushed(ben, 2);
    assert.match(last(ben), /probably hungry \(62%\), Owner is with the baby/);
    assert.deepEqual(titles(ben), ['Hungry', 'Tired', 'Other…']);
    assert.deepEqual(answers, []);
    jumpAhead(10 * MINUTE_MS);
    tell('ongoing', 600);
    await untilPushed(ben, 3);
    assert([anna, ben].every(isSilent));
  });

  it('escalates to the next phone, and to all of them aloud', async () => {
    await reopen({ escalateMs: 5 * MINUTE_MS });
    tell('started', 3);
    await untilPushed(anna, 1);
    jumpAhead(5 * MINUTE_MS);
    tell('ongoing', 300);
    await untilPushed(ben, 1);
    assert.equal(ben.notifications[0].data!.alert_once, false);
    assert(isSilent(anna));
    jumpAhead(5 * MINUTE_MS);
    tell('ongoing', 600);
    await untilPushed(ben, 2);
    await untilPushed(anna, 3);
    for (const phone of [anna, ben]) {
      const { channel, ttl, priority, push } = phone.notifications.at(-1)!.data!;
      assert.deepEqual([channel, ttl, priority], ['alarm_stream', 0, 'high']);
      assert.deepEqual(push, {
        sound: { name: 'default', critical: 1, volume: 1 },
        'interruption-level': 'critical',
      });
    }
    jumpAhead(5 * MINUTE_MS);
    tell('ongoing', 900);
    await untilPushed(ben, 3);
    assert(isSilent(ben));
  });

  it('keeps a phone quiet that snoozes, and alerts it again when the cry still goes on', async () => {
    tell('started', 3);
    await untilPushed(anna, 1);
    await untilPushed(ben, 1);
    await anna.tapTitle('Snooze 10 min');
    await sleep(MOMENT_MS);
    jumpAhead(9 * MINUTE_MS);
    tell('ongoing', 540);
    await untilPushed(ben, 2);
    const other = { ...cryAt(Date.now()), id: 'other@1' };
    notifier.push(other);
    await untilPushed(ben, 3);
    assert.equal(anna.notifications.length, 1);
    jumpAhead(2 * MINUTE_MS);
    tell('ongoing', 660);
    await untilPushed(anna, 3);
    assert(anna.notifications.slice(1).every(({ data }) => data!.alert_once === false));
  });

  it('leaves a notification alone that was put away', async () => {
    tell('started', 3);
    await untilPushed(anna, 1);
    await untilPushed(ben, 1);
    await anna.putAway();
    await sleep(MOMENT_MS);
    jumpAhead(MINUTE_MS);
    tell('ongoing', 63);
    tell('ended', 64);
    await untilPushed(ben, 2);
    await sleep(MOMENT_MS);
    assert.equal(anna.notifications.length, 1);
  });

  it('tells the others when a phone was renamed, says so once, and tells it when it is back', async () => {
    await ben.rename('Benjamin');
    tell('started', 3);
    await untilPushed(anna, 1);
    await until(() => notifier.failing.length === 1, 'the phone that fails');
    assert.deepEqual(reported, [], 'it may come back');
    jumpAhead(10_000);
    await until(() => reported.length === 1, 'the error', 30_000);
    assert.match(reported[0], /Cannot reach notify\.mobile_app_ben\. .*renamed, choose it again/);
    assert.deepEqual(notifier.failing, [ben.notify]);
    jumpAhead(MINUTE_MS);
    tell('ongoing', 63);
    await untilPushed(anna, 2);
    await until(() => notifier.failing.length === 1, 'tried again');
    await ben.rename('Ben');
    await untilPushed(ben, 1);
    assert(!isSilent(ben));
    assert.deepEqual(notifier.failing, []);
    assert.equal(reported.length, 1);
  });

  it('tells of what it missed when Home Assistant is back: a cry that goes on, one that is over, the end of one that it knew', async () => {
    tell('started', 3);
    await untilPushed(anna, 1);
    await untilPushed(ben, 1);
    const back = home().restart({ offMs: 500 });
    await until(() => hass.health.state !== 'connected', 'disconnected');
    tell('ended', 9);
    cry = { ...cry, id: 'over' };
    tell('started', 3);
    tell('ended', 9);
    cry = { ...cry, id: 'goes on' };
    tell('started', 3);
    await back;
    await until(
      () => anna.screen.size === 3 && ben.screen.size === 3,
      () => JSON.stringify([anna.notifications, ben.notifications, reported]),
    );
    const isEnd = ({ message }: PushedNotification): boolean => message.includes('cried for 9 s');
    await until(() => [...anna.screen.values()].filter(isEnd).length === 2, 'the ends');
    // The one that it knew makes no sound.
    assert.deepEqual(anna.notifications.map(({ data }) => data!.alert_once).sort(), [
      false,
      false,
      false,
      true,
    ]);
    assert.deepEqual(reported, []);
    await ben.tapTitle('Hungry');
    await until(() => answers.length === 1, 'the answer');
  });

  it('says that taps are lost where its token is not that of an administrator', async () => {
    await close();
    await open({}, await home().tokenOfUser('Nora'));
    await until(() => !notifier.receivesTaps, 'noticed');
    assert.equal(reported.length, 1, reported.join('\n'));
    assert.match(reported[0], /token's user is not an administrator.*Create the token as an administrator/);
    tell('started', 3);
    await untilPushed(anna, 1);
  });

  it('says when its token was revoked, and tells nobody', async () => {
    await close();
    const { token, revoke } = await home().newToken('phones');
    await open({}, token);
    await revoke();
    await until(
      () => hass.health.state === 'wrong-token',
      () => hass.health.state,
    );
    tell('started', 3);
    await sleep(MOMENT_MS);
    assert.deepEqual([anna.notifications.length, reported], [0, []]);
  });

  it('goes on after it was killed: what was told is not told again, and an answer counts', async () => {
    tell('started', 3);
    await untilPushed(anna, 1);
    await untilPushed(ben, 1);
    const kept = readFileSync(path.join(folder, 'deeper', 'notifications.json'), 'utf8');
    assert(!kept.includes(home().token));
    await reopen({});
    tell('ongoing', 8);
    // What was tapped meanwhile is lost: the buttons come again, silently.
    for (const phone of [anna, ben]) {
      await untilPushed(phone, 2);
      assert(isSilent(phone));
    }
    await sleep(MOMENT_MS);
    assert.equal(anna.notifications.length, 2);
    await anna.tapTitle('Hungry');
    await untilPushed(ben, 3);
    assert.equal(answers.length, 1);
    await reopen({});
    await ben.tap(anna.notifications[0].data!.actions![1].action.replace('hungry', 'tired'), '');
    await until(() => answers.length === 2, 'the second answer');
    assert.equal(answers[1].reason, 'tired');
  });

  it('has on disk whom it tells before it does', async () => {
    const call = hass.call.bind(hass);
    const seen: string[] = [];
    hass.call = (action, data) => {
      seen.push(readFileSync(path.join(folder, 'deeper', 'notifications.json'), 'utf8'));
      return call(action, data);
    };
    tell('started', 3);
    await untilPushed(ben, 1);
    assert(seen[0].includes(anna.notify) && seen[0].includes(ben.notify), seen[0]);
  });

  it('reports a file that it cannot read, and works all the same', async () => {
    tell('started', 3);
    await untilPushed(anna, 1);
    await close();
    writeFileSync(path.join(folder, 'deeper', 'notifications.json'), '{"episodes":');
    await open();
    assert.match(reported[0], /notifications\.json is damaged: .* is kept as /);
    cry = { ...cry, id: 'another' };
    tell('started', 3);
    await untilPushed(anna, 2);
  });

  it('shows an answer that came another way, once', async () => {
    tell('started', 3);
    await untilPushed(anna, 1);
    await untilPushed(ben, 1);
    const answer: Answer = { cry: cry.id, reason: 'tired', at: new Date(2026, 0, 31, 2, 14).getTime() };
    notifier.pushAnswer(answer);
    notifier.pushAnswer(answer);
    notifier.pushAnswer({ ...answer, cry: 'no such cry' });
    await untilPushed(anna, 2);
    assert.match(last(anna), /answered at 02:14: tired$/);
    await sleep(MOMENT_MS);
    assert.equal(anna.notifications.length, 2);
    // The answer given last counts, whichever came last.
    notifier.pushAnswer({ ...answer, reason: 'hungry', at: answer.at + 60_000, by: 'Ben' });
    notifier.pushAnswer({ ...answer, reason: 'lonely', at: answer.at - 60_000 });
    await untilPushed(anna, 3);
    await sleep(MOMENT_MS);
    assert.match(last(anna), /Ben said at 02:15: hungry$/);
    assert.deepEqual(answers, []);
  });

  it('speaks German, says plainly that it is unsure, and shows a picture and a sound', async () => {
    await reopen({ say: sayIn('de'), baby: () => ({ name: 'Mia' }) });
    cry.reason = { ...HUNGRY, label: 'unsure' };
    notifier.push({ ...cry, picture: '/media/deepinfant/a b.png', clip: '/config/www/cry.mp3' });
    await untilPushed(anna, 1);
    assert.equal(last(anna), 'Mia schreit seit 3 s, Grund unklar');
    assert.equal(titles(anna)[0], 'Ich bin beim Baby');
    const { image, audio } = anna.notifications[0].data!;
    assert.deepEqual([image, audio], ['/media/local/deepinfant/a%20b.png', '/local/cry.mp3']);
    notifier.push({ ...cry, id: 'another', picture: '/srv/secret/cry.png' });
    await untilPushed(anna, 2);
    assert(!('image' in anna.notifications[1].data!));
  });

  it('tells nobody of what the filter holds back, until it does no more', async () => {
    await reopen({
      filter: { reasons: ['hungry'], minConfidence: 0.5, minDurationS: 10, minIntensity: 'cry' },
    });
    tell('started', 3);
    await sleep(MOMENT_MS);
    assert.equal(anna.notifications.length, 0);
    tell('ongoing', 10);
    await untilPushed(anna, 1);
    cry = { ...cry, id: 'unsure', reason: undefined };
    tell('ongoing', 60);
    tell('ended', 65);
    await sleep(MOMENT_MS);
    assert.equal(anna.notifications.length, 1);
  });
});
