import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Recording } from '../../../src/lab/corpus/manifest.js';
import { toFloat16 } from '../../../src/maths/float16.js';
import { isDoubtful, readVerdicts } from '../../../src/lab/detector/verdicts.js';
import { cryPeak, Teacher, TEACHER_CLASSES } from '../../../src/lab/teacher/teacher.js';

describe('what training learns from', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'deepinfant-teacher-'));
  });
  after(() => rm(folder, { recursive: true }));

  /** A NumPy file as np.save writes it. */
  async function writeScores(type: string, columns: number, values: Float32Array): Promise<void> {
    const rows = values.length / columns;
    const fields = `{'descr': '${type}', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`;
    const header = `${fields.padEnd(117)}\n`;
    const magic = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length, 0]);
    const data = Buffer.from(toFloat16(values).buffer);
    await writeFile(
      path.join(folder, 'window_scores.npy'),
      Buffer.concat([magic, Buffer.from(header), data]),
    );
    await writeFile(
      path.join(folder, 'window_index.csv'),
      'path,first_window,windows\na.wav,0,1\nb.wav,1,2\n',
    );
  }

  it("are a teacher's scores of each recording", async () => {
    const values = new Float32Array(3 * TEACHER_CLASSES);
    values[2 * TEACHER_CLASSES + 20] = 0.75;
    await writeScores('<f2', TEACHER_CLASSES, values);
    const teacher = await Teacher.read([folder]);
    assert.equal(teacher.of('a.wav')!.length, TEACHER_CLASSES);
    assert.equal(cryPeak(teacher.of('a.wav')!), 0);
    assert.equal(cryPeak(teacher.of('b.wav')!), 0.75);
    assert.equal(teacher.of('c.wav'), undefined);
    await writeScores('<f4', TEACHER_CLASSES, values);
    await assert.rejects(Teacher.read([folder]), {
      code: 'teacher',
      message: /float16 numbers in 521 columns.*<f4/,
    });
  });

  it('are not the labels that a look or the teacher contradicts', async () => {
    const recording = (label: Recording['label'], source: string): Recording => ({
      file: '',
      path: '',
      label,
      sublabel: '',
      reason: '',
      source,
      group: '',
      licence: '',
      attribution: '',
    });
    const heard = (cry: number): Uint16Array =>
      toFloat16(new Float32Array(TEACHER_CLASSES).fill(cry, 20, 21));
    const cry = recording('cry', 'donateacry');
    const removed = recording('speech', 'donateacry');
    assert.equal(isDoubtful(cry, undefined, heard(0.01)), true, 'the teacher hears nothing');
    assert.equal(isDoubtful(cry, 'cry', heard(0.01)), false, 'but a viewer sees it');
    assert.equal(isDoubtful(cry, 'none', heard(0.9)), true);
    assert.equal(isDoubtful(cry, 'unclear', heard(0.9)), true);
    assert.equal(isDoubtful(removed, undefined, heard(0.2)), true, 'the teacher hears crying');
    assert.equal(isDoubtful(recording('animal', 'esc50'), undefined, heard(0.2)), false, 'a cat is a cat');
    assert.equal(isDoubtful(recording('other', 'games'), undefined, heard(0.2)), true, 'nobody listened');
    assert.equal(isDoubtful(cry, undefined, undefined), false);
    await writeFile(path.join(folder, 'eye.csv'), 'path,label,verdict\na.wav,cry,none\n');
    assert.deepEqual([...(await readVerdicts(folder))], [['a.wav', 'none']]);
  });
});
