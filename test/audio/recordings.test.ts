import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { forEachRecording, recordingsAt } from '../../src/audio/recordings.js';
import { readAudioChunk } from '../../src/door/audio-chunk.js';

/** Nothing is odd about these. */
function warn(message: string): void {
  throw new Error(message);
}

describe('recordingsAt', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'deepinfant-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('gives sources no longer names than chunks may have, that still differ', async () => {
    const deep = path.join(folder, 'a'.repeat(150), 'b'.repeat(150));
    await mkdir(deep, { recursive: true });
    for (const name of ['monday.wav', 'tuesday.wav']) await writeFile(path.join(deep, name), '');
    const sources = (await recordingsAt(folder, { warn })).map(({ source }) => source);
    assert.match(sources[0], /^….*monday\.wav$/);
    assert.match(sources[1], /^….*tuesday\.wav$/);
    for (const source of sources)
      readAudioChunk({ samples: new Float32Array(1), firstSample: 0, at: 0, source, lost: 0 });
    const file = path.join(deep, 'monday.wav');
    assert.deepEqual(await recordingsAt(file, { name: 'Monday', warn }), [{ input: file, source: 'Monday' }]);
  });
});

describe('forEachRecording', () => {
  const process = (recording: string): Promise<void> =>
    recording === 'broken' ? Promise.reject(new Error('broken')) : Promise.resolve();

  it('reports one that is broken among others, and throws what is wrong with a lone one', async () => {
    const { signal } = new AbortController();
    const reported: unknown[] = [];
    const options = { signal, report: (error: unknown) => reported.push(error) };
    await forEachRecording(['good', 'broken', 'good'], options, process);
    assert.equal(reported.length, 1);
    await assert.rejects(forEachRecording(['broken'], options, process), /broken/);
    assert.equal(reported.length, 1);
  });
});
