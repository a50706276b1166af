import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, truncate } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {
  BOTH_CLASSES,
  FILE_MIXTURES,
  MixtureStore,
  type StoredMixture,
} from '../../../src/lab/mixtures/mixture-store.js';
import { StoredMixtures } from '../../../src/lab/mixtures/stored-mixtures.js';
import { MN04_BABY_CRY, MN04_CLASSES } from '../../../src/lab/teacher/mn04.js';
import { TEACHER_CLASSES } from '../../../src/lab/teacher/teacher.js';
import { Random } from '../../../src/maths/random.js';
import { LABELS } from '../../../src/values.js';

const FRAMES = 64;
const STEPS = 8;
const MELS = 128;
const CRY = LABELS.indexOf('cry');

/** Recording `i` alone: the even ones are cries, which mn04 hears in the last half. */
function mixture(i: number): StoredMixture {
  const isCry = i % 2 === 0;
  const teacher = new Float32Array(STEPS * BOTH_CLASSES).fill(-8);
  for (let step = STEPS / 2; isCry && step < STEPS; step++)
    teacher[step * BOTH_CLASSES + TEACHER_CLASSES + MN04_BABY_CRY] = 4;
  return {
    recordings: [i],
    labels: Float32Array.from(LABELS, (_, label) => (label === CRY ? Number(isCry) : NaN)),
    silent: Float32Array.from({ length: STEPS }, (_, step) => Number(step === 7)),
    crying: new Float32Array(STEPS).fill(isCry ? 0.2 : 0),
    mel: Float32Array.from({ length: FRAMES * MELS }, (_, at) => -60 + (at % 80)),
    teacher,
  };
}

const MIXTURES = Array.from({ length: FILE_MIXTURES }, (_, i) => mixture(i));
/** Cries are where mn04 hears them. */
const JOINT = [true, false].map(isCry => {
  const features = new Float64Array(MN04_CLASSES + 1).fill(-8);
  if (isCry) features[MN04_BABY_CRY] = 4;
  return { features, isCry };
});

describe('MixtureStore', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'deepinfant-mixtures-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('gives back what it keeps, and goes on where it stopped', async () => {
    const first = await MixtureStore.open(folder, FRAMES, '{"seed":1}');
    await first.append(MIXTURES);
    const store = await MixtureStore.open(folder, FRAMES, '{"seed":1}');
    assert.equal(store.count, FILE_MIXTURES);
    for (const number of [0, 1, FILE_MIXTURES - 1]) {
      const { teacher, crying, ...rest } = store.mixture(number);
      const { teacher: wantedTeacher, crying: wantedCrying, ...wanted } = mixture(number);
      assert.deepEqual(rest, wanted);
      assert.ok(teacher.every((logit, i) => Math.abs(logit - wantedTeacher[i]) < 1e-5));
      assert.ok(crying.every((probability, i) => Math.abs(probability - wantedCrying[i]) < 0.002));
      assert.deepEqual(store.recordingsOf(number), [number]);
    }
    await store.append(MIXTURES);
    assert.deepEqual((await readdir(folder)).sort(), ['mixtures-0.bin', 'mixtures-1.bin', 'run.json']);
    first.refresh();
    assert.equal(first.count, 2 * FILE_MIXTURES);
  });

  it('refuses mixtures of something else, and says which file is cut off or missing', async () => {
    const store = await MixtureStore.open(folder, FRAMES, '{"seed":1}');
    await store.append(MIXTURES);
    await store.append(MIXTURES);
    await assert.rejects(MixtureStore.open(folder, FRAMES, '{"seed":2}'), { code: 'run-differs' });
    await truncate(path.join(folder, 'mixtures-1.bin'), 1000);
    assert.throws(
      () => MixtureStore.read(folder, FRAMES),
      /mixtures-1\.bin .* 1000 bytes, not \d+.*deepinfant mix/,
    );
    await rm(path.join(folder, 'mixtures-0.bin'));
    assert.throws(() => MixtureStore.read(folder, FRAMES), /mixtures-0\.bin .*missing/);
  });

  it('yields examples without a recording that is held out, with cries where both teachers hear them', async () => {
    const store = await MixtureStore.open(folder, FRAMES, '{}');
    await store.append(MIXTURES);
    const heldOut = new Set(Array.from({ length: FILE_MIXTURES - 2 }, (_, i) => i + 2));
    const examples = StoredMixtures.open({ folder, heldOut, joint: JOINT }, FRAMES);
    assert.deepEqual(examples.counts, { usable: 2, all: FILE_MIXTURES });
    const random = new Random(1);
    for (let i = 0; i < 20; i++) {
      const { labels, crying, heard, mel } = examples.example(random);
      assert.equal(mel.length, FRAMES * MELS);
      assert.deepEqual([...heard], [0, 0, 1, 1, 1, 1, 1, 1]);
      if (labels[CRY] === 1) {
        // Before mn04 hears it, it is as likely as teachers said of the recording alone.
        assert.ok(
          crying.subarray(2, 4).every(probability => Math.abs(probability - 0.2) < 0.01),
          [...crying].join(),
        );
        assert.ok(
          crying.subarray(4).every(probability => probability > 0.5),
          [...crying].join(),
        );
      } else assert.ok(crying.every(probability => probability === 0));
    }
    assert.deepEqual(examples.example(new Random(5)), examples.example(new Random(5)));
    const all = new Set(MIXTURES.keys());
    assert.throws(() => StoredMixtures.open({ folder, heldOut: all, joint: JOINT }, FRAMES), {
      code: 'mixtures',
    });
  });
});
