import { DeepInfantError } from '../errors.js';
import { BitReader } from './bit-reader.js';
import type { ByteReader } from './byte-reader.js';
import type { PcmBlock } from './pcm.js';
import { isTag, type Reading } from './pcm-data.js';

interface StreamInfo {
  rate: number;
  channels: number;
  bits: number;
  /** Samples of each channel; 0 if the encoder did not know. */
  totalSamples: number;
  /** No frame is longer, if the encoder was right. */
  maxFrameBytes: number;
}

/** Of a frame of 65,536 plain samples, the most that a frame can hold: whatever is declared, none is longer. */
function longestFrameBytes({ channels, bits }: Pick<StreamInfo, 'channels' | 'bits'>): number {
  return plainFrameBytes(65_536, channels, bits);
}

/** Plain samples, one bit more for a side channel, and headers. */
function plainFrameBytes(samples: number, channels: number, bits: number): number {
  return Math.ceil((samples * channels * (bits + 1)) / 8) + 16 + 8 * channels;
}

/**
 * Decodes a FLAC stream of any depth, rate and number of channels. Section numbers in this file are those of RFC 9639.
 *
 * @throws DeepInfantError `not-audio` for a broken header, `truncated` after the last block if audio is missing or
 *   damaged
 */
export async function* decodeFlac(reader: ByteReader, reading: Reading): AsyncGenerator<PcmBlock> {
  // A loop, since any number may be joined.
  while (yield* decodeOne(reader, reading));
}

/** @returns whether another one follows, which was joined to it */
async function* decodeOne(reader: ByteReader, { name, warn }: Reading): AsyncGenerator<PcmBlock, boolean> {
  const info = await readMetadata(reader, name);
  const { rate, channels, totalSamples } = info;
  let done = 0;
  for (;;) {
    const bytes = await reader.peek(info.maxFrameBytes);
    if (done > 0 && bytes.toString('latin1', 0, 4) === 'fLaC') return true;
    if (totalSamples === 0 && (bytes.length === 0 || isTag(bytes))) return false;
    const frame = decodeFrame(bytes, info) ?? decodeFrame(await reader.peek(longestFrameBytes(info)), info);
    if (!frame && totalSamples > 0 && done >= totalSamples) {
      if (done - totalSamples > 0)
        warn(
          `${name} holds ${(done / rate).toFixed(1)} s of audio, though its header says ${(totalSamples / rate).toFixed(1)} s. All of it was heard.`,
        );
      return false;
    }
    if (!frame) {
      const whole = totalSamples === 0 ? '' : ` of ${(totalSamples / rate).toFixed(1)} s`;
      throw new DeepInfantError(
        'truncated',
        `${name} is cut off or damaged after ${(done / rate).toFixed(1)} s${whole}. What comes before was used; copy the file again for the rest.`,
      );
    }
    await reader.read(frame.bytes);
    done += frame.samples.length / channels;
    yield { rate, channels, samples: frame.samples };
  }
}

/** Takes everything before the first frame (section 8). */
async function readMetadata(reader: ByteReader, name: string): Promise<StreamInfo> {
  await reader.skip('fLaC'.length);
  let streamInfo: Buffer | undefined;
  for (let last = false; !last;) {
    const header = await reader.read(4);
    if (header.length < 4) break;
    last = header[0] >= 0x80;
    const length = header.readUIntBE(1, 3);
    // The stream information is always the first block.
    if (streamInfo) await reader.skip(length);
    else streamInfo = await reader.read(length);
  }
  if (!streamInfo || streamInfo.length < 34) {
    throw new DeepInfantError(
      'not-audio',
      `${name} is a broken FLAC: its stream information is missing. Export it again.`,
    );
  }
  const fields = new BitReader(streamInfo.subarray(2));
  const maxBlockSize = fields.unsigned(16);
  fields.unsigned(24);
  const maxFrameBytes = fields.unsigned(24);
  const rate = fields.unsigned(20);
  const channels = fields.unsigned(3) + 1;
  const bits = fields.unsigned(5) + 1;
  const totalSamples = fields.unsigned(4) * 2 ** 32 + fields.unsigned(32);
  return {
    ...{ rate, channels, bits, totalSamples },
    // Where the encoder did not say: a frame of plain samples.
    maxFrameBytes: maxFrameBytes || plainFrameBytes(maxBlockSize, channels, bits),
  };
}

const [LEFT_SIDE, SIDE_RIGHT, MID_SIDE] = [8, 9, 10];

/** Decodes the frame at the beginning of `bytes` (section 9); undefined if it is incomplete or damaged. */
function decodeFrame(bytes: Buffer, info: StreamInfo): { bytes: number; samples: Float32Array } | undefined {
  const reader = new BitReader(bytes);
  const SYNC = 0x7ffc;
  if (reader.unsigned(15) !== SYNC) return undefined;
  reader.unsigned(1);
  const blockSizeCode = reader.unsigned(4);
  const rateCode = reader.unsigned(4);
  const assignment = reader.unsigned(4);
  const bits = [info.bits, 8, 12, 0, 16, 20, 24, 32][reader.unsigned(3)];
  reader.unsigned(1);
  // The frame's or sample's number, coded as UTF-8 codes a character.
  const numberBytes = Math.clz32(~(reader.unsigned(8) << 24));
  for (let byte = 1; byte < numberBytes; byte++) reader.unsigned(8);
  const blockSize = readBlockSize(reader, blockSizeCode);
  if (rateCode === 12) reader.unsigned(8);
  else if (rateCode === 13 || rateCode === 14) reader.unsigned(16);
  reader.unsigned(8);

  const channels: Float64Array[] = [];
  if (bits === 0 || blockSize === 0 || assignment > MID_SIDE) return undefined;
  for (let channel = 0; channel < (assignment < 8 ? assignment + 1 : 2); channel++) {
    const side = assignment >= 8 && (assignment === SIDE_RIGHT) === (channel === 0);
    const samples = decodeSubframe(reader, blockSize, bits + (side ? 1 : 0));
    if (!samples || reader.overrun) return undefined;
    channels.push(samples);
  }
  reader.align();
  reader.unsigned(16);
  if (reader.overrun || crc16(bytes.subarray(0, reader.position)) !== 0) return undefined;

  if (assignment >= 8) separate(channels, assignment);
  const samples = new Float32Array(blockSize * channels.length);
  const scale = 2 ** (1 - bits);
  channels.forEach((channel, c) => {
    for (let i = 0; i < blockSize; i++) samples[i * channels.length + c] = channel[i] * scale;
  });
  return { bytes: reader.position, samples };
}

/** Makes left and right of two subframes, in place (section 4.2): side is left - right, mid their halved sum less its last bit. */
function separate([a, b]: Float64Array[], assignment: number): void {
  for (let i = 0; i < a.length; i++) {
    if (assignment === LEFT_SIDE) b[i] = a[i] - b[i];
    else if (assignment === SIDE_RIGHT) a[i] += b[i];
    else {
      const sum = 2 * a[i] + Math.abs(b[i] % 2);
      a[i] = (sum + b[i]) / 2;
      b[i] = a[i] - b[i];
    }
  }
}

/** Section 9.1.1; 0 is reserved. */
function readBlockSize(reader: BitReader, code: number): number {
  if (code === 0) return 0;
  if (code === 1) return 192;
  if (code <= 5) return 144 << code;
  if (code === 6) return reader.unsigned(8) + 1;
  if (code === 7) return reader.unsigned(16) + 1;
  return 1 << code;
}

/** Coefficients of the fixed predictors by order (section 9.2.5). */
const FIXED = [[], [1], [2, -1], [3, -3, 1], [4, -6, 4, -1]];

/** Section 9.2. Undefined for a reserved type. */
function decodeSubframe(reader: BitReader, blockSize: number, frameBits: number): Float64Array | undefined {
  const samples = new Float64Array(blockSize);
  const type = reader.unsigned(7);
  const wasted = reader.unsigned(1) === 0 ? 0 : reader.unary() + 1;
  const bits = frameBits - wasted;
  if (bits < 1) return undefined;
  if (type === 0) {
    samples.fill(reader.signed(bits));
  } else if (type === 1) {
    for (let i = 0; i < blockSize; i++) samples[i] = reader.signed(bits);
  } else {
    const fixed = type >= 8 && type <= 12;
    if (!fixed && (type < 32 || type > 63)) return undefined;
    const order = fixed ? type - 8 : type - 31;
    if (order > blockSize) return undefined;
    for (let i = 0; i < order; i++) samples[i] = reader.signed(bits);
    let coefficients = FIXED[order];
    let shift = 0;
    if (!fixed) {
      const precision = reader.unsigned(4) + 1;
      shift = reader.signed(5);
      coefficients = Array.from({ length: order }, () => reader.signed(precision));
    }
    if (!decodeResidual(reader, samples, order)) return undefined;
    predict(samples, coefficients, shift);
  }
  if (wasted > 0) for (let i = 0; i < blockSize; i++) samples[i] *= 2 ** wasted;
  return samples;
}

/** Fills `samples` from `order` on with the Rice-coded residual (section 9.2.7); false if it is malformed. */
function decodeResidual(reader: BitReader, samples: Float64Array, order: number): boolean {
  const method = reader.unsigned(2);
  if (method > 1) return false;
  const parameterBits = 4 + method;
  const escape = 2 ** parameterBits - 1;
  const partitions = 1 << reader.unsigned(4);
  const length = samples.length / partitions;
  if (!Number.isInteger(length) || length < order) return false;
  let i = order;
  for (let end = length; end <= samples.length && !reader.overrun; end += length) {
    const parameter = reader.unsigned(parameterBits);
    if (parameter === escape) {
      const bits = reader.unsigned(5);
      for (; i < end; i++) samples[i] = reader.signed(bits);
    } else {
      for (; i < end; i++) {
        const folded = (reader.unary() << parameter) | reader.unsigned(parameter);
        samples[i] = (folded >>> 1) ^ -(folded & 1);
      }
    }
  }
  return true;
}

/** Adds to each residual what the samples before it predict (section 9.2.6). */
function predict(samples: Float64Array, coefficients: number[], shift: number): void {
  const scale = 2 ** -shift;
  for (let i = coefficients.length; i < samples.length; i++) {
    let sum = 0;
    for (let k = 0; k < coefficients.length; k++) sum += coefficients[k] * samples[i - 1 - k];
    samples[i] += Math.floor(sum * scale);
  }
}

/** Of each byte, for the polynomial x^16 + x^15 + x^2 + 1 (section 9.3). */
const CRC16 = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc & 0x8000 ? 0x8005 : 0);
  return crc;
});

/** 0 for bytes that end in their own checksum. */
function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) crc = ((crc << 8) & 0xffff) ^ CRC16[(crc >> 8) ^ byte];
  return crc;
}
