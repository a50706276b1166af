import assert from 'node:assert/strict';
import { mock } from 'node:test';
import type { Detection } from '../../src/detect/detector.js';
import { SourceDetectors } from '../../src/detect/source-detectors.js';
import { DeepInfantError } from '../../src/errors.js';
import type { Classifier, ClassifierStream } from '../../src/model/classifier.js';
import type { ModelManifest } from '../../src/model/manifest.js';
import { type AudioChunk, type CryEvent, SAMPLE_RATE } from '../../src/values.js';
import { chunk, LoudnessStream } from './loudness-stream.js';
import { HOP_S, HOP_SAMPLES } from './steps.js';

const PRESETS = { careful: { odds: -5.3 }, balanced: { odds: -5.3 }, sensitive: { odds: -5.3 } };

/** A model that hears what is loud, when it is let, until it breaks. */
class TestClassifier implements Classifier {
  readonly manifest = { presets: PRESETS } as ModelManifest;
  readonly heard: AudioChunk[] = [];
  gate: Promise<void> = Promise.resolve();
  isBroken = false;
  isClosed = false;

  open(): ClassifierStream {
    const stream = new LoudnessStream();
    const score = async <T>(steps: () => Promise<T>): Promise<T> => {
      await this.gate;
      if (this.isBroken) throw new DeepInfantError('model-failed', 'It is broken.');
      return steps();
    };
    return {
      push: pushed =>
        score(() => {
          this.heard.push(pushed);
          return stream.push(pushed);
        }),
      flush: () => score(() => stream.flush()),
      close: () => stream.close(),
    };
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

describe('SourceDetectors', () => {
  let models: TestClassifier[];
  let told: CryEvent[];
  let detectors: SourceDetectors;
  beforeEach(() => {
    models = [];
    told = [];
    const load = (): Promise<Classifier> => {
      models.push(new TestClassifier());
      return Promise.resolve(models.at(-1)!);
    };
    detectors = new SourceDetectors(load, 'balanced', (_, { events }) => told.push(...events));
  });

  const quiet = (source: string, hops = 10): AudioChunk => ({ ...chunk(hops, 0.01), source });
  const loud = (source: string, hops = 10): AudioChunk => ({ ...chunk(hops, 0.9), source });
  const statesOf = ({ events }: Detection): string[] => events.map(({ state }) => state);

  it('hears each source for itself, with one model', async () => {
    const [cot, hall] = await Promise.all([
      detectors.push(loud('cot'), ''),
      detectors.push(quiet('hall'), ''),
    ]);
    assert.deepEqual([statesOf(cot), statesOf(hall)], [['started'], []]);
    assert.equal(models.length, 1);
  });

  it('tells sources of one name apart by their ids, and says that they have one name', async () => {
    const ofBoth: string[] = [];
    for (let i = 0; i < 4; i++) {
      ofBoth.push(...statesOf(await detectors.push(loud('cot', 2), 'node 1')));
      assert.equal(detectors.status.state, i === 0 ? 'listening' : 'same-name');
      ofBoth.push(...statesOf(await detectors.push(quiet('cot', 2), 'node 2')));
    }
    assert.deepEqual(ofBoth, ['started']);
    assert.deepEqual(detectors.status, { state: 'same-name', source: 'cot' });
    await detectors.complete('cot', 'node 2', () => undefined);
    assert.equal(detectors.status.state, 'crying');
  });

  it('shows the cry that lasts longest, and none when all have ended', async () => {
    assert.deepEqual(detectors.status, { state: 'listening', cry: 0 });
    await detectors.push(loud('cot', 20), '');
    await detectors.push(loud('hall', 4), '');
    assert.deepEqual(detectors.status, { state: 'crying', cryingS: 20 * HOP_S });
    await detectors.complete('cot', '', () => undefined);
    assert.deepEqual(detectors.status, { state: 'crying', cryingS: 4 * HOP_S });
    await detectors.complete('hall', '', () => undefined);
    assert.equal(detectors.status.state, 'listening');
  });

  it('counts no quiet after a cry, as its messages do not', async () => {
    await detectors.push(loud('cot', 20), '');
    await detectors.push(quiet('cot', 6), '');
    assert.deepEqual(detectors.status, { state: 'crying', cryingS: 20 * HOP_S });
  });

  it('drops the oldest of what waits too long, and says so until it has caught up', async () => {
    await detectors.open();
    let letGo = (): void => undefined;
    models[0].gate = new Promise(resolve => (letGo = resolve));
    const seconds = Array.from({ length: 50 }, (_, index) => {
      const samples = new Float32Array(SAMPLE_RATE);
      return { samples, firstSample: index * SAMPLE_RATE, at: 0, source: 'cot', lost: 0 };
    });
    const heard = seconds.map(second => detectors.push(second, ''));
    assert.deepEqual(detectors.status, { state: 'behind', droppedS: 20 });
    // Whoever waits for a push holds its chunk: no more wait than chunks do.
    await Promise.all(heard.slice(30));
    letGo();
    await Promise.all(heard);
    assert.equal(models[0].heard.length, 30);
    const { firstSample, lost } = models[0].heard[0];
    assert.deepEqual([firstSample, lost], [20 * SAMPLE_RATE, 20 * SAMPLE_RATE]);
    assert.equal(detectors.status.state, 'listening');
  });

  it('ends a complete source after what waits of it, also when it is closed meanwhile', async () => {
    const ofEnd: string[] = [];
    const heard = [detectors.push(loud('cot'), ''), detectors.push(loud('cot'), '')];
    const complete = detectors.complete('cot', '', detection => ofEnd.push(...statesOf(detection)));
    await detectors.close();
    await Promise.all([...heard, complete]);
    assert.equal(models[0].heard.length, 2);
    assert.deepEqual(ofEnd, ['ended']);
    assert.equal(models[0].isClosed, true);
  });

  it('ends the others at once, without what waits', async () => {
    await detectors.push(loud('cot'), '');
    const heard = detectors.push(loud('cot'), '');
    await detectors.close();
    assert.deepEqual(await heard, { scores: [], events: [] });
    assert.deepEqual(
      told.map(({ source, state }) => [source, state]),
      [['cot', 'ended']],
    );
  });

  it('ends cries as another preset is used', async () => {
    await detectors.push(loud('cot'), '');
    await detectors.usePreset('careful');
    assert.deepEqual(
      told.map(({ state }) => state),
      ['ended'],
    );
    assert.deepEqual(statesOf(await detectors.push(loud('cot'), '')), ['started']);
  });

  it('loads a model again that could not be loaded, but not for each chunk', async () => {
    let loads = 0;
    const failing = new SourceDetectors(
      () =>
        ++loads === 1 ? Promise.reject(new Error('no such file')) : Promise.resolve(new TestClassifier()),
      'balanced',
      () => undefined,
    );
    await assert.rejects(failing.open(), /no such file/);
    await assert.rejects(failing.push(loud('cot'), ''), /no such file/);
    assert.equal(loads, 1);
    const now = performance.now.bind(performance);
    const later = mock.method(performance, 'now', () => now() + 10_100);
    try {
      assert.deepEqual(statesOf(await failing.push(loud('cot'), '')), ['started']);
      assert.equal(loads, 2);
    } finally {
      later.mock.restore();
    }
  });

  it('ends the source that was not heard for longest where too many are heard, and says so', async () => {
    const reported: string[] = [];
    const many = new SourceDetectors(
      () => Promise.resolve(new TestClassifier()),
      'balanced',
      (source, { events }) => told.push(...events.map(event => ({ ...event, source }))),
      ({ message }) => reported.push(message),
    );
    await many.push(loud('first'), '');
    await many.push(loud('second'), '');
    await many.push(loud('first'), '');
    for (let i = 0; i < 49; i++) await many.push(quiet(`source ${i}`), '');
    await many.close();
    assert.deepEqual(
      told.map(({ source, state }) => `${source} ${state}`),
      ['second ended', 'first ended'],
    );
    assert.equal(reported.length, 1);
    assert.match(reported[0], /More than 50 sources/);
  });

  it('hears a recording from its beginning to its end, and its end as the end of a cry', async () => {
    const states: string[] = [];
    async function* chunks(): AsyncGenerator<AudioChunk> {
      yield await Promise.resolve(loud('night'));
    }
    await detectors.hear('night', chunks(), detection => {
      states.push(...statesOf(detection));
      if (states.length === 1) assert.equal(detectors.status.state, 'crying');
    });
    assert.deepEqual(states, ['started', 'ended']);
    assert.equal(detectors.status.state, 'listening');
    assert.equal(models[0].heard[0].samples.length, 10 * HOP_SAMPLES);
  });
});
