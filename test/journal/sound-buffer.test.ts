import assert from 'node:assert/strict';
import { SoundBuffer } from '../../src/journal/sound-buffer.js';
import { SAMPLE_RATE, type AudioChunk } from '../../src/values.js';

/** A second of one loudness. */
function second(firstSample: number, loudness: number): AudioChunk {
  const samples = new Float32Array(SAMPLE_RATE).fill(loudness);
  return { samples, firstSample, at: 0, source: 'cot', lost: 0 };
}

describe('SoundBuffer', () => {
  it('gives back what it was given, to 16 bits, and silence for what was lost', () => {
    const buffer = new SoundBuffer();
    buffer.push(second(5000, -1));
    buffer.push(second(5000 + 2 * SAMPLE_RATE, 1));
    assert.deepEqual([buffer.begin, buffer.end], [5000, 5000 + 3 * SAMPLE_RATE]);
    const cut = buffer.cut(4999, 5001 + 3 * SAMPLE_RATE);
    const at = [0, 1, SAMPLE_RATE, SAMPLE_RATE + 1, 2 * SAMPLE_RATE, 2 * SAMPLE_RATE + 1, cut.length - 1];
    assert.deepEqual(
      at.map(i => cut[i]),
      [0, -1, -1, 0, 0, 32767 / 32768, 0],
    );
  });

  for (const heldS of [undefined, 30])
    it(`holds the last ${heldS ?? 60} s, however long it was fed`, () => {
      const buffer = new SoundBuffer(heldS);
      const held = heldS ?? 60;
      const seconds = 2 * held + 7;
      for (let s = 0; s < seconds; s++) buffer.push(second(s * SAMPLE_RATE, s / 256));
      assert.deepEqual([buffer.begin, buffer.end], [(seconds - held) * SAMPLE_RATE, seconds * SAMPLE_RATE]);
      const cut = buffer.cut(buffer.begin, buffer.end);
      for (let s = 0; s < held; s++)
        assert.equal(cut[s * SAMPLE_RATE + 100], (seconds - held + s) / 256, `second ${s}`);
    });

  it('begins anew with a source that counts anew, or comes back after more than it holds', () => {
    const buffer = new SoundBuffer();
    buffer.push(second(SAMPLE_RATE, 0.5));
    buffer.push(second(0, 0.25));
    assert.deepEqual([buffer.begin, buffer.end], [0, SAMPLE_RATE]);
    assert.equal(buffer.cut(0, 1)[0], 0.25);
    buffer.push(second(100 * SAMPLE_RATE, 0.125));
    assert.deepEqual([buffer.begin, buffer.end], [100 * SAMPLE_RATE, 101 * SAMPLE_RATE]);
    assert.equal(buffer.cut(0, 1)[0], 0);
  });
});
