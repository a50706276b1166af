import assert from 'node:assert/strict';
import { GuessingScorer } from '../../src/model/guessing-scorer.js';
import { MEL7S_REASONS, Mel7s, mel7sPicture } from '../../src/model/mel7s.js';
import type { Scorer } from '../../src/model/scorer.js';
import { SAMPLE_RATE, type AudioChunk, type Scores } from '../../src/values.js';
import { step } from '../detect/steps.js';
import { finish } from './finish.js';
import { MEL7S_SHAPES, randomWeights } from './random-weights.js';
import { unevenNoise } from './small-model.js';

/** Hears a cry in every second whose loudest sample is above 0.5. */
class LoudScorer implements Scorer {
  seconds = 0;

  *push({ samples }: AudioChunk): Generator<void, Scores[]> {
    yield;
    const scores = step(this.seconds++, samples.some(x => x > 0.5) ? 0.9 : 0.1);
    return [{ ...scores, endSample: this.seconds * SAMPLE_RATE }];
  }

  *flush(): Generator<void, Scores[]> {
    yield;
    this.seconds = 0;
    return [];
  }

  close(): void {
    this.seconds = NaN;
  }
}

describe('GuessingScorer', () => {
  let mel7s: Mel7s;
  before(() => {
    mel7s = new Mel7s(randomWeights(MEL7S_SHAPES));
  });

  it('guesses of the last 7 s where a cry is heard, and only there', () => {
    const scorer = new GuessingScorer(new LoudScorer(), mel7s);
    const samples = unevenNoise(10).map((x, i) => (i < 9 * SAMPLE_RATE ? x / 10 : x));
    samples[9.5 * SAMPLE_RATE] = 0.9;
    const steps = Array.from({ length: 10 }, (_, second) => {
      const firstSample = second * SAMPLE_RATE;
      const chunk = { samples: samples.subarray(firstSample, firstSample + SAMPLE_RATE), firstSample, at: 0 };
      return finish(scorer.push({ ...chunk, source: 'test', lost: 0 }))[0];
    });
    assert.deepEqual(
      steps.map(({ guess }) => guess !== undefined),
      [...new Array<boolean>(9).fill(false), true],
    );
    const expected = mel7s.probabilities(mel7sPicture(samples.subarray(3 * SAMPLE_RATE)));
    const { guess } = steps[9];
    MEL7S_REASONS.forEach((reason, i) => {
      assert.ok(Math.abs(guess![reason]! - expected[i]) < 1e-6);
    });
    assert.ok(Math.max(...expected) - Math.min(...expected) > 1e-3, 'else this shows nothing');
  });

  it('guesses at most once a second of sound, and anew after a flush', () => {
    const inner = new LoudScorer();
    const scorer = new GuessingScorer(inner, mel7s);
    const loud = { samples: Float32Array.of(0.9), firstSample: 0, at: 0, source: 'test', lost: 0 };
    const guesses = (): boolean => finish(scorer.push(loud))[0].guess !== undefined;
    assert.equal(guesses(), true);
    inner.seconds -= 0.5;
    assert.equal(guesses(), false);
    finish(scorer.flush());
    assert.equal(guesses(), true);
  });
});
