import assert from 'node:assert/strict';
import { GuessingScorer } from '../../src/model/guessing-scorer.js';
import { heNormal } from '../../src/lab/training/layers.js';
import {
  MEL7S_CONVOLUTIONS,
  MEL7S_NAMES,
  MEL7S_REASONS,
  Mel7s,
  mel7sPicture,
} from '../../src/model/mel7s.js';
import type { Scorer } from '../../src/model/scorer.js';
import { loadTf, type Tf } from '../../src/model/tf.js';
import type { NamedWeights } from '../../src/model/weights.js';
import { Random } from '../../src/maths/random.js';
import { SAMPLE_RATE, type AudioChunk, type Scores } from '../../src/values.js';
import { step } from '../detect/steps.js';
import { unevenNoise } from './small-model.js';

/** Random weights of mel7s, as its manifest would name them. */
function randomWeights(tf: Tf): NamedWeights[] {
  const random = new Random(1);
  return MEL7S_NAMES.flatMap(name => {
    const shape = [...MEL7S_CONVOLUTIONS[name].kernel];
    const kernel = heNormal(tf, random, shape as [number, number, number, number]).dataSync<'float32'>();
    return [
      { name: `${name}/kernel`, shape, values: kernel },
      { name: `${name}/bias`, shape: [shape[3]], values: new Float32Array(shape[3]) },
    ];
  });
}

/** Hears a cry in every second whose loudest sample is above 0.5. */
class LoudScorer implements Scorer<{ seconds: number }> {
  open(): { seconds: number } {
    return { seconds: 0 };
  }

  push(requests: readonly { stream: { seconds: number }; chunk: AudioChunk }[]): Scores[][] {
    return requests.map(({ stream, chunk }) => {
      const scores = step(stream.seconds++, chunk.samples.some(x => x > 0.5) ? 0.9 : 0.1);
      return [{ ...scores, endSample: stream.seconds * SAMPLE_RATE }];
    });
  }

  flush(): Scores[] {
    return [];
  }

  reset(stream: { seconds: number }): void {
    stream.seconds = 0;
  }
}

describe('GuessingScorer', () => {
  let tf: Tf;
  let mel7s: Mel7s;
  before(async () => {
    ({ tf } = await loadTf('wasm'));
    mel7s = new Mel7s(tf, randomWeights(tf));
  });

  it('guesses of the last 7 s where a cry is heard, and only there', () => {
    const scorer = new GuessingScorer(new LoudScorer(), mel7s);
    const stream = scorer.open();
    const samples = unevenNoise(10).map((x, i) => (i < 9 * SAMPLE_RATE ? x / 10 : x));
    samples[9.5 * SAMPLE_RATE] = 0.9;
    const steps = Array.from({ length: 10 }, (_, second) => {
      const firstSample = second * SAMPLE_RATE;
      const chunk = { samples: samples.subarray(firstSample, firstSample + SAMPLE_RATE), firstSample, at: 0 };
      return scorer.push([{ stream, chunk: { ...chunk, source: 'test', lost: 0 } }])[0][0];
    });
    assert.deepEqual(
      steps.map(({ guess }) => guess !== undefined),
      [...new Array<boolean>(9).fill(false), true],
    );
    const [expected] = mel7s.probabilities([mel7sPicture(samples.subarray(3 * SAMPLE_RATE))]);
    const { guess } = steps[9];
    MEL7S_REASONS.forEach((reason, i) => {
      assert.ok(Math.abs(guess![reason]! - expected[i]) < 1e-6);
    });
    assert.ok(Math.max(...expected) - Math.min(...expected) > 1e-3, 'else this shows nothing');
  });

  it('guesses at most once a second of sound, and anew after a reset', () => {
    const scorer = new GuessingScorer(new LoudScorer(), mel7s);
    const stream = scorer.open();
    const loud = { samples: Float32Array.of(0.9), firstSample: 0, at: 0, source: 'test', lost: 0 };
    assert.ok(scorer.push([{ stream, chunk: loud }])[0][0].guess);
    stream.guessedAt += 1;
    assert.equal(scorer.push([{ stream, chunk: loud }])[0][0].guess, undefined);
    scorer.reset(stream);
    assert.ok(scorer.push([{ stream, chunk: loud }])[0][0].guess);
  });
});
