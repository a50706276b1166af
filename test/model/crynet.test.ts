import assert from 'node:assert/strict';
import { synthesiseCry } from '../../src/synth/cry.js';
import { addAt, type SynthOptions } from '../../src/synth/level.js';
import { alarm, babble, fanNoise, lullaby, meows, roomNoise } from '../../src/synth/nursery.js';
import { nurseryScene } from '../../src/synth/scene.js';
import { openDetector } from '../../src/detect/detector.js';
import type { Classifier } from '../../src/model/classifier.js';
import { loadClassifier } from '../../src/model/load.js';
import type { Preset } from '../../src/model/manifest.js';
import { SAMPLE_RATE, type CryEvent } from '../../src/values.js';

/** CryNet learned from recordings alone: what is synthesised here it never heard. */
describe('CryNet', function () {
  this.timeout(120_000);
  let classifier: Classifier;
  before(async () => {
    classifier = await loadClassifier();
  });
  after(() => classifier.close());

  async function eventsIn(samples: Float32Array, preset: Preset = 'balanced'): Promise<CryEvent[]> {
    const detector = openDetector(classifier, 'test', preset);
    const { events } = await detector.push({ samples, firstSample: 0, at: 0, source: 'test', lost: 0 });
    await detector.flush(last => events.push(...last.events));
    return events;
  }

  async function seedsHeard(
    sound: (options: SynthOptions) => Float32Array,
    preset?: Preset,
  ): Promise<number[]> {
    const heard: number[] = [];
    for (let seed = 0; seed < 12; seed++) {
      if ((await eventsIn(sound({ seed, durationS: 12 }), preset)).length > 0) heard.push(seed);
    }
    return heard;
  }

  for (const intensity of ['fuss', 'cry', 'scream'] as const) {
    it(`hears the synthesiser's cries (${intensity})`, async () => {
      const heard = await seedsHeard(options => synthesiseCry({ ...options, intensity }));
      assert.equal(heard.length, 12, `heard only seeds ${heard.join()}`);
    });
  }

  for (const rival of [roomNoise, fanNoise, babble, alarm, lullaby]) {
    it(`does not take the synthesiser's rivals for a cry (${rival.name})`, async () => {
      assert.deepEqual(await seedsHeard(rival), []);
    });
  }

  it("does not take the synthesiser's cat, which meows without a rest, for a cry when it is careful", async () => {
    assert.deepEqual(await seedsHeard(meows, 'careful'), []);
  });

  it('reports a quiet cry as soon through a microphone with an offset of 3 % as without one', async () => {
    const quiet = roomNoise({ seed: 3, durationS: 12 });
    const cry = synthesiseCry({ seed: 4, durationS: 8, intensity: 'fuss' });
    addAt(
      quiet,
      cry.map(sample => 0.1 * sample),
      4 * SAMPLE_RATE,
    );
    const reportedAt = async (samples: Float32Array): Promise<number> => {
      const { onsetS, durationS } = (await eventsIn(samples)).find(({ state }) => state === 'started')!;
      return onsetS + durationS;
    };
    const without = await reportedAt(quiet);
    const withOffset = await reportedAt(quiet.map(sample => sample + 0.03));
    assert.ok(Math.abs(withOffset - without) < 0.01, `${withOffset} s, not ${without} s`);
  });

  it('finds the one cry of each nursery scene, when it begins and when it ends', async () => {
    for (let seed = 1; seed <= 5; seed++) {
      const { samples, cries } = nurseryScene(seed);
      const events = await eventsIn(samples);
      const [started, ended] = ['started', 'ended'].map(state =>
        events.filter(event => event.state === state),
      );
      assert.equal(started.length, 1, `scene ${seed}`);
      assert.ok(Math.abs(started[0].onsetS - cries[0].startS) < 0.5, `onset in scene ${seed}`);
      assert.ok(Math.abs(ended[0].offsetS! - cries[0].endS) < 1, `offset in scene ${seed}`);
    }
  });
});
