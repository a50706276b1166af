import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { ByteReader } from '../../src/audio/byte-reader.js';
import { decodeFlac } from '../../src/audio/flac.js';
import type { PcmBlock } from '../../src/audio/pcm.js';
import type { Reading } from '../../src/audio/pcm-data.js';
import { decodeWav } from '../../src/audio/wav.js';
import { needTools } from '../tools.js';
import { ffmpeg } from './ffmpeg-tool.js';
import { concat } from '../../src/concat.js';
import { assertSame, meanOf, noise, tone } from './signals.js';
import { type WavFormat, writeWav } from './wav-writer.js';

/** What was said of the files. */
const warnings: string[] = [];

/** The decoded samples, to which `blocks` are added as they come; fails unless every block is of that rate. */
async function decode(bytes: Buffer, rate: number, blocks: Float32Array[] = []): Promise<Float32Array> {
  return collect(decodeFlac(new ByteReader(Readable.from(bytes)), reading('a.flac')), rate, blocks);
}

function reading(name: string): Reading {
  return { name, warn: message => warnings.push(message) };
}

async function collect(
  pcm: AsyncIterable<PcmBlock>,
  rate: number,
  blocks: Float32Array[],
): Promise<Float32Array> {
  for await (const block of pcm) {
    assert.equal(block.rate, rate);
    blocks.push(meanOf(block.samples, block.channels));
  }
  return concat(blocks);
}

/** The first example of RFC 9639, appendix D: one sample of 25588 on the left and 10416 on the right. */
const EXAMPLE = Buffer.from(
  '664c6143 80000022 10001000 00000f00 000f0ac4 42f00000 00013e84 b41807dc 69030758 6a3dad1a 2e0ffff8 69180000 bf0358fd 0312 8baa9a'.replaceAll(
    ' ',
    '',
  ),
  'hex',
);

describe('decodeFlac', () => {
  it('reads the first example of RFC 9639', async () => {
    assertSame(await decode(EXAMPLE, 44100), Float32Array.of((25588 + 10416) / 2 / 32768));
  });

  it('refuses a file without stream information', async () => {
    await assert.rejects(decode(EXAMPLE.subarray(0, 30), 44100), { code: 'not-audio', message: /^a\.flac / });
  });

  it('finds every damaged bit of a frame', async () => {
    for (let bit = 8 * 42; bit < 8 * EXAMPLE.length; bit++) {
      const damaged = Buffer.from(EXAMPLE);
      damaged[bit >> 3] ^= 1 << (bit & 7);
      await assert.rejects(decode(damaged, 44100), { code: 'truncated' }, `bit ${bit}`);
    }
  });

  describe('of ffmpeg', () => {
    let folder: string;
    const file = (name: string): string => path.join(folder, name);

    before(function () {
      needTools(this, 'ffmpeg');
      folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-flac-'));
    });
    after(() => {
      if (folder) rmSync(folder, { recursive: true });
    });

    /** Encodes a WAV and checks that its samples come back to the bit. */
    async function assertLossless(wav: Buffer, rate: number, ...options: string[]): Promise<Buffer> {
      writeFileSync(file('a.wav'), wav);
      ffmpeg('-i', file('a.wav'), ...options, file('a.flac'));
      const flac = readFileSync(file('a.flac'));
      const wanted = await collect(decodeWav(new ByteReader(Readable.from(wav)), reading('a.wav')), rate, []);
      assertSame(await decode(flac, rate), wanted);
      return flac;
    }

    /** Tone, silence, full-scale square, quiet and loud noise: something for each kind of predictor. */
    function signal(length: number): Float32Array {
      const hiss = noise(length);
      const square = tone(100, 16000, length).map(x => (x < 0 ? -1 : 1));
      return tone(440, 16000, length).map((x, n) => {
        const part = Math.floor((n * 5) / length);
        return [x, 0, square[n], 0.01 * hiss[n], hiss[n]][part];
      });
    }

    for (const level of ['0', '5', '8', '12']) {
      it(`comes back to the bit from compression level ${level}`, async () => {
        await assertLossless(writeWav(signal(50000), { rate: 16000 }), 16000, '-compression_level', level);
      });
    }

    const depths: [WavFormat, string, string][] = [
      ['pcm8', 's16', '8'],
      ['pcm16', 's16', '16'],
      ['pcm24', 's32', '24'],
    ];
    for (const [format, sampleFormat, bits] of depths) {
      it(`comes back to the bit from ${bits} bits`, async () => {
        const wav = writeWav(signal(30000), { rate: 44100, format });
        await assertLossless(wav, 44100, '-sample_fmt', sampleFormat, '-bits_per_raw_sample', bits);
      });
    }

    for (const mode of ['indep', 'left_side', 'right_side', 'mid_side']) {
      it(`comes back to the bit from stereo coded as ${mode}`, async () => {
        await assertLossless(writeWav(signal(60000), { rate: 48000, channels: 2 }), 48000, '-ch_mode', mode);
      });
    }

    it('comes back to the bit from 8 channels, odd rates and odd block lengths', async () => {
      await assertLossless(writeWav(signal(80000), { rate: 192000, channels: 8 }), 192000);
      await assertLossless(writeWav(signal(4608 + 50), { rate: 12345 }), 12345, '-frame_size', '4608');
      await assertLossless(writeWav(signal(5000), { rate: 11025 }), 11025, '-frame_size', '777');
    });

    it('gives the whole blocks of a truncated file, then says so', async () => {
      const flac = await assertLossless(writeWav(noise(40000), { rate: 16000 }), 16000);
      const blocks: Float32Array[] = [];
      await assert.rejects(decode(flac.subarray(0, flac.length / 2), 16000, blocks), {
        code: 'truncated',
        message: /^a\.flac is cut off or damaged after 1\.\d s of 2\.5 s/,
      });
      const whole = await decode(flac, 16000);
      const part = concat(blocks);
      assert.ok(part.length > 14000 && part.length < 20000);
      assertSame(part, whole.subarray(0, part.length));
    });

    it('skips a picture and reads a stream of unknown length to its end', async () => {
      const flac = await assertLossless(writeWav(noise(20000), { rate: 16000 }), 16000);
      const picture = Buffer.concat([Buffer.from([6, 3, 0, 0]), Buffer.alloc(3 * 65536, 0xff)]);
      const streamed = Buffer.concat([flac.subarray(0, 42), picture, flac.subarray(42)]);
      streamed.fill(0, 22, 26);
      streamed[21] &= 0xf0;
      assertSame(await decode(streamed, 16000), await decode(flac, 16000));
    });
  });
});
