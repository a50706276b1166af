import assert from 'node:assert/strict';
import { measureVoice } from '../../src/features/voice.js';
import { StreamScorer } from '../../src/model/stream-scorer.js';
import { StreamingNet } from '../../src/model/streaming-net.js';
import { loadTf, type Tf } from '../../src/model/tf.js';
import { draftManifest } from '../../src/lab/detector/ship.js';
import { LABELS, type AudioChunk, type Scores } from '../../src/values.js';
import { smallWeights, unevenNoise } from './small-model.js';

describe('StreamScorer', () => {
  let tf: Tf;
  let scorer: StreamScorer;

  before(async () => {
    ({ tf } = await loadTf('wasm'));
    const weights = await smallWeights();
    scorer = new StreamScorer(new StreamingNet(tf, weights), draftManifest('small', weights));
  });

  const chunk = (samples: Float32Array, firstSample = 0): AudioChunk => ({
    samples,
    firstSample,
    at: 1_000_000 + firstSample / 16,
    source: 'test',
    lost: 0,
  });

  function inPieces(samples: Float32Array, piece: number, firstSample = 0, by = scorer): Scores[] {
    const stream = by.open();
    const scores: Scores[] = [];
    for (let at = 0; at < samples.length; at += piece) {
      scores.push(
        ...by.push([{ stream, chunk: chunk(samples.subarray(at, at + piece), firstSample + at) }])[0],
      );
    }
    scores.push(...by.flush(stream));
    return scores;
  }

  function assertSame(actual: Scores[], expected: Scores[], tolerance: number): void {
    assert.equal(actual.length, expected.length);
    actual.forEach((step, i) => {
      for (const label of LABELS) {
        assert.ok(
          Math.abs(step.scores[label] - expected[i].scores[label]) <= tolerance,
          `step ${i}, ${label}`,
        );
      }
      step.embedding.forEach((value, j) => {
        assert.ok(Math.abs(value - expected[i].embedding[j]) <= tolerance * 10, `step ${i}, embedding ${j}`);
      });
      assert.equal(step.endSample, expected[i].endSample);
      assert.equal(step.levelDb, expected[i].levelDb);
      assert.deepEqual(step.voice, expected[i].voice);
    });
  }

  it('streams in pieces of any size what it hears in the whole at once, to 1e-4', () => {
    const samples = unevenNoise(9.3);
    const whole = inPieces(samples, samples.length);
    assert.ok(
      Math.abs(whole[8].scores.cry - whole[12].scores.cry) > 1e-3,
      'steps differ, else this shows nothing',
    );
    for (const piece of [160, 1000, 4096, 16000, 50_000]) assertSame(inPieces(samples, piece), whole, 1e-4);
  });

  it('remembers 9 s', () => {
    const samples = unevenNoise(12, 3);
    const last = (heard: Float32Array): number => inPieces(heard, heard.length).at(-1)!.scores.cry;
    const isHeard = [2.5, 7, 10].map(secondsAgo => {
      const changed = samples.slice();
      const at = samples.length - secondsAgo * 16000;
      changed.fill(0, at, at + 8000);
      return Math.abs(last(changed) - last(samples)) > 1e-6;
    });
    assert.deepEqual(isHeard, [true, true, false]);
  });

  describe('in fixed windows', () => {
    const HOP_FRAMES = 15;
    const WINDOW_FRAMES = 27;
    let fixed: StreamScorer;
    before(async () => {
      const weights = await smallWeights();
      const manifest = draftManifest('small', weights);
      const reading = { reading: 'fixed', hopFrames: HOP_FRAMES, windowFrames: WINDOW_FRAMES } as const;
      fixed = new StreamScorer(new StreamingNet(tf, weights), { ...manifest, ...reading });
    });

    it('gives a step every 0.48 s, the first after 0.96 s', () => {
      const steps = inPieces(unevenNoise(4), 16000, 0, fixed);
      assert.deepEqual(
        steps.slice(0, 3).map(({ startSample, endSample }) => [startSample, endSample]),
        [0, 1, 2].map(i => [i * HOP_FRAMES * 512, i * HOP_FRAMES * 512 + (WINDOW_FRAMES - 1) * 512 + 2048]),
      );
    });

    it('hears the same in pieces of any size, and in several streams at once', () => {
      const samples = unevenNoise(7);
      const whole = inPieces(samples, samples.length, 0, fixed);
      assert.ok(Math.abs(whole[3].scores.cry - whole[5].scores.cry) > 1e-3);
      for (const piece of [1000, 16000]) assertSame(inPieces(samples, piece, 0, fixed), whole, 1e-4);
      const streams = [fixed.open(), fixed.open()];
      const both = fixed.push(streams.map(stream => ({ stream, chunk: chunk(samples) })));
      for (const [i, stream] of streams.entries())
        assertSame([...both[i], ...fixed.flush(stream)], whole, 1e-4);
    });

    it('knows nothing of what was before a window', () => {
      const window = unevenNoise(0.96, 5);
      const before = unevenNoise(0.48 * 4, 9);
      const alone = inPieces(window, window.length, 0, fixed)[0];
      const after = inPieces(Float32Array.from([...before, ...window]), 16000, 0, fixed)[4];
      assert.ok(Math.abs(alone.scores.cry - after.scores.cry) < 1e-4);
    });
  });

  it('scores many streams in one batch as it scores each alone', () => {
    const all = [1, 2, 3, 4, 5].map(seed => unevenNoise(2 + 0.3 * seed, seed));
    const streams = all.map(() => scorer.open());
    const together = scorer.push(all.map((samples, i) => ({ stream: streams[i], chunk: chunk(samples) })));
    all.forEach((samples, i) => {
      assertSame([...together[i], ...scorer.flush(streams[i])], inPieces(samples, samples.length), 1e-4);
    });
  });

  it('counts time from samples: a step each 4096, the first after 5632, the clock of the chunks', () => {
    const steps = inPieces(unevenNoise(3), 16000, 32000);
    assert.deepEqual(
      steps.slice(0, 3).map(step => step.endSample - 32000),
      [5632, 9728, 13824],
    );
    assert.equal(steps[0].startSample, 32000, 'a window does not begin before the stream');
    const last = steps[steps.length - 1];
    assert.ok(last.endSample >= 32000 + 48000 && last.endSample < 32000 + 48000 + 4096, 'flush hears all');
    assert.equal(last.at, 1_000_000 + last.startSample / 16);
  });

  it('hears lost audio as silence', () => {
    const samples = unevenNoise(4);
    const holed = samples.slice();
    holed.fill(0, 20_000, 30_000);
    const stream = scorer.open();
    const scores = scorer.push([{ stream, chunk: chunk(samples.subarray(0, 20_000)) }])[0];
    scores.push(...scorer.push([{ stream, chunk: chunk(samples.subarray(30_000), 30_000) }])[0]);
    scores.push(...scorer.flush(stream));
    assertSame(scores, inPieces(holed, holed.length), 1e-4);
  });

  it('begins anew after a gap of hours, at the right time and at once', () => {
    const hours = 5 * 3600 * 16_000;
    const stream = scorer.open();
    scorer.push([{ stream, chunk: chunk(unevenNoise(2)) }]);
    const start = performance.now();
    const [scores] = scorer.push([{ stream, chunk: chunk(unevenNoise(3, 2), hours) }]);
    assert.ok(performance.now() - start < 5000);
    assert.ok(scores.length < 20);
    assertSame(
      [...scores.slice(1), ...scorer.flush(stream)],
      inPieces(unevenNoise(3, 2), 48_000, hours),
      1e-4,
    );
  });

  it('begins anew when a source counts from its start again', () => {
    const samples = unevenNoise(2);
    const stream = scorer.open();
    scorer.push([{ stream, chunk: chunk(unevenNoise(3, 7), 90_000) }]);
    const scores = scorer.push([{ stream, chunk: chunk(samples) }])[0];
    scores.push(...scorer.flush(stream));
    assertSame(scores, inPieces(samples, samples.length), 1e-4);
  });

  it('measures the level of what is new in a step', () => {
    const steps = inPieces(new Float32Array(16000).fill(0.1), 16000);
    assert.ok(Math.abs(steps[1].levelDb - -20) < 0.01);
    assert.equal(inPieces(new Float32Array(16000), 16000)[1].levelDb, -120);
  });

  it('measures the voice in what is new in a step', () => {
    const samples = Float32Array.from(
      { length: 48_000 },
      (_, n) => 0.1 * Math.sin((2 * Math.PI * 450 * n) / 16000),
    );
    samples.set(unevenNoise(1), 16000);
    const steps = inPieces(samples, 1000);
    steps.slice(0, -1).forEach(({ voice, endSample }, i) => {
      const heardBefore = i === 0 ? 0 : steps[i - 1].endSample;
      assert.deepEqual(voice, measureVoice(samples.subarray(heardBefore, endSample)));
    });
    assert.ok(Math.abs(steps[1].voice.f0Hz! - 450) < 2);
  });

  it('hears NaN and infinities as nothing and never scores outside 0 to 1', () => {
    for (const fill of [NaN, Infinity, -Infinity, 1e30, 0]) {
      for (const { scores, levelDb } of inPieces(new Float32Array(20_000).fill(fill), 7000)) {
        assert.ok(levelDb >= -120, `level of ${fill}`);
        for (const label of LABELS)
          assert.ok(scores[label] >= 0 && scores[label] <= 1, `${label} of ${fill}`);
      }
    }
  });

  it('gives a step for a single sample, and none for nothing', () => {
    assert.equal(inPieces(new Float32Array(1), 1).length, 1);
    assert.deepEqual(inPieces(new Float32Array(0), 1), []);
  });

  it('keeps no tensors of streams that are flushed', () => {
    inPieces(unevenNoise(2), 5000);
    const before = tf.memory().numTensors;
    for (let i = 0; i < 5; i++) inPieces(unevenNoise(2), 5000);
    assert.equal(tf.memory().numTensors, before);
  });
});
