import assert from 'node:assert/strict';
import { countedCries, timelineOf } from '../../../src/card/timeline.js';
import { Tracker, TRACKER_DEFAULTS } from '../../../src/detect/tracker.js';
import { Device } from '../../../src/hass/device/device.js';
import type { DeviceState } from '../../../src/hass/device/discovery.js';
import { cryText } from '../../../src/hass/notify/cry-notification.js';
import { CryRecorder } from '../../../src/journal/cry-recorder.js';
import { nightOf } from '../../../src/journal/questions.js';
import { cryLengthText } from '../../../src/journal/sentences.js';
import { reasonLine } from '../../../src/reason/sentences.js';
import { type AudioChunk, type CryEvent, SAMPLE_RATE } from '../../../src/values.js';
import { heard, START_MS } from '../../detect/steps.js';
import { folderOfTest, openJournal } from '../../journal/journals.js';
import { atNight } from '../../night-zone.js';
import { sayIn } from '../../../src/hass/notify/say.js';

/** A cry of 18 s with a rest of 3 s in it, and quiet after it. */
const STEPS = heard(60, [10, 16], [19, 28]);

describe('a cry that pauses', () => {
  atNight();
  const folder = folderOfTest();
  const tracker = new Tracker('cot', { odds: -5.3, ...TRACKER_DEFAULTS });
  const shift = Date.now() - 120_000 - START_MS;
  const events = STEPS.flatMap(step => tracker.push(step)).map((event): CryEvent => ({
    ...event,
    id: `cot@${event.onset + shift}`,
    onset: event.onset + shift,
    ...(event.offset !== undefined && { offset: event.offset + shift }),
  }));
  const ended = events.at(-1)!;

  it('is one cry of one length for phones, the logbook, sensors, the card, the journal and its clip', async () => {
    assert.deepEqual([...new Set(events.map(({ id }) => id))], [ended.id]);
    assert(Math.abs(ended.durationS - 18) < 0.6, String(ended.durationS));
    const length = `${Math.round(ended.durationS)} s`;
    // A phone's last notification, and the logbook's line.
    assert.match(cryText(sayIn('en'), { cry: ended }), new RegExp(`^cried for ${length}`));
    assert.match(reasonLine(ended), new RegExp(`cried for ${length}$`));

    const state = await stateAfter(events, `${folder()}.device.json`);
    assert.deepEqual([state.criesTonight, state.crying], [1, 'OFF']);
    const { cries } = timelineOf(
      // As Home Assistant's recorder knows the sensor, which was interrupted, and goes off later than the cry ends.
      { counted: countedCries(state.tonight), crying: interrupted(ended), health: [] },
      Date.now(),
      process.env.TZ,
    );
    assert.equal(cries.length, 1);
    assert.equal(Math.round((cries[0].to - cries[0].from) / 1000), Math.round(ended.durationS));

    const journal = await openJournal(folder(), { hasSound: false });
    for (const event of events) await journal.noteCry(event);
    const night = nightOf(journal.entries, ended.onset, Date.now());
    assert.deepEqual([night.totals.cries, cryLengthText(night.cries[0])], [1, length]);
    assert.equal(night.totals.cryingS, (ended.offset! - ended.onset) / 1000);
    await journal.close();

    const clip = clipOf(events);
    // It begins five seconds before the cry.
    assert(Math.abs(clip.samples.length / SAMPLE_RATE - 5 - ended.durationS) < 0.01);
  });
});

async function stateAfter(events: readonly CryEvent[], file: string): Promise<DeviceState> {
  let state: DeviceState | undefined;
  const device = new Device({
    id: 'mia',
    name: 'Mia',
    node: 'node1',
    broker: 'mqtt',
    url: 'mqtt://broker:1883',
    prefix: 'homeassistant',
    birthTopic: 'homeassistant/status',
    version: '1.2.3',
    model: 'Node-RED',
    configurationUrl: '',
    nameOf: key => key,
    file,
    preset: 'balanced',
    publish: ({ topic, payload }) => {
      if (topic === 'deepinfant/v1/mia/state') state = JSON.parse(payload) as DeviceState;
      return true;
    },
    report: () => undefined,
    changed: () => undefined,
  });
  device.start();
  for (const event of events) device.pushCry(event);
  await device.stop(false);
  return state!;
}

function interrupted({ onset, offset }: CryEvent): { s: string; lu: number }[] {
  const changes = [
    [onset - 60_000, 'off'],
    [onset + 1000, 'on'],
    [onset + 7000, 'unavailable'],
    [onset + 8000, 'on'],
    [offset! + 5000, 'off'],
  ] as const;
  return changes.map(([at, s]) => ({ s, lu: at / 1000 }));
}

/** The clip of the cry, whose sound arrives second by second. */
function clipOf(events: readonly CryEvent[]): { samples: Float32Array } {
  const recorder = new CryRecorder();
  const waiting = [...events];
  for (let second = 0; ; second++) {
    const chunk: AudioChunk = {
      samples: new Float32Array(SAMPLE_RATE),
      firstSample: second * SAMPLE_RATE,
      at: 0,
      source: 'cot',
      lost: 0,
    };
    recorder.pushChunk(chunk);
    while (waiting.length > 0 && waiting[0].onsetS + waiting[0].durationS <= second) {
      const clip = recorder.pushEvent(waiting.shift()!);
      if (clip) return clip;
    }
  }
}
