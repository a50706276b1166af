import type { Page } from 'playwright-core';
import type { Change } from '../../src/card/timeline.js';
import type { DeviceState, NightCry } from '../../src/hass/device/discovery.js';
import { cryPicture } from '../../src/journal/pictures/cry-picture.js';
import { evidenceText } from '../../src/reason/evidence-text.js';
import { reasonTexts } from '../../src/reason/sentences.js';
import { type Contribution, type EvidenceFact, REASONS, SAMPLE_RATE } from '../../src/values.js';
import { writeWav } from '../audio/wav-writer.js';
import type { HomeAssistant } from '../home-assistant/home-assistant.js';
import { BabyDevice } from './baby-device.js';
import { cardIn, type CardView, type Dashboard } from './dashboard.js';

const MORNING = '2026-11-23T';
/** The tests' Home Assistant and Chromium are in this time zone. */
const ZONE = 'Z';

/** A contribution as the reason node makes it. */
function piece(
  part: Contribution['part'],
  reason: Contribution['reason'],
  factor: number,
  fact: EvidenceFact,
): Contribution {
  const text = evidenceText({ reason, factor, fact }, reasonTexts('en'));
  return { part, reason, factor, fact, text };
}

/** What the reason node says of a cry. */
export const HUNGRY = {
  reason: 'hungry',
  confidence: 62,
  contributions: [
    piece('prior', 'hungry', 2.6, { kind: 'common' }),
    piece('context', 'hungry', 2.4, { kind: 'feed', agoS: 11_400 }),
    piece('context', 'tired', 0.6, { kind: 'awake', forS: 1500 }),
    piece('context', 'belly pain', 1.3, { kind: 'age', days: 60 }),
    piece('context', 'discomfort', 1.02, { kind: 'change', agoS: 5400 }),
    piece('history', 'hungry', 1.2, { kind: 'answers', count: 10 }),
  ],
  intensity: 'scream',
  accuracy: 70,
  baselineAccuracy: 50,
  learnedFrom: 10,
  lastCry: `${MORNING}02:38:10${ZONE}`,
} satisfies Partial<DeviceState>;

const UNTIL_CRY: [string, string][] = [
  ['16:00:00', 'off'],
  ['18:20:00', 'on'],
  ['18:26:00', 'off'],
  ['19:30:00', 'on'],
  ['19:41:00', 'off'],
  ['20:05:00', 'on'],
  ['20:16:00', 'off'],
  ['22:10:00', 'unavailable'],
  ['22:50:00', 'off'],
  ['00:20:00', 'on'],
  ['00:23:00', 'off'],
  ['02:38:10', 'on'],
];
const AFTER_CRY: [string, string][] = [...UNTIL_CRY, ['02:47:00', 'off']];
/** What the device counts until the cry, and after it. */
const BEFORE_CRY: NightCry[] = [
  counted('18:20:00', 355, 'fuss'),
  counted('19:30:00', 655, 'cry'),
  counted('20:05:00', 655, 'scream'),
  counted('00:20:00', 175, 'fuss'),
];
const COUNTED: NightCry[] = [...BEFORE_CRY, counted('02:38:10', 525, 'scream')];

const CRYING: CardView = { history: [changes(UNTIL_CRY), []], at: at('02:40:23') };
const QUIET: CardView = { history: [changes(AFTER_CRY), []], at: at('03:04:00') };
/** The source is out of reach. */
const LOST: CardView = {
  history: [changes([...AFTER_CRY, ['02:51:00', 'unavailable']]), []],
  at: at('03:04:00'),
};
/** By day, after another cry. */
const DAY: CardView = {
  history: [changes([...AFTER_CRY, ['11:00:00', 'on'], ['11:05:00', 'off']]), []],
  at: at('11:40:00'),
};
const NEW: CardView = { history: [changes([['02:30:00', 'off']]), []], at: at('03:04:00') };
/** How long the card waits for an answer to be taken. */
const PATIENCE_MS = 5000;

/** A face of the card, and how to bring it about. */
interface Face {
  /** What the card says then. */
  says: string | RegExp;
  /** Faces with the same one share a page. */
  view: CardView;
  /** What is told of a baby of whom nothing is known. */
  told?: Partial<DeviceState>;
  /** What of it is out of reach. */
  lost?: ('node' | 'source')[];
  /** What is set otherwise in the card's configuration. */
  config?: (stage: Stage) => object;
  /** What a person or the world does then. */
  then?: (stage: Stage, page: Page) => Promise<unknown>;
}

interface Stage {
  home: HomeAssistant;
  dashboard: Dashboard;
  device: BabyDevice;
  /** Another one, of which nothing was told since Home Assistant started. */
  newborn: string;
  /** One of a package of another version. */
  outdated: string;
}

const NOW: Partial<DeviceState> = { ...HUNGRY, crying: 'ON', tonight: BEFORE_CRY };
const AFTER: Partial<DeviceState> = { ...HUNGRY, tonight: COUNTED };
const ANSWERED: Partial<DeviceState> = { ...AFTER, answer: 'hungry' };
/** As Home Assistant knows a cry by. */
const CRY = `cot@${at('02:38:10')}`;
const MEDIA = 'media-source://media_source/local';

/** All of them, in an order in which none stands in the way of the next one. */
const FACES: Record<string, Face> = {
  crying: { says: 'Mia is crying', view: CRYING, told: NOW },
  unsure: {
    says: 'Not sure why',
    view: CRYING,
    told: { ...NOW, intensity: 'fuss', reason: 'unsure', contributions: [], accuracy: null },
  },
  demoCries: {
    says: /^Playing demo · for/,
    view: CRYING,
    told: { ...NOW, tonight: [], health: null, playback: { source: 'demo', isOver: false } },
  },
  quiet: {
    says: /^Last cry ended/,
    view: QUIET,
    told: ANSWERED,
    then: async ({ device }, page) => {
      await device.tellCryEnded(CRY, 530);
      await cardIn(page)
        .locator('details')
        .evaluate(details => {
          details.setAttribute('open', '');
        });
    },
  },
  demo: {
    says: 'Playing demo',
    view: QUIET,
    told: { health: null, playback: { source: 'demo', isOver: false } },
  },
  demoOver: {
    says: 'Nothing is listening',
    view: QUIET,
    told: { ...ANSWERED, health: null, playback: { source: 'demo', isOver: true } },
  },
  pending: { says: 'Mia is quiet', view: QUIET, told: AFTER, then: refuse },
  refused: {
    says: /Your answer was not saved/,
    view: QUIET,
    told: AFTER,
    then: async (stage, page) => {
      await refuse(stage, page);
      await page.clock.fastForward(PATIENCE_MS);
    },
  },
  clip: {
    says: 'Last cry',
    view: QUIET,
    told: ANSWERED,
    config: () => ({ media: MEDIA }),
    then: async ({ device }, page) => {
      await device.tellCryEnded(CRY, 530);
      await cardIn(page).locator('audio').waitFor();
    },
  },
  offline: {
    says: 'No connection',
    // On a page of its own: one that is still changing its dashboard when the connection goes shows no card at all.
    view: { ...QUIET },
    told: ANSWERED,
    then: async (_stage, page) => {
      // Before it has all states, the page would go on without a connection as it is.
      await cardIn(page).locator('header:is(.quiet, .offline)').waitFor();
      await page.evaluate(loseConnection);
    },
  },
  off: {
    says: /^\s*Not listening\s*$/,
    view: LOST,
    told: { ...ANSWERED, listening: 'OFF', health: 'stopped' },
    lost: ['source'],
  },
  silent: {
    says: 'No sound at all. Is the microphone muted?',
    view: LOST,
    told: { ...ANSWERED, health: 'silent' },
  },
  deaf: {
    says: /The camera refuses/,
    view: LOST,
    told: {
      ...ANSWERED,
      health: 'failed',
      error: 'The camera refuses the password. Enter it anew in the audio node.',
    },
    lost: ['source'],
  },
  away: { says: 'No news from DeepInfant', view: LOST, told: ANSWERED, lost: ['node'] },
  day: { says: 'Last night', view: DAY, told: ANSWERED },
  new: { says: 'Mia is quiet', view: NEW },
  gone: { says: 'Device not found', view: NEW, config: () => ({ device: 'gone' }) },
  noFolder: {
    says: /Cannot read the folder/,
    view: NEW,
    told: ANSWERED,
    config: () => ({ media: `${MEDIA}/nowhere` }),
    then: ({ device }) => device.tellCryEnded(CRY, 530),
  },
  waiting: { says: 'Waiting for news', view: NEW, config: ({ newborn }) => ({ device: newborn }) },
  incomplete: {
    says: 'An entity is missing',
    view: NEW,
    config: ({ newborn }) => ({ device: newborn }),
    then: async ({ home }) =>
      home.connection.sendMessagePromise({
        type: 'config/entity_registry/update',
        entity_id: 'binary_sensor.tom_crying',
        disabled_by: 'user',
      }),
  },
  version: { says: /This card is version/, view: NEW, config: ({ outdated }) => ({ device: outdated }) },
  noRecorder: { says: /history cannot be read/, view: { history: null, at: at('03:04:00') }, told: ANSWERED },
  notRecorded: { says: /keeps no history/, view: { history: [[], []], at: at('03:04:00') }, told: ANSWERED },
  loading: { says: 'Loading…', view: { registry: 'silent' }, told: HUNGRY },
  failed: { says: 'Cannot load', view: { registry: 'failing' }, told: HUNGRY },
};

/** Of a phone, and of a desktop. */
const WIDTHS = [390, 1280];

/**
 * Shows one face after another, each as wide as a phone and as a desktop, on a page on which it can be looked at.
 * @param language of the user, who sees it
 */
export async function* faces(
  home: HomeAssistant,
  dashboard: Dashboard,
  device: BabyDevice,
  language = 'en',
): AsyncGenerator<{ name: string; width: number; page: Page }> {
  const card = { type: 'custom:deepinfant-card', device: await dashboard.deviceId('deepinfant_n1') };
  const tom = await BabyDevice.create(home.broker, 'n2', 'Tom');
  const leo = await BabyDevice.create(home.broker, 'n3', 'Leo', '0.0.9');
  const stage = {
    home,
    dashboard,
    device,
    newborn: await dashboard.deviceId('deepinfant_n2'),
    outdated: await dashboard.deviceId('deepinfant_n3'),
  };
  await leo.tell({});
  await keepCry(home);
  let page: Page | undefined;
  let view: CardView | undefined;
  try {
    for (const [name, face] of Object.entries(FACES)) {
      await device.reset();
      await device.tell(face.told ?? {});
      for (const part of face.lost ?? []) await device.setAvailable({ [part]: false });
      await dashboard.show({ ...card, ...face.config?.(stage) });
      if (page === undefined || face.view !== view) {
        await page?.context().close();
        view = face.view;
        page = await dashboard.open({ ...view, language });
      }
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 1400 });
        await cardIn(page).waitFor();
        await face.then?.(stage, page);
        // What it says in other languages is looked at.
        if (language === 'en') await cardIn(page).getByText(face.says).first().waitFor();
        yield { name, width, page };
      }
    }
  } finally {
    await page?.context().close();
    await tom.disconnect();
    await leo.disconnect();
  }
}

/** Puts a sound and a picture of the cry where the journal would. */
async function keepCry(home: HomeAssistant): Promise<void> {
  const samples = wail();
  const windows = Array.from({ length: 40 }, (_, index) => ({
    startS: 5 + 0.256 * index,
    score: 0.75 + 0.2 * Math.sin(index),
  }));
  const name = `media/2026-11-23T02-38-10Z-${at('02:38:10')}-01234567` as const;
  await home.put(`${name}.png`, cryPicture({ samples, fromS: 0, windows }));
  await home.put(`${name}.wav`, writeWav(samples, { rate: SAMPLE_RATE }));
}

/** 20 s: five of noise, then a voice that rises and falls once a second. */
function wail(): Float32Array {
  let phase = 0;
  return Float32Array.from({ length: 20 * SAMPLE_RATE }, (_, index) => {
    const breath = Math.sin((Math.PI * index) / SAMPLE_RATE) ** 2;
    phase += (2 * Math.PI * (380 + 120 * breath)) / SAMPLE_RATE;
    const voice = [1, 2, 3, 4, 5, 6].reduce((sum, n) => sum + Math.sin(n * phase) / n, 0);
    return 0.01 * (Math.random() - 0.5) + (index < 5 * SAMPLE_RATE ? 0 : 0.3 * breath * voice);
  });
}

/** Somebody answers, and nothing comes of it. */
async function refuse({ device }: Stage, page: Page): Promise<void> {
  device.isObedient = false;
  await cardIn(page).locator('.answer').nth(REASONS.indexOf('belly pain')).click();
}

/** In the page: the connection is lost, and does not come back. */
function loseConnection(): void {
  const { connection } = (
    globalThis as unknown as {
      document: {
        querySelector(name: string): {
          hass: { connection: { suspendReconnectUntil(until: Promise<void>): void; suspend(): void } };
        };
      };
    }
  ).document.querySelector('home-assistant').hass;
  connection.suspendReconnectUntil(new Promise(() => undefined));
  connection.suspend();
}

/** States, and since what time of the night. */
function changes(states: readonly (readonly [time: string, s: string])[]): Change[] {
  return states.map(([time, s]) => ({ s, lu: at(time) / 1000 }));
}

/** A cry that the device counts. */
function counted(time: string, durationS: number, intensity: NightCry['intensity']): NightCry {
  return { at: new Date(at(time)).toISOString(), duration_s: durationS, intensity };
}

/** A time between noon and noon, epoch ms. */
function at(time: string): number {
  const day = time < '12' ? 0 : -24 * 3_600_000;
  return Date.parse(`${MORNING}${time}${ZONE}`) + day;
}
