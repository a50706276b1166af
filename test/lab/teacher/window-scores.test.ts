import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { toFloat16 } from '../../../src/maths/float16.js';
import { writeWindowScores } from '../../../src/lab/teacher/window-scores.js';
import { SCORE_FILES, Teacher, TEACHER_CLASSES } from '../../../src/lab/teacher/teacher.js';

describe('writeWindowScores', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'deepinfant-scores-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('writes what a Teacher reads, in the form of NumPy', async () => {
    const recordings = ['a.wav', 'in "quotes", with comma.wav'].map((name, i) => {
      const scores = Float32Array.from({ length: (i + 1) * TEACHER_CLASSES }, (_, j) => (i + 1) / (j + 2));
      return { path: name, scores: toFloat16(scores) };
    });
    await writeWindowScores(folder, SCORE_FILES.yamnet, recordings);
    const teacher = await Teacher.read([folder]);
    for (const { path: name, scores } of recordings) assert.deepEqual(teacher.of(name), scores);
    // NEP 1: the magic string and version 1.0, then the length of a dictionary that fills a multiple of 64 bytes.
    const npy = await readFile(path.join(folder, 'window_scores.npy'));
    assert.equal(npy.toString('latin1', 0, 8), '\x93NUMPY\x01\x00');
    const start = 10 + npy.readUInt16LE(8);
    assert.equal(start % 64, 0);
    assert.match(
      npy.toString('latin1', 10, start),
      /^\{'descr': '<f2', 'fortran_order': False, 'shape': \(3, 521\), \} *\n$/,
    );
    assert.equal(npy.length, start + 3 * TEACHER_CLASSES * 2);
  });

  it('is read only whole: a file that was cut off is named', async () => {
    const scores = toFloat16(new Float32Array(2 * TEACHER_CLASSES).fill(0.5));
    await writeWindowScores(folder, SCORE_FILES.yamnet, [{ path: 'a.wav', scores }]);
    const file = path.join(folder, 'window_scores.npy');
    const whole = await readFile(file);
    for (const length of [whole.length - 1, whole.length - 2 * TEACHER_CLASSES, 100, 9, 0]) {
      await writeFile(file, whole.subarray(0, length));
      await assert.rejects(Teacher.read([folder]), {
        code: 'teacher',
        message: /window_scores\.npy .*teach' again/,
      });
    }
  });
});
