import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../../src/maths/random.js';
import { nurseryScene } from '../../src/synth/scene.js';
import { openDetector } from '../../src/detect/detector.js';
import { AlertLights } from '../../src/hass/lights/alert-lights.js';
import { HassConnection } from '../../src/hass/connection.js';
import { CryNotifier } from '../../src/hass/notify/cry-notifier.js';
import type { TapNews } from '../../src/hass/notify/notification-plan.js';
import type { Classifier } from '../../src/model/classifier.js';
import type { Preset } from '../../src/model/manifest.js';
import { loadClassifier } from '../../src/model/load.js';
import { ReasonEstimator } from '../../src/baby/estimator.js';
import { type CryEvent, SAMPLE_RATE } from '../../src/values.js';
import { jumpAhead } from '../hass/clock-ahead.js';
import { sayIn } from '../../src/hass/notify/say.js';
import { Bulb } from '../home-assistant/bulb.js';
import { HomeAssistant } from '../home-assistant/home-assistant.js';
import { Phone, type PushedNotification } from '../home-assistant/phone.js';
import { cryAt } from '../reason/cries.js';
import { until } from '../until.js';

/** Live sources hand over an eighth of a second at a time. */
const CHUNK_SAMPLES = SAMPLE_RATE / 8;
/** Heard of each scene, around the cry's onset. */
const BEFORE_S = 6;
const AFTER_S = 5;

interface Part {
  home: HomeAssistant;
  hass: HassConnection;
  folder: string;
}

/** A cry's way to the phone. */
interface Delay {
  /** Ms from the arrival of its first sound to the chunk that decided that it is one. */
  decisionMs: number;
  /** Ms from there to the phone. */
  wayMs: number;
}

/** The ways of cries, some of which are played at once. */
async function benchOnset(
  part: Part,
  { preset, rounds, atOnce }: { preset: Preset; rounds: number; atOnce: number },
): Promise<Delay[]> {
  const phone = await Phone.register(part.home, `Phone ${preset}`);
  const notifier = await openNotifier(part, [phone], () => undefined);
  const classifier = await loadClassifier();
  const estimator = new ReasonEstimator({ name: 'Mia' });
  const delays: Delay[] = [];
  for (let round = 0; round < rounds; round++) {
    const playing = Array.from({ length: atOnce }, async (_, i) => {
      await sleep(i * 300);
      const tell = (event: CryEvent): void => {
        notifier.push({ ...event, reason: estimator.estimate(event) });
      };
      delays.push(await onsetDelay(classifier, { seed: 1 + round * atOnce + i, preset, phone, tell }));
    });
    await Promise.all(playing);
  }
  await notifier.stop();
  await classifier.close();
  return delays;
}

/** Plays a scene as fast as it sounds; what never comes is Infinity. */
async function onsetDelay(
  classifier: Classifier,
  {
    seed,
    preset,
    phone,
    tell,
  }: { seed: number; preset: Preset; phone: Phone; tell: (event: CryEvent) => void },
): Promise<Delay> {
  const { samples, cries } = nurseryScene(seed);
  const onset = Math.round(cries[0].startS * SAMPLE_RATE);
  const first = onset - BEFORE_S * SAMPLE_RATE;
  const source = `${preset} ${seed}`;
  const detector = openDetector(classifier, source, preset);
  const began = performance.now();
  const startedAt = Date.now();
  let heardAt = Infinity;
  let decidedAt = Infinity;
  let pushedAt = Infinity;
  const known = phone.notifications.length;
  const look = setInterval(() => {
    const isThere = phone.notifications.slice(known).some(({ message }) => message.startsWith(`${source} `));
    if (isThere && pushedAt === Infinity) pushedAt = performance.now();
  }, 2);
  for (let at = first; at < onset + AFTER_S * SAMPLE_RATE; at += CHUNK_SAMPLES) {
    const firstSample = at - first;
    // A chunk is there when its last sample was heard.
    const due = began + (1000 * (firstSample + CHUNK_SAMPLES)) / SAMPLE_RATE;
    await sleep(Math.max(0, due - performance.now()));
    if (onset < at + CHUNK_SAMPLES && heardAt === Infinity) heardAt = due;
    const chunk = {
      samples: samples.slice(at, at + CHUNK_SAMPLES),
      firstSample,
      at: startedAt + (1000 * firstSample) / SAMPLE_RATE,
      source,
      lost: 0,
    };
    const { events } = await detector.push(chunk);
    if (events.length > 0) decidedAt = Math.min(decidedAt, due);
    events.forEach(tell);
  }
  await detector.flush(({ events }) => {
    events.forEach(tell);
  });
  await sleep(500);
  clearInterval(look);
  return { decisionMs: decidedAt - heardAt, wayMs: pushedAt - decidedAt };
}

/** A night of 40 cries, as fast as it goes. */
async function benchNight({ home, hass, folder }: Part): Promise<string[]> {
  const random = new Random(7);
  const phones: Phone[] = [];
  for (const name of ['Anna', 'Ben', 'Tablet']) phones.push(await Phone.register(home, name));
  const bulb = await Bulb.plugIn(home.broker, 'night', ['brightness']);
  await bulb.change({ state: 'ON', brightness: 40 });
  await home.untilState('light.night', ({ attributes }) => attributes.brightness === 40);
  const answers: TapNews[] = [];
  const notifier = await openNotifier({ home, hass, folder }, phones, answer => answers.push(answer));
  const lights = new AlertLights({
    hass,
    lights: ['light.night'],
    pulse: false,
    file: path.join(folder, 'lights.json'),
    report: say,
  });
  lights.start();
  await sleep(1000);
  let tapped = 0;
  for (let i = 0; i < 40; i++) {
    const cry = { ...cryAt(Date.now()), id: `cot@${i}` };
    const tell = (state: CryEvent['state'], durationS: number): void => {
      notifier.push({ ...cry, state, durationS });
      lights.show(state === 'ended' ? null : { rgb: [255, 0, 0], dim: 60, bright: 180 });
    };
    tell('started', 3);
    await until(() => phones.every(({ screen }) => screen.size === i + 1), `cry ${i} on all phones`, 60_000);
    const events = random.integer(60);
    const restart = i === 13 || i === 27 ? home.restart() : undefined;
    for (let event = 1; event <= events; event++) {
      jumpAhead(5000);
      tell('ongoing', 3 + 5 * event);
      if (event % 6 === 0) await sleep(20);
    }
    await restart;
    if (random.uniform() < 0.5) {
      const both = phones.slice(0, 1 + random.integer(2));
      const id = cry.id;
      await until(() => hass.health.state === 'connected', 'connected', 60_000);
      await Promise.all(both.map(phone => phone.tapTitle('Hungry')));
      await until(() => answers.some(({ cry }) => cry.id === id), 'the answer');
      tapped++;
    }
    tell('ended', 6 + 5 * events);
    await until(
      () => phones.every(({ notifications }) => notifications.at(-1)!.message.includes('cried for')),
      `the end of cry ${i}`,
      60_000,
    );
    jumpAhead(600_000);
  }
  await until(() => bulb.state.brightness === 40, 'the light');
  await notifier.stop();
  await lights.stop();
  await bulb.unplug();
  const alerts = (notifications: PushedNotification[]): number =>
    notifications.filter(({ data }) => data!.alert_once === false).length;
  return [
    `notifications on each phone after 40 cries: ${phones.map(({ screen }) => screen.size).join(', ')}`,
    `of these with a sound: ${phones.map(({ notifications }) => alerts(notifications)).join(', ')}`,
    `messages to each phone: ${phones.map(({ notifications }) => notifications.length).join(', ')}`,
    `cries answered: ${tapped}, answers that came out: ${answers.length}`,
    `the light is as it was: ${bulb.state.state} at ${bulb.state.brightness}`,
  ];
}

async function openNotifier(
  { hass, folder }: Part,
  phones: Phone[],
  answered: (news: TapNews) => void,
): Promise<CryNotifier> {
  const notifier = new CryNotifier({
    hass,
    phones: phones.map(({ notify }) => notify),
    filter: { reasons: [], minConfidence: 0, minDurationS: 0, minIntensity: 'fuss' },
    escalateMs: 0,
    dashboard: '/lovelace',
    baby: ({ cry }) => ({ name: cry.id.split('@')[0] }),
    say: sayIn('en'),
    file: path.join(folder, `notifications-${phones.length}.json`),
    answered,
    report: say,
    changed: () => undefined,
  });
  notifier.start();
  await until(() => hass.health.state === 'connected', 'connected');
  return notifier;
}

function say(text: unknown): void {
  process.stdout.write(`${String(text)}\n`);
}

async function main(): Promise<void> {
  const home = await HomeAssistant.start();
  const folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-'));
  const hass = new HassConnection({ url: home.url, token: home.token });
  hass.start();
  try {
    const part = { home, hass, folder };
    for (const preset of ['balanced', 'sensitive'] as const) {
      const delays = await benchOnset(part, { preset, rounds: 8, atOnce: 4 });
      const show = (what: string, of: (delay: Delay) => number): void => {
        const sorted = delays.map(of).sort((a, b) => a - b);
        const at = (share: number): string =>
          (sorted[Math.floor(share * (sorted.length - 1))] / 1000).toFixed(2);
        say(`${preset}, ${what}: median ${at(0.5)} s, 90% ${at(0.9)} s, most ${at(1)} s`);
      };
      show('onset to phone', ({ decisionMs, wayMs }) => decisionMs + wayMs);
      show('onset to decision', ({ decisionMs }) => decisionMs);
      show('decision to phone', ({ wayMs }) => wayMs);
    }
    for (const line of await benchNight(part)) say(line);
  } finally {
    await hass.stop();
    await home.stop();
    rmSync(folder, { recursive: true });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
