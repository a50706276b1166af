import assert from 'node:assert/strict';
import { scoreSamples } from '../../src/detect/clip-score.js';
import { openDetector } from '../../src/detect/detector.js';
import { SourceDetectors } from '../../src/detect/source-detectors.js';
import type { Classifier } from '../../src/model/classifier.js';
import { loadClassifier } from '../../src/model/load.js';
import { PRESETS } from '../../src/model/manifest.js';
import { synthesiseCry } from '../../src/synth/cry.js';
import { nurseryScene } from '../../src/synth/scene.js';
import { SAMPLE_RATE, type AudioChunk, type CryEvent } from '../../src/values.js';

const EPOCH = Date.UTC(2026, 0, 10, 2);
const CHUNK = 1600;
/** The last step may be filled up with quiet. */
const STEP_S = 0.256;
const CRY = synthesiseCry({ seed: 1, durationS: 6 });

function* chunksOf(samples: Float32Array): Generator<AudioChunk> {
  for (let firstSample = 0; firstSample < samples.length; firstSample += CHUNK) {
    const at = EPOCH + (1000 * firstSample) / SAMPLE_RATE;
    yield {
      samples: samples.subarray(firstSample, firstSample + CHUNK),
      firstSample,
      at,
      source: 'cot',
      lost: 0,
    };
  }
}

async function* streamOf(samples: Float32Array): AsyncGenerator<AudioChunk> {
  for (const chunk of chunksOf(samples)) yield await Promise.resolve(chunk);
}

describe('a short recording', () => {
  let classifier: Classifier;

  before(async () => {
    classifier = await loadClassifier();
  });
  after(() => classifier.close());

  async function eventsOf(
    samples: Float32Array,
    preset: (typeof PRESETS)[number] = 'balanced',
  ): Promise<CryEvent[]> {
    const events: CryEvent[] = [];
    await openDetector(classifier, 'cot', preset).hear(streamOf(samples), detection => {
      events.push(...detection.events);
    });
    return events;
  }

  for (const seconds of [0.6, 1, 1.5, 2.5, 4]) {
    it(`of ${seconds} s of crying is a cry that starts and ends, where its score says so`, async () => {
      const samples = CRY.subarray(0, seconds * SAMPLE_RATE);
      const score = await scoreSamples(classifier, samples);
      assert.ok(score >= classifier.manifest.presets.balanced.clip);
      for (const preset of PRESETS) {
        const events = await eventsOf(samples, preset);
        if (score < classifier.manifest.presets[preset].clip) {
          assert.deepEqual(events, [], preset);
          continue;
        }
        const states = events.map(({ state }) => state);
        assert.deepEqual([states[0], states.at(-1)], ['started', 'ended'], preset);
        const { id, onset, onsetS, durationS, voice, embedding } = events.at(-1)!;
        assert.ok(events.every(event => event.id === id));
        assert.ok(onsetS >= 0 && durationS > 0 && onsetS + durationS <= seconds + STEP_S, preset);
        assert.ok(Math.abs(onset - (EPOCH + 1000 * onsetS)) <= 1);
        assert.ok(Number.isFinite(voice.roughness) && embedding.every(Number.isFinite));
      }
    });
  }

  it('of a quiet room is none', async () => {
    assert.deepEqual(await eventsOf(nurseryScene(1).samples.subarray(0, SAMPLE_RATE)), []);
    assert.deepEqual(await eventsOf(nurseryScene(1).samples.subarray(0, 8 * SAMPLE_RATE)), []);
    assert.deepEqual(await eventsOf(new Float32Array(0)), []);
  });

  it('is judged in a flow as it is on the command line, but not when a preset cuts it short', async () => {
    const samples = CRY.subarray(0, SAMPLE_RATE);
    const cutShort: CryEvent[] = [];
    const load = (): Promise<Classifier> => Promise.resolve(classifier);
    const detectors = new SourceDetectors(load, 'balanced', (_, { events }) => cutShort.push(...events));
    const pushAll = async (): Promise<void> => {
      for (const chunk of chunksOf(samples)) await detectors.push(chunk, '');
    };
    const [completed, heard]: CryEvent[][] = [[], []];
    await pushAll();
    await detectors.complete('cot', '', ({ events }) => completed.push(...events));
    await detectors.hear('cot', streamOf(samples), ({ events }) => heard.push(...events));
    const expected = await eventsOf(samples);
    assert.ok(expected.length > 0);
    assert.deepEqual(completed, expected);
    assert.deepEqual(heard, expected);
    await pushAll();
    await detectors.usePreset('careful');
    assert.deepEqual(cutShort, []);
  });
});
