import type { Random } from '../../maths/random.js';

/** One training example: `steps` steps of a sound, with its labels and what teachers heard in it. */
export interface Example {
  /** Log-mel in dB, [frames x mels]. */
  mel: Float32Array;
  /** 1 present, 0 absent, NaN unknown, by LABELS. */
  labels: Float32Array;
  /** The teachers' logits [steps x classes] where `heard`. */
  teacher: Float32Array;
  /** 1 for the steps that the teachers judged. */
  heard: Float32Array;
  /** 1 for the steps that the teachers judged in the sound as it is, not part by part. */
  heardAlone: Float32Array;
  /** Probability of a cry in each step by the teachers, where `heard`. */
  crying: Float32Array;
  /** 1 for the steps before the sound begins or after it has ended. */
  silent: Float32Array;
}

/** Where examples come from. */
export interface Examples {
  /** Number of the teachers' classes. */
  readonly classes: number;
  /** A random example; the same `random` state gives the same one. */
  example(random: Random): Example;
  /** What teachers said, window by window: logits of each class. */
  teacherRows(): Iterable<Float32Array>;
}

/** Logits of scores below this are rounding noise of binary16. */
const LEAST_SCORE = 3e-4;

/** Log odds of a teacher's score in [0, 1]. */
export function teacherLogit(score: number): number {
  const p = Math.min(1 - LEAST_SCORE, Math.max(LEAST_SCORE, score));
  return Math.log(p / (1 - p));
}
