/** How samples are written: format tag of mmreg.h, bytes, and the writing itself. */
const FORMATS = {
  pcm8: {
    tag: 1,
    bytes: 1,
    write: (data: Buffer, at: number, x: number) => data.writeUInt8(toInteger(x, 7) + 128, at),
  },
  pcm16: {
    tag: 1,
    bytes: 2,
    write: (data: Buffer, at: number, x: number) => data.writeInt16LE(toInteger(x, 15), at),
  },
  pcm24: {
    tag: 1,
    bytes: 3,
    write: (data: Buffer, at: number, x: number) => data.writeIntLE(toInteger(x, 23), at, 3),
  },
  pcm32: {
    tag: 1,
    bytes: 4,
    write: (data: Buffer, at: number, x: number) => data.writeInt32LE(toInteger(x, 31), at),
  },
  float32: { tag: 3, bytes: 4, write: (data: Buffer, at: number, x: number) => data.writeFloatLE(x, at) },
  float64: { tag: 3, bytes: 8, write: (data: Buffer, at: number, x: number) => data.writeDoubleLE(x, at) },
};

export type WavFormat = keyof typeof FORMATS;
export const WAV_FORMATS = Object.keys(FORMATS) as WavFormat[];

export interface WavOptions {
  /** Samples per second. */
  rate: number;
  /** Of which the samples are interleaved; else 1. */
  channels?: number;
  /** Else pcm16. */
  format?: WavFormat;
}

/** A WAV file of samples in [-1, 1]. */
export function writeWav(
  samples: Float32Array,
  { rate, channels = 1, format = 'pcm16' }: WavOptions,
): Buffer {
  const { tag, bytes, write } = FORMATS[format];
  const data = Buffer.alloc(samples.length * bytes);
  samples.forEach((sample, i) => write(data, i * bytes, sample));
  return wavFile(formatChunk(tag, rate, channels, bytes), chunk('data', data));
}

/** The format chunk of a WAV whose samples take `bytes` bytes each. */
export function formatChunk(tag: number, rate: number, channels: number, bytes: number): Buffer {
  const body = Buffer.alloc(16);
  body.writeUInt16LE(tag, 0);
  body.writeUInt16LE(channels, 2);
  body.writeUInt32LE(rate, 4);
  body.writeUInt32LE(rate * channels * bytes, 8);
  body.writeUInt16LE(channels * bytes, 12);
  body.writeUInt16LE(8 * bytes, 14);
  return chunk('fmt ', body);
}

/** A chunk, padded to an even length. `length` is what its header claims, if not the truth. */
export function chunk(id: string, body: Buffer, length = body.length): Buffer {
  const header = Buffer.alloc(8);
  header.write(id);
  header.writeUInt32LE(length, 4);
  return Buffer.concat([header, body, Buffer.alloc(body.length % 2)]);
}

export function wavFile(...chunks: Buffer[]): Buffer {
  return chunk('RIFF', Buffer.concat([Buffer.from('WAVE'), ...chunks]));
}

function toInteger(sample: number, bits: number): number {
  return Math.max(-(2 ** bits), Math.min(2 ** bits - 1, Math.round(sample * 2 ** bits)));
}
