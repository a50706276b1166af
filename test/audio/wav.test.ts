import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { ByteReader } from '../../src/audio/byte-reader.js';
import { decodeWav } from '../../src/audio/wav.js';
import { concat } from '../../src/concat.js';
import { assertSame, meanOf, noise } from './signals.js';
import { chunk, formatChunk, wavFile, WAV_FORMATS, writeWav } from './wav-writer.js';

const READING = {
  name: 'a.wav',
  warn: (message: string) => {
    throw new Error(message);
  },
};

/** The decoded samples; fails unless every block is of that rate. */
async function decode(bytes: Buffer, rate = 16000): Promise<Float32Array> {
  const blocks: Float32Array[] = [];
  for await (const block of decodeWav(new ByteReader(Readable.from(bytes)), READING)) {
    assert.equal(block.rate, rate);
    blocks.push(meanOf(block.samples, block.channels));
  }
  return concat(blocks);
}

const PCM16 = formatChunk(1, 16000, 1, 2);
const SAMPLES = Float32Array.of(0, 0.5, -0.5, 1 - 2 ** -15, -1);
const DATA = Buffer.alloc(10);
SAMPLES.forEach((sample, i) => DATA.writeInt16LE(sample * 32768, 2 * i));

describe('decodeWav', () => {
  const bitsOf = { pcm8: 7, pcm16: 15, pcm24: 23, pcm32: 31, float32: 23, float64: 23 };
  for (const format of WAV_FORMATS) {
    it(`reads ${format} to the bit`, async () => {
      const unit = 2 ** bitsOf[format];
      // 32 bits are more than a Float32 holds: there the nearest value is wanted.
      const samples = noise(70001).map(x => Math.floor(x * unit) / unit);
      samples.set([-1, 0, 1 - 1 / unit]);
      if (format === 'pcm32') samples[2] = 1;
      assertSame(await decode(writeWav(samples, { rate: 16000, format })), samples);
    });
  }

  it('reads A-law and mu-law as G.711 says', async () => {
    const laws: [tag: number, codes: number[], values: number[]][] = [
      [6, [0xd5, 0x55, 0xaa, 0x2a, 0x80, 0x9a, 0xc5], [8, -8, 32256, -32256, 5504, 4032, 264]],
      [7, [0xff, 0x7f, 0x80, 0x00, 0xf0, 0xe0, 0x4f], [0, 0, 32124, -32124, 120, 372, -924]],
    ];
    for (const [tag, codes, values] of laws) {
      const bytes = wavFile(formatChunk(tag, 8000, 1, 1), chunk('data', Buffer.from(codes)));
      assert.deepEqual(
        [...(await decode(bytes, 8000))].map(x => x * 32768),
        values,
      );
    }
  });

  it('gives the mean of the channels', async () => {
    const interleaved = Float32Array.of(0.5, 0.25, -0.5, 0, 0, -1, 0.5, 0.5, 0.5);
    const mean = Float32Array.of(0.25 / 3, -1 / 3, 0.5);
    assert.deepEqual(
      await decode(writeWav(interleaved, { rate: 16000, channels: 3, format: 'float32' })),
      mean,
    );
  });

  it('reads WAVE_FORMAT_EXTENSIBLE', async () => {
    const extension = Buffer.alloc(24);
    extension.writeUInt16LE(22, 0);
    extension.writeUInt16LE(16, 2);
    extension.writeUInt16LE(1, 8);
    const format = chunk('fmt ', Buffer.concat([formatChunk(0xfffe, 16000, 1, 2).subarray(8), extension]));
    assert.deepEqual(await decode(wavFile(format, chunk('data', DATA))), SAMPLES);
  });

  it('finds the data behind chunks of any kind and odd length, and stops at its end', async () => {
    const list = chunk('LIST', Buffer.alloc(70001));
    const file = wavFile(chunk('junk', Buffer.alloc(3)), PCM16, list, chunk('data', DATA), list);
    assert.deepEqual(await decode(file), SAMPLES);
  });

  it('reads a streamed WAV, whose lengths were never filled in', async () => {
    for (const length of [0, 0xffffffff, 0x7ffff000]) {
      for (const riffLength of [0, 36, 0xffffffff]) {
        const file = wavFile(PCM16, chunk('data', DATA, length));
        file.writeUInt32LE(riffLength, 4);
        assert.deepEqual(await decode(file), SAMPLES, `lengths ${riffLength} and ${length}`);
      }
    }
  });

  it('does not take what follows empty data for audio', async () => {
    const file = wavFile(PCM16, chunk('data', Buffer.alloc(0)), chunk('LIST', Buffer.alloc(100)));
    assert.equal((await decode(file)).length, 0);
  });

  it('reads RF64 with its 64-bit length', async () => {
    const lengths = Buffer.alloc(28);
    lengths.writeBigUInt64LE(BigInt(DATA.length), 8);
    const file = wavFile(chunk('ds64', lengths), PCM16, chunk('data', DATA, 0xffffffff), chunk('LIST', DATA));
    file.write('RF64');
    assert.deepEqual(await decode(file), SAMPLES);
  });

  it('makes NaN and infinities 0 and clamps the rest', async () => {
    for (const format of ['float32', 'float64'] as const) {
      const wild = Float32Array.of(NaN, Infinity, -Infinity, 2, -1e30, 0.5);
      const tamed = Float32Array.of(0, 0, 0, 1, -1, 0.5);
      assert.deepEqual(await decode(writeWav(wild, { rate: 16000, format })), tamed);
    }
  });

  it('gives the whole samples of a truncated file, then says so', async () => {
    const file = writeWav(noise(100000), { rate: 16000, channels: 2 });
    const blocks: Float32Array[] = [];
    await assert.rejects(
      async () => {
        const reader = new ByteReader(Readable.from(file.subarray(0, 44 + 4 * 40000 + 3)));
        for await (const { samples } of decodeWav(reader, READING)) blocks.push(meanOf(samples, 2));
      },
      { code: 'truncated', message: /^a\.wav is cut off: 2\.5 s of 3\.1 s/ },
    );
    assertSame(concat(blocks), (await decode(file)).subarray(0, 40000));
  });

  it('refuses a broken header and an unknown codec', async () => {
    const data = chunk('data', DATA);
    await assert.rejects(decode(wavFile(data, PCM16)), { code: 'not-audio' });
    await assert.rejects(decode(wavFile(chunk('fmt ', Buffer.alloc(4)), data)), { code: 'not-audio' });
    await assert.rejects(decode(wavFile(formatChunk(0x11, 16000, 1, 1), data)), { code: 'other-codec' });
    await assert.rejects(decode(wavFile(formatChunk(1, 16000, 0, 2), data)), { code: 'other-codec' });
  });
});
