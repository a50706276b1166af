import { mean } from '../maths/statistics.js';
import { logit, sigmoid } from '../model/calibration.js';
import type { Classifier } from '../model/classifier.js';
import { SAMPLE_RATE, type Scores } from '../values.js';

/** A cry is sure at its best, and goes on: 0.77 s and 3 s of steps. */
const STRONGEST = [3, 12];

/**
 * How surely a recording holds a cry, in [0, 1]: from the mean of the log odds of its strongest three steps and of its
 * strongest twelve, so that neither one odd window decides nor the quiet around a cry. Of all steps where there are
 * fewer; 0 when there are none.
 */
export function clipScore(steps: readonly Pick<Scores, 'scores'>[]): number {
  if (steps.length === 0) return 0;
  const odds = steps.map(({ scores }) => logit(scores.cry)).sort((a, b) => b - a);
  const means = STRONGEST.map(count => mean(odds.slice(0, count)));
  return sigmoid(mean(means));
}

/**
 * At a stream's beginning the network has heard nothing, not even quiet, and is sure of nothing for a second. So it hears
 * quiet around a recording shorter than this.
 */
export const SHORT_S = 2;
const QUIET_S = { before: 1, after: 0.5 };

/** Clip score of a whole recording. @param samples as in AudioChunk */
export async function scoreSamples(
  classifier: Pick<Classifier, 'open'>,
  samples: Float32Array,
): Promise<number> {
  return clipScore(await scoreSteps(classifier, samples));
}

/**
 * Steps of a whole recording, with quiet around it if it is short: steps in that quiet begin before sample 0, or end after
 * the last.
 * @param samples as in AudioChunk
 */
export async function scoreSteps(
  classifier: Pick<Classifier, 'open'>,
  samples: Float32Array,
): Promise<Scores[]> {
  const isShort = samples.length < SHORT_S * SAMPLE_RATE;
  const stream = classifier.open();
  const chunk = {
    samples: isShort ? surroundWithQuiet(samples) : samples,
    firstSample: 0,
    at: 0,
    source: '',
    lost: 0,
  };
  const steps = await stream.push(chunk);
  steps.push(...(await stream.flush()));
  await stream.close();
  if (!isShort) return steps;
  const before = QUIET_S.before * SAMPLE_RATE;
  return steps.map(step => ({
    ...step,
    startSample: step.startSample - before,
    endSample: step.endSample - before,
  }));
}

function surroundWithQuiet(samples: Float32Array): Float32Array {
  const before = QUIET_S.before * SAMPLE_RATE;
  const heard = new Float32Array(before + samples.length + QUIET_S.after * SAMPLE_RATE);
  heard.set(samples, before);
  return heard;
}
