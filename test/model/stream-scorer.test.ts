import assert from 'node:assert/strict';
import { HighPass } from '../../src/features/high-pass.js';
import { measureVoice } from '../../src/features/voice.js';
import { StreamScorer } from '../../src/model/stream-scorer.js';
import { loadCryNetwork, type CryNetwork } from '../../src/model/cry-network.js';
import { draftManifest } from '../../src/lab/detector/ship.js';
import { LABELS, type AudioChunk, type Scores } from '../../src/values.js';
import { finish } from './finish.js';
import { smallWeights, unevenNoise } from './small-model.js';

/** Steps without their epoch time, which follows the clock of the chunks. */
function timeless(steps: readonly Scores[]): Scores[] {
  return steps.map(step => ({ ...step, at: 0 }));
}

describe('StreamScorer', () => {
  const weights = smallWeights();
  const manifest = draftManifest('small', weights);
  let network: CryNetwork;
  before(() => {
    network = loadCryNetwork(weights);
  });
  const open = (): StreamScorer => new StreamScorer(network, manifest);

  const chunk = (samples: Float32Array, firstSample = 0): AudioChunk => ({
    samples,
    firstSample,
    at: 1_000_000 + firstSample / 16,
    source: 'test',
    lost: 0,
  });

  function inPieces(samples: Float32Array, piece: number, firstSample = 0, stream = open()): Scores[] {
    const scores: Scores[] = [];
    for (let at = 0; at < samples.length; at += piece)
      scores.push(...finish(stream.push(chunk(samples.subarray(at, at + piece), firstSample + at))));
    scores.push(...finish(stream.flush()));
    stream.close();
    return scores;
  }

  it('streams in pieces of any size what it hears in the whole at once, bit for bit', () => {
    const samples = unevenNoise(9.3);
    const whole = inPieces(samples, samples.length);
    assert.ok(
      Math.abs(whole[8].scores.cry - whole[12].scores.cry) > 1e-3,
      'steps differ, else this shows nothing',
    );
    for (const piece of [160, 1000, 4096, 16000, 50_000])
      assert.deepEqual(timeless(inPieces(samples, piece)), timeless(whole));
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
    const reading = { reading: 'fixed', hopFrames: HOP_FRAMES, windowFrames: WINDOW_FRAMES } as const;
    const openFixed = (): StreamScorer => new StreamScorer(network, { ...manifest, ...reading });

    it('gives a step every 0.48 s, the first after 0.96 s', () => {
      const steps = inPieces(unevenNoise(4), 16000, 0, openFixed());
      assert.deepEqual(
        steps.slice(0, 3).map(({ startSample, endSample }) => [startSample, endSample]),
        [0, 1, 2].map(i => [i * HOP_FRAMES * 512, i * HOP_FRAMES * 512 + (WINDOW_FRAMES - 1) * 512 + 2048]),
      );
    });

    it('hears the same in pieces of any size, and in several streams at once', () => {
      const samples = unevenNoise(7);
      const whole = inPieces(samples, samples.length, 0, openFixed());
      assert.ok(Math.abs(whole[3].scores.cry - whole[5].scores.cry) > 1e-3);
      for (const piece of [1000, 16000])
        assert.deepEqual(timeless(inPieces(samples, piece, 0, openFixed())), timeless(whole));
      const streams = [openFixed(), openFixed()];
      const both = streams.map(stream => finish(stream.push(chunk(samples))));
      for (const [i, stream] of streams.entries())
        assert.deepEqual(timeless([...both[i], ...finish(stream.flush())]), timeless(whole));
    });

    it('knows nothing of what was before a window', () => {
      const window = unevenNoise(0.96, 5);
      const before = unevenNoise(0.48 * 4, 9);
      const alone = inPieces(window, window.length, 0, openFixed())[0];
      const after = inPieces(Float32Array.from([...before, ...window]), 16000, 0, openFixed())[4];
      // But for the high-pass, which forgets in milliseconds.
      for (const label of LABELS)
        assert.ok(Math.abs(after.scores[label] - alone.scores[label]) < 1e-4, label);
    });
  });

  it('scores several streams in turn as it scores each alone', () => {
    const all = [1, 2, 3, 4, 5].map(seed => unevenNoise(2 + 0.3 * seed, seed));
    const streams = all.map(() => ({ scorer: open(), scores: [] as Scores[] }));
    for (let at = 0; at < 4 * 16000; at += 3000)
      streams.forEach(({ scorer, scores }, i) => {
        const samples = all[i].subarray(at, at + 3000);
        if (samples.length > 0) scores.push(...finish(scorer.push(chunk(samples, at))));
      });
    all.forEach((samples, i) => {
      const scores = [...streams[i].scores, ...finish(streams[i].scorer.flush())];
      assert.deepEqual(timeless(scores), timeless(inPieces(samples, samples.length)));
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
    const stream = open();
    const scores = finish(stream.push(chunk(samples.subarray(0, 20_000))));
    scores.push(...finish(stream.push(chunk(samples.subarray(30_000), 30_000))));
    scores.push(...finish(stream.flush()));
    assert.deepEqual(timeless(scores), timeless(inPieces(holed, holed.length)));
  });

  it('begins anew after a gap of hours, at the right time and at once', () => {
    const hours = 5 * 3600 * 16_000;
    const stream = open();
    finish(stream.push(chunk(unevenNoise(2))));
    const start = performance.now();
    const scores = finish(stream.push(chunk(unevenNoise(3, 2), hours)));
    assert.ok(performance.now() - start < 5000);
    assert.ok(scores.length < 20);
    assert.deepEqual(
      [...scores.slice(1), ...finish(stream.flush())],
      inPieces(unevenNoise(3, 2), 48_000, hours),
    );
  });

  it('begins anew when a source counts from its start again', () => {
    const samples = unevenNoise(2);
    const stream = open();
    finish(stream.push(chunk(unevenNoise(3, 7), 90_000)));
    const scores = finish(stream.push(chunk(samples)));
    scores.push(...finish(stream.flush()));
    assert.deepEqual(scores, inPieces(samples, samples.length));
  });

  it('measures the level of what is new in a step', () => {
    const tone = Float32Array.from(
      { length: 16000 },
      (_, n) => 0.1 * Math.SQRT2 * Math.sin((2 * Math.PI * 1000 * n) / 16000),
    );
    const steps = inPieces(tone, 16000);
    assert.ok(Math.abs(steps[1].levelDb - -20) < 0.01);
    // An offset that never changes is no sound.
    assert.equal(inPieces(new Float32Array(16000).fill(0.1), 16000)[1].levelDb, -120);
    assert.equal(inPieces(new Float32Array(16000), 16000)[1].levelDb, -120);
  });

  it('measures the voice in what is new in a step', () => {
    const samples = Float32Array.from(
      { length: 48_000 },
      (_, n) => 0.1 * Math.sin((2 * Math.PI * 450 * n) / 16000),
    );
    samples.set(unevenNoise(1), 16000);
    const steps = inPieces(samples, 1000);
    new HighPass().filter(samples);
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

  it('uses the memory of closed streams again, without what they heard', () => {
    const loud = unevenNoise(2);
    const fresh = inPieces(loud, loud.length);
    const { length } = network.floats;
    for (let i = 0; i < 200; i++) {
      const stream = open();
      finish(stream.push(chunk(unevenNoise(1, i))));
      stream.close();
    }
    assert.equal(network.floats.length, length);
    assert.deepEqual(inPieces(loud, loud.length), fresh);
  });

  it('rests after each step, heard or lost', () => {
    const stream = open();
    const pieces = (work: Generator<void, Scores[]>): number => {
      let count = 1;
      while (!work.next().done) count++;
      return count;
    };
    assert.ok(pieces(stream.push(chunk(unevenNoise(30)))) > 110);
    assert.ok(pieces(stream.push(chunk(unevenNoise(1), 60 * 16000))) > 110);
  });
});
