import type { Recording } from '../corpus/manifest.js';
import { castOf, planNight } from '../corpus/night.js';
import type { Span } from '../../synth/scene.js';
import { scoreSamples } from '../../detect/clip-score.js';
import { ClassifierListener, playNightTo } from '../evaluation/nights.js';
import type { Classifier } from '../../model/classifier.js';
import type { Reading } from '../../model/manifest.js';
import type { Scores } from '../../values.js';

/** Score of one held-out recording. */
export interface HeldOutScore {
  path: string;
  label: string;
  group: string;
  source: string;
  /** Clip score. */
  score: number;
}

/** Gives the samples of a recording: 16 kHz mono. */
export type SamplesOf = (recording: Recording) => Float32Array;

/** Scores recordings the way the product does. */
export async function scoreRecordings(
  classifier: Classifier,
  recordings: readonly Recording[],
  samplesOf: SamplesOf,
  onProgress: (done: number) => void,
): Promise<HeldOutScore[]> {
  const result: HeldOutScore[] = [];
  for (const recording of recordings) {
    const { path, label, group, source } = recording;
    const score = await scoreSamples(classifier, samplesOf(recording));
    result.push({ path, label, group, source, score });
    onProgress(result.length);
  }
  return result;
}

/** A network's scores of a night, and the night's true episodes. */
export interface NightRecord {
  episodes: Span[];
  steps: { endSample: number; cry: number }[];
}

/** A network's scores of its held-out recordings, and of nights made from them. Not calibrated. */
export interface HeldOut {
  scores: HeldOutScore[];
  nights: NightRecord[];
}

/** The scores of a fold's network in each reading. */
export type FoldRecord = Record<Reading, HeldOut>;

/** Nights are at most this long. */
const NIGHT_HOURS = 8;

/** Plays nights made from held-out recordings to a classifier, several nights at once. */
export async function recordNights(
  classifier: Classifier,
  recordings: readonly Recording[],
  samplesOf: SamplesOf,
  { hours, seed }: { hours: number; seed: number },
  onProgress: (heardHours: number) => void,
): Promise<NightRecord[]> {
  const nights = Math.ceil(hours / NIGHT_HOURS);
  const heardS = new Array<number>(nights).fill(0);
  return Promise.all(
    heardS.map(async (_, night) => {
      const plan = planNight(castOf(recordings), { hours: hours / nights, seed: seed + night });
      const steps: NightRecord['steps'] = [];
      const stream = classifier.open();
      const listener = new ClassifierListener(stream, ({ endSample, scores }: Scores) =>
        steps.push({ endSample, cry: scores.cry }),
      );
      const episodes = await playNightTo(
        [listener],
        plan,
        recording => Promise.resolve(samplesOf(recording)),
        now => {
          heardS[night] = now;
          onProgress(heardS.reduce((a, b) => a + b) / 3600);
        },
      );
      await stream.close();
      return { episodes, steps };
    }),
  );
}
