import { SAMPLE_RATE, type AudioChunk, type Scores } from '../values.js';
import { MEL7S_REASONS, MEL7S_S, mel7sPicture, type Mel7s } from './mel7s.js';
import type { Scorer } from './scorer.js';

/** A guess is made of a step that is this surely a cry, at most once in this time. */
const CRY_FROM = 0.5;
const GUESS_EVERY_S = 1;

/** A scorer whose cries carry what mel7s guesses of the last 7 s; whether there is a cry it cannot tell. */
export class GuessingScorer implements Scorer {
  /** The last 7 s, or what there was of them. */
  private readonly samples = new Float32Array(MEL7S_S * SAMPLE_RATE);
  private samplesLength = 0;
  /** Sample at which the last guess was made. */
  private guessedAt = -Infinity;

  constructor(
    private readonly scorer: Scorer,
    private readonly mel7s: Mel7s,
  ) {}

  *push(chunk: AudioChunk): Generator<void, Scores[]> {
    const scores = yield* this.scorer.push(chunk);
    this.keep(chunk.samples);
    this.guess(scores);
    return scores;
  }

  *flush(): Generator<void, Scores[]> {
    const scores = yield* this.scorer.flush();
    this.guess(scores);
    this.samplesLength = 0;
    this.guessedAt = -Infinity;
    return scores;
  }

  close(): void {
    this.scorer.close();
  }

  private keep(samples: Float32Array): void {
    const newest = samples.subarray(-this.samples.length);
    const past = Math.max(0, this.samplesLength + newest.length - this.samples.length);
    this.samples.copyWithin(0, past, this.samplesLength);
    this.samplesLength -= past;
    this.samples.set(newest, this.samplesLength);
    this.samplesLength += newest.length;
  }

  /** Puts a guess on the last cry among steps. */
  private guess(steps: Scores[]): void {
    const cry = steps.findLast(({ scores }) => scores.cry >= CRY_FROM);
    if (!cry) return;
    const sinceS = Math.abs(cry.endSample - this.guessedAt) / SAMPLE_RATE;
    if (sinceS < GUESS_EVERY_S) return;
    this.guessedAt = cry.endSample;
    const picture = mel7sPicture(this.samples.subarray(0, this.samplesLength));
    const probabilities = this.mel7s.probabilities(picture);
    cry.guess = Object.fromEntries(MEL7S_REASONS.map((reason, i) => [reason, probabilities[i]]));
  }
}
