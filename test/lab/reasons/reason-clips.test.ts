import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Recording } from '../../../src/lab/corpus/manifest.js';
import { MEL7S_REASONS } from '../../../src/model/mel7s.js';
import { readReasonClips } from '../../../src/lab/reasons/reason-clips.js';
import { writeWav } from '../../audio/wav-writer.js';

describe('cries with a reason', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'deepinfant-reasons-'));
    await writeFile(path.join(folder, 'long.wav'), writeWav(new Float32Array(48000), { rate: 16000 }));
    await writeFile(path.join(folder, 'cut.wav'), writeWav(new Float32Array(16000), { rate: 16000 }));
  });
  after(() => rm(folder, { recursive: true }));

  function recording(reason: string, changes: Partial<Recording> = {}): Recording {
    const file = path.join(folder, 'long.wav');
    const rest = { sublabel: '', source: '', group: 'g', licence: '', attribution: '' };
    return { file, path: 'long.wav', label: 'cry', reason, ...rest, ...changes };
  }

  it('are those of the five reasons; cold or hot is discomfort; the others are counted', async () => {
    const { clips, left } = await readReasonClips([
      recording('belly_pain'),
      recording('cold_hot'),
      recording('lonely'),
      recording('lonely'),
      recording(''),
      recording('hungry', { file: path.join(folder, 'cut.wav') }),
      recording('hungry', { label: 'speech' }),
    ]);
    assert.deepEqual(
      clips.map(({ reason }) => MEL7S_REASONS[reason]),
      ['belly pain', 'discomfort'],
    );
    assert.deepEqual(left, { lonely: 2, 'no reason': 1, 'shorter than 2 s': 1 });
  });
});
