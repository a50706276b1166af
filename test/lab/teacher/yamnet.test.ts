import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseCsv } from '../../../src/files/csv.js';
import { fanNoise } from '../../../src/synth/nursery.js';
import { synthesiseCry } from '../../../src/synth/cry.js';
import { fromFloat16 } from '../../../src/maths/float16.js';
import { Yamnet } from '../../../src/lab/teacher/yamnet.js';
import { readSamples } from '../../../src/audio/recording.js';
import { Teacher, TEACHER_CLASSES, TEACHER_HOP, TEACHER_WINDOW } from '../../../src/lab/teacher/teacher.js';
import { CORPUS, needFiles, REFERENCE_INDEX, REFERENCE_SCORES, YAMNET } from './published.js';

/** Recordings to compare with TensorFlow Lite's scores. */
const FILES = 20;

describe('Yamnet', function () {
  this.timeout(120_000);
  let yamnet: Yamnet | undefined;
  let folder: string;

  before(async function () {
    needFiles(this, YAMNET);
    yamnet = await Yamnet.open(YAMNET);
    folder = await mkdtemp(path.join(os.tmpdir(), 'deepinfant-yamnet-'));
  });
  after(async () => {
    if (!yamnet) return;
    await yamnet.close();
    await rm(folder, { recursive: true });
  });

  it(`scores ${FILES} recordings as TensorFlow Lite does (mean difference below 0.0001)`, async function () {
    const manifest = path.join(CORPUS, 'manifest.csv');
    needFiles(this, manifest, REFERENCE_SCORES, REFERENCE_INDEX);
    await symlink(REFERENCE_SCORES, path.join(folder, 'window_scores.npy'));
    await symlink(REFERENCE_INDEX, path.join(folder, 'window_index.csv'));
    const reference = await Teacher.read([folder]);
    // Others would have been resampled, in another way than here.
    const recordings = parseCsv(await readFile(manifest, 'utf8'), ['path', 'sample_rate']).filter(
      row => row.sample_rate === '16000',
    );
    const step = Math.floor(recordings.length / FILES);
    const differences: number[] = [];
    for (let i = 0; i < FILES; i++) {
      const name = recordings[i * step].path;
      const scores = yamnet!.score(await readSamples(path.join(CORPUS, name)), TEACHER_HOP);
      const expected = fromFloat16(reference.of(name)!);
      assert.equal(scores.length, expected.length, name);
      scores.forEach((score, j) => differences.push(Math.abs(score - expected[j])));
    }
    const mean = differences.reduce((sum, x) => sum + x) / differences.length;
    const largest = differences.reduce((a, b) => Math.max(a, b));
    console.log(
      `      ${differences.length / TEACHER_CLASSES} windows: mean ${mean.toExponential(1)}, largest ${largest.toFixed(3)}`,
    );
    // A sample changed by a millionth, which rounds another 8-bit number otherwise, moves TensorFlow Lite's own scores by
    // 0.00004 in the mean and by up to 0.05.
    assert.ok(mean < 1e-4, `mean ${mean}`);
    assert.ok(largest < 0.1, `largest ${largest}`);
  });

  it('gives each window the score that it has by itself, also across batches', () => {
    const samples = synthesiseCry({ seed: 1, durationS: 3 });
    const hop = 1000;
    const windows = Math.floor((samples.length - TEACHER_WINDOW) / hop) + 1;
    const scores = yamnet!.score(samples, hop);
    assert.equal(scores.length, windows * TEACHER_CLASSES);
    for (const window of [0, 15, 16, windows - 1]) {
      const alone = yamnet!.score(samples.slice(window * hop, window * hop + TEACHER_WINDOW), hop);
      const difference = alone.map((score, i) => Math.abs(score - scores[window * TEACHER_CLASSES + i]));
      assert.ok(Math.max(...difference) < 1e-4, `window ${window}: ${Math.max(...difference)}`);
    }
  });

  it('fills a recording that is shorter than a window up with zeros', () => {
    const short = fanNoise({ seed: 1, durationS: 0.5 });
    const filled = new Float32Array(TEACHER_WINDOW);
    filled.set(short);
    assert.deepEqual(yamnet!.score(short, TEACHER_HOP), yamnet!.score(filled, TEACHER_HOP));
    const silence = yamnet!.score(new Float32Array(1), TEACHER_HOP);
    assert.equal(silence.length, TEACHER_CLASSES);
    assert.ok(silence[494] > 0.9, `'Silence': ${silence[494]}`);
  });
});
