import { concat } from '../concat.js';
import { SAMPLE_RATE, type AudioChunk, type Scores } from '../values.js';
import { MEL7S_REASONS, MEL7S_S, mel7sPicture, type Mel7s } from './mel7s.js';
import type { Scorer } from './scorer.js';

/** A guess is made of a step that is this surely a cry, at most once in this time. */
const CRY_FROM = 0.5;
const GUESS_EVERY_S = 1;

/** What one stream has heard in the last 7 s, and when something was last guessed of it. */
export interface GuessingStream<Inner> {
  inner: Inner;
  samples: Float32Array;
  guessedAt: number;
}

/** A scorer whose cries carry what mel7s guesses of the last 7 s; whether there is a cry it cannot tell. */
export class GuessingScorer<Inner> implements Scorer<GuessingStream<Inner>> {
  constructor(
    private readonly scorer: Scorer<Inner>,
    private readonly mel7s: Mel7s,
  ) {}

  open(): GuessingStream<Inner> {
    return { inner: this.scorer.open(), samples: new Float32Array(0), guessedAt: -Infinity };
  }

  push(requests: readonly { stream: GuessingStream<Inner>; chunk: AudioChunk }[]): Scores[][] {
    const results = this.scorer.push(requests.map(({ stream, chunk }) => ({ stream: stream.inner, chunk })));
    requests.forEach(({ stream, chunk }, i) => {
      stream.samples = concat([stream.samples, chunk.samples]).slice(-MEL7S_S * SAMPLE_RATE);
      this.guess(stream, results[i]);
    });
    return results;
  }

  flush(stream: GuessingStream<Inner>): Scores[] {
    const scores = this.scorer.flush(stream.inner);
    this.guess(stream, scores);
    this.reset(stream);
    return scores;
  }

  reset(stream: GuessingStream<Inner>): void {
    this.scorer.reset(stream.inner);
    stream.samples = new Float32Array(0);
    stream.guessedAt = -Infinity;
  }

  /** Puts a guess on the last cry among steps. */
  private guess(stream: GuessingStream<Inner>, steps: Scores[]): void {
    const cry = steps.findLast(({ scores }) => scores.cry >= CRY_FROM);
    if (!cry) return;
    const sinceS = Math.abs(cry.endSample - stream.guessedAt) / SAMPLE_RATE;
    if (sinceS < GUESS_EVERY_S) return;
    stream.guessedAt = cry.endSample;
    const [probabilities] = this.mel7s.probabilities([mel7sPicture(stream.samples)]);
    cry.guess = Object.fromEntries(MEL7S_REASONS.map((reason, i) => [reason, probabilities[i]]));
  }
}
