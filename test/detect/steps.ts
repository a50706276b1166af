import { LABELS, SAMPLE_RATE, type Label, type Scores, type Voice } from '../../src/values.js';

export const HOP_SAMPLES = 4096;
export const HOP_S = HOP_SAMPLES / SAMPLE_RATE;
/** Four hops, about a second. */
export const WINDOW_SAMPLES = 4 * HOP_SAMPLES;
export const START_MS = Date.UTC(2026, 0, 31, 12);

export interface StepOptions {
  voice?: Partial<Voice>;
  embedding?: readonly number[];
}

/** Step `index` of a stream that began at START_MS. */
export function step(index: number, cry: number, { voice = {}, embedding = [] }: StepOptions = {}): Scores {
  const endSample = (index + 1) * HOP_SAMPLES;
  const startSample = Math.max(0, endSample - WINDOW_SAMPLES);
  const scores = Object.fromEntries(LABELS.map(label => [label, 0])) as Record<Label, number>;
  return {
    scores: { ...scores, cry },
    embedding: Float32Array.from(embedding),
    startSample,
    endSample,
    at: START_MS + (startSample / SAMPLE_RATE) * 1000,
    levelDb: -60,
    voice: { f0Hz: 450, periodicity: 0.9, lowDb: -33, highDb: -33, ...voice },
  };
}

/** A stream of steps from their cry scores. */
export function steps(...cry: number[]): Scores[] {
  return cry.map((score, index) => step(index, score));
}

/** `count` equal scores. */
export function times(count: number, score: number): number[] {
  return new Array<number>(count).fill(score);
}

/** Steps of a network that hears `high` whenever a cry fills a hop of its window; cries as [from, to) in seconds. */
export function heard(seconds: number, ...cries: [fromS: number, toS: number][]): Scores[] {
  return Array.from({ length: Math.round(seconds / HOP_S) }, (_, index) => {
    const { startSample, endSample } = step(index, 0);
    const isCry = cries.some(([fromS, toS]) => {
      const overlap = Math.min(endSample, toS * SAMPLE_RATE) - Math.max(startSample, fromS * SAMPLE_RATE);
      return overlap >= HOP_SAMPLES;
    });
    return step(index, isCry ? 0.9 : 0.05);
  });
}
