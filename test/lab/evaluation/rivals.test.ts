import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { isTeacher, readRival } from '../../../src/lab/evaluation/rivals.js';

describe('readRival', () => {
  let folder: string;
  let file: string;
  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'deepinfant-rival-'));
    file = path.join(folder, 'rival.csv');
  });
  after(() => rm(folder, { recursive: true }));

  it('reads the scores by path, in any order, of more recordings than asked for', async () => {
    await writeFile(file, 'note,score,path\n,0.5,b.wav\n,-1e-3,a.wav\n,7,c.wav\n');
    const scores = await readRival(file, [{ path: 'a.wav' }, { path: 'b.wav' }]);
    assert.deepEqual([scores.get('a.wav'), scores.get('b.wav')], [-0.001, 0.5]);
  });

  const mistakes: [string, string, RegExp][] = [
    ['a recording', 'path,score\na.wav,1\n', /rival\.csv lacks 4 of 5 recordings: b\.wav, c\.wav, d\.wav…/],
    ['the score column', 'path,loudness\na.wav,1\n', /no column 'score'.* first line is 'path,loudness'/],
    ['the path column', 'file,score\na.wav,1\n', /no column 'path'/],
    ['everything', '', /no column 'path'/],
    [
      'a number',
      'path,score\na.wav,high\nb.wav,1\n',
      /gives 'a\.wav' the score 'high', which is not a number/,
    ],
    ['a score', 'path,score\na.wav,\nb.wav,1\n', /gives 'a\.wav' the score ''/],
  ];
  for (const [what, table, message] of mistakes) {
    it(`says where a table lacks ${what}`, async () => {
      await writeFile(file, table);
      const recordings = ['a.wav', 'b.wav', 'c.wav', 'd.wav', 'e.wav'].map(path => ({ path }));
      await assert.rejects(readRival(file, recordings), { code: 'rival', message });
    });
  }

  it('names a file that is not there', async () => {
    await assert.rejects(readRival(path.join(folder, 'none.csv'), []), {
      code: 'rival',
      message: /none\.csv: .*columns path and score/,
    });
  });
});

describe('teacherScores', () => {
  it('knows the files of teachers, one or two, from tables', () => {
    for (const file of ['a.tflite', 'b/c.onnx', 'a.tflite+c.onnx']) assert.ok(isTeacher(file), file);
    for (const file of ['a.csv', 'a.tflite.csv', 'a+b.csv']) assert.ok(!isTeacher(file), file);
  });
});
