import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { encodeMp3 } from '../../src/audio/ffmpeg.js';
import { readRecording } from '../../src/audio/recording.js';
import { SAMPLE_RATE } from '../../src/values.js';
import { needTools } from '../tools.js';

/** Two seconds of a tone. */
const TONE = Float32Array.from({ length: 2 * SAMPLE_RATE }, (_, i) => 0.5 * Math.sin(i / 5));

describe('encodeMp3', () => {
  let folder: string;
  const systemPath = process.env.PATH;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'mp3-'));
  });
  afterEach(() => {
    process.env.PATH = systemPath;
    rmSync(folder, { recursive: true });
  });

  it('writes an MP3 that is as long as the samples', async function () {
    needTools(this, 'ffmpeg');
    const file = path.join(folder, 'tone.mp3');
    await encodeMp3(TONE, file);
    let length = 0;
    for await (const { samples } of readRecording(file)) length += samples.length;
    assert.equal(length, TONE.length);
    assert.deepEqual(readdirSync(folder), ['tone.mp3']);
  });

  it('refuses an empty file that ffmpeg leaves on a full disk, though it ends with status 0', async () => {
    const program = path.join(folder, 'ffmpeg');
    const complaint = 'Error closing file: No space left on device';
    // The last argument names the file.
    writeFileSync(
      program,
      `#!/bin/sh\ncat >/dev/null\nfor last; do :; done\n: > "\${last#file:}"\necho "${complaint}" >&2\n`,
    );
    chmodSync(program, 0o755);
    process.env.PATH = `${folder}:${systemPath ?? ''}`;
    const file = path.join(folder, 'tone.mp3');
    await assert.rejects(encodeMp3(TONE, file), { code: 'storage', message: /No space left on device/ });
    assert.deepEqual(readdirSync(folder), ['ffmpeg']);
  });
});
