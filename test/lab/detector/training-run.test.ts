import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Recording } from '../../../src/lab/corpus/manifest.js';
import type { Clip } from '../../../src/lab/mixtures/clip.js';
import type { TrainingConfig } from '../../../src/lab/detector/config.js';
import { draftManifest } from '../../../src/lab/detector/ship.js';
import { calibrateFolds, modelFolder, trainFold, type Run } from '../../../src/lab/detector/training-run.js';
import { checkManifest } from '../../../src/model/check-manifest.js';
import { readModel } from '../../../src/model/load.js';
import { READINGS } from '../../../src/model/manifest.js';
import { synthesiseCry } from '../../../src/synth/cry.js';
import { fanNoise } from '../../../src/synth/nursery.js';
import { smallWeights } from '../../model/small-model.js';

const CONFIG: TrainingConfig = {
  name: 'toy',
  seed: 1,
  folds: 2,
  steps: 4,
  batch: 2,
  cropFrames: 64,
  learningRate: 0.01,
  weightDecay: 0.01,
  dropout: 0.1,
  rivalWeights: {},
  widths: {
    conv1: 4,
    conv2: 4,
    conv3: 4,
    conv4: 4,
    residual1: 4,
    residual2: 4,
    conv5: 4,
    embedding: 8,
    context1: 4,
    context2: 4,
  },
  nightHours: 0.02,
  checkpointSteps: 10,
  notice: '',
};

describe('a training run', function () {
  this.timeout(120_000);
  let out: string;
  before(async () => {
    out = await mkdtemp(path.join(os.tmpdir(), 'deepinfant-run-'));
  });
  after(() => rm(out, { recursive: true }));

  /** A run on recordings of which no file is left. */
  function runInMemory(): Run {
    const recordings: Recording[] = [];
    const clips = new Map<Recording, Clip>();
    for (let i = 0; i < 4; i++) {
      for (const [label, sound] of [
        ['cry', synthesiseCry({ seed: i, durationS: 3 })],
        ['household', fanNoise({ seed: i, durationS: 3 })],
      ] as const) {
        const name = `${label}${i}.wav`;
        const recording: Recording = {
          file: path.join(out, 'gone', name),
          path: name,
          label,
          sublabel: '',
          reason: '',
          source: '',
          group: name,
          licence: '',
          attribution: '',
        };
        const samples = new Int16Array(new SharedArrayBuffer(2 * sound.length));
        samples.set(Int16Array.from(sound, x => Math.round(32767 * x)));
        recordings.push(recording);
        clips.set(recording, { label, weight: 1, samples });
      }
    }
    return {
      config: CONFIG,
      corpus: {
        recordings,
        more: [],
        teacher: undefined,
        doubtful: new Set(),
        left: {},
        remarks: [],
        split: { count: 2, folds: recordings.map((_, i) => (i < 4 ? 0 : 1)) },
        sha256: '',
      },
      clips,
      out,
      mixtures: undefined,
      from: undefined,
      onProgress: () => undefined,
    };
  }

  it('measures recordings in memory without reading them again, and writes each manifest once, with its thresholds', async () => {
    const run = runInMemory();
    const records = new Map([
      [0, await trainFold(run, 0)],
      [1, await trainFold(run, 1)],
    ]);
    for (const { flexible, fixed } of records.values()) {
      assert.equal(flexible.scores.length, 4);
      assert.ok([...flexible.scores, ...fixed.scores].every(({ score }) => score >= 0 && score <= 1));
    }
    const manifests = (await readdir(out, { recursive: true })).filter(name =>
      name.endsWith('manifest.json'),
    );
    assert.deepEqual(manifests, [], 'nothing is a model before its thresholds are chosen');
    await calibrateFolds(run, records);
    for (const reading of READINGS) {
      const { manifest } = await readModel(modelFolder(run, 'fold0', reading));
      assert.ok(Object.values(manifest.presets).every(({ odds }) => Number.isFinite(odds)));
      assert.notDeepEqual(manifest.calibration, { a: 1, b: 0 });
      assert.equal(manifest.training.groups, 'grouped fold 0 of 2 (seed 1) was kept out');
    }
    assert.ok(!existsSync(path.join(out, 'fold0', 'validation')));
  });

  it('cannot pass off a network that is not calibrated as a model', () => {
    const draft = draftManifest('small', smallWeights());
    draft.weights.sha256 = 'x';
    const written: unknown = JSON.parse(JSON.stringify(draft));
    assert.throws(() => checkManifest(written, 'manifest.json'), { message: /presets\.careful\.odds/ });
  });
});
