/**
 * Draws the pictures of docs/journal.md from a journal that is made up, but for the cry: that is the demo's, as it is heard.
 *
 *     node dist/scripts/journal-pictures.js
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Random } from '../src/maths/random.js';
import { nurseryScene } from '../src/synth/scene.js';
import { openDetector } from '../src/detect/detector.js';
import { CryRecorder } from '../src/journal/cry-recorder.js';
import { entryTime, type CryEntry, type Entry } from '../src/journal/entries.js';
import { cryPicture } from '../src/journal/pictures/cry-picture.js';
import { cryDrawing } from '../src/journal/pictures/cry.js';
import { recordPicture } from '../src/journal/pictures/record.js';
import { timelinePicture } from '../src/journal/pictures/timeline.js';
import { weeksPicture } from '../src/journal/pictures/weeks.js';
import { nightOf, reasonRecordOf, weeksByHourOf } from '../src/journal/questions.js';
import { loadClassifier } from '../src/model/load.js';
import { PACKAGE_ROOT } from '../src/package-root.js';
import { REASONS, SAMPLE_RATE, type CryEvent, type Intensity, type ReasonEstimate } from '../src/values.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAYS = 56;
const MORNING = new Date(2026, 2, 20, 7).getTime();
/** Hours from the morning at which babies like to cry, and are fed, changed and put to bed. */
const CRYING = [-12.5, -11.8, -9.4, -5.2, -1.4, 3, 9.5, 10.5];
const FEEDS = [-10.9, -7.8, -4.3, -1.1, 2, 5, 8, 11];
const CHANGES = [-11.2, -4.2, -0.9];
const SLEEPS = [
  [-10.3, -9.2],
  [-8.6, -5.1],
  [-4, -1.4],
  [-0.7, 1.2],
];

async function main(): Promise<void> {
  const entries = madeUp();
  const { cry, png } = await heardCry();
  const pictures = {
    night: timelinePicture(nightOf(entries, MORNING, MORNING)),
    weeks: weeksPicture(weeksByHourOf(entries, MORNING)),
    accuracy: recordPicture(reasonRecordOf(entries)),
    cry: cryDrawing(cry, png),
  };
  for (const [name, svg] of Object.entries(pictures))
    await writeFile(path.join(PACKAGE_ROOT, 'docs', `journal-${name}.svg`), `${svg}\n`);
}

/** Eight weeks in which it gets better. */
function madeUp(): Entry[] {
  const random = new Random(4);
  const entries: Entry[] = [];
  const fact = (kind: 'feed' | 'change' | 'sleep' | 'wake', at: number): void => {
    entries.push({ kind: 'fact', id: `fact ${kind}@${at}`, fact: { kind, at } });
  };
  for (let ago = DAYS - 1; ago >= 0; ago--) {
    const at = (hours: number): number => MORNING + (hours - 24 * ago + 0.6 * random.uniform()) * HOUR_MS;
    for (const hours of CRYING) {
      if (random.uniform() < 0.35) continue;
      const minutes = (0.5 + 12 * random.uniform() ** 3) * (0.5 + ago / DAYS);
      entries.push(madeUpCry(at(hours), minutes, random));
    }
    for (const hours of FEEDS) fact('feed', at(hours));
    for (const hours of CHANGES) fact('change', at(hours));
    for (const [from, to] of SLEEPS) {
      fact('sleep', at(from));
      fact('wake', at(to));
    }
  }
  const heard = (from: number, to: number): void => {
    entries.push({ kind: 'heard', id: `heard@${from}`, source: 'nursery', from, to });
  };
  heard(MORNING - DAYS * 24 * HOUR_MS, MORNING - 3.6 * HOUR_MS);
  heard(MORNING - 3.2 * HOUR_MS, MORNING);
  return entries.filter(entry => entryTime(entry) <= MORNING);
}

function madeUpCry(onset: number, minutes: number, random: Random): CryEntry {
  const intensity: Intensity = minutes > 6 ? 'scream' : minutes < 1.5 ? 'fuss' : 'cry';
  const [hungry, tired] = [random.uniform(), random.uniform()];
  const weights = REASONS.map(reason => (reason === 'hungry' ? hungry : reason === 'tired' ? tired : 0.1));
  const sum = weights.reduce((a, b) => a + b);
  const probabilities = Object.fromEntries(REASONS.map((reason, i) => [reason, weights[i] / sum]));
  const confidence = Math.max(...weights) / sum;
  const label = confidence < 0.5 ? 'unsure' : hungry > tired ? 'hungry' : 'tired';
  const wasHungry = random.uniform() < 0.25 + 0.5 * (hungry / (hungry + tired));
  const answer = random.uniform() < 0.4 ? random.pick(REASONS) : wasHungry ? 'hungry' : 'tired';
  return {
    kind: 'cry',
    id: `nursery@${onset}`,
    source: 'nursery',
    onset,
    offset: onset + minutes * MINUTE_MS,
    onsetS: 0,
    durationS: 60 * minutes,
    peakScore: 0.9,
    meanScore: 0.8,
    intensity,
    voice: { f0Hz: 450, roughness: 0.1, balanceDb: 0 },
    course: [{ atS: 0, intensity }],
    reason: { label, confidence, probabilities } as ReasonEstimate,
    ...(random.uniform() < 0.13 && { answer: { reason: answer, at: onset } }),
  };
}

/** The demo's cry. */
async function heardCry(): Promise<{ cry: CryEntry; png: Buffer }> {
  const { samples } = nurseryScene(1);
  const classifier = await loadClassifier('crynet');
  const detector = openDetector(classifier, 'nursery', 'balanced');
  const recorder = new CryRecorder();
  const at = MORNING - 2 * HOUR_MS;
  let kept: { cry: CryEntry; png: Buffer } | undefined;
  const take = (event: CryEvent): void => {
    const recorded = recorder.pushEvent(event);
    if (!recorded) return;
    const { id, source, onset, offset, onsetS, durationS, peakScore, meanScore, intensity, voice } = event;
    const from = onset + 1000 * (recorded.fromS - onsetS);
    const sound = { clip: '', picture: '', from, durationS: recorded.samples.length / SAMPLE_RATE, bytes: 0 };
    const entry = { id, source, onset, offset, onsetS, durationS, peakScore, meanScore, intensity, voice };
    kept = { cry: { kind: 'cry', ...entry, course: [], sound }, png: cryPicture(recorded) };
  };
  for (let firstSample = 0; firstSample < samples.length; firstSample += SAMPLE_RATE) {
    const chunk = {
      samples: samples.slice(firstSample, firstSample + SAMPLE_RATE),
      firstSample,
      at: at + (1000 * firstSample) / SAMPLE_RATE,
      source: 'nursery',
      lost: 0,
    };
    recorder.pushChunk(chunk);
    const { events } = await detector.push(chunk);
    events.forEach(take);
  }
  await detector.flush(({ events }) => {
    events.forEach(take);
  });
  await classifier.close();
  return kept!;
}

void main();
