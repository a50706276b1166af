import type { ByteReader } from './byte-reader.js';
import { type ChunkForm, walkChunks } from './chunks.js';
import type { PcmBlock } from './pcm.js';
import {
  type Coding,
  declaredLength,
  decodePcmData,
  isChunkName,
  OtherCodec,
  type PcmFormat,
  type Reading,
} from './pcm-data.js';

/** Of linear PCM, by kind of number and bits. */
const CODINGS: Record<string, Coding> = {
  'integer/8': 's8',
  'integer/16': 's16be',
  'integer/24': 's24be',
  'integer/32': 's32be',
  'float/32': 'f32be',
  'float/64': 'f64be',
};

const BIG_ENDIAN_FIRST: Partial<Record<Coding, Coding>> = {
  s16be: 's16le',
  s24be: 's24le',
  s32be: 's32le',
  f32be: 'f32le',
  f64be: 'f64le',
};

const CHUNKS: ChunkForm = {
  headerBytes: 12,
  bodyLength: header => Number(header.readBigInt64BE(4)),
  alignment: 1,
};

/**
 * Decodes a stream of Apple's Core Audio Format (Core Audio Format Specification 1.0) as far as it is not compressed.
 *
 * @throws DeepInfantError `other-codec` before the first block; what decodePcmData throws
 */
export async function* decodeCaf(reader: ByteReader, reading: Reading): AsyncGenerator<PcmBlock> {
  await reader.skip(8);
  let format: PcmFormat | undefined;
  for await (const { id, length, read } of walkChunks(reader, CHUNKS)) {
    if (id === 'desc') format = parseFormat(await read(32), reading.name);
    if (id === 'data') {
      if (!format) throw new OtherCodec(reading.name);
      // The number of edits.
      await reader.skip(4);
      yield* decodePcmData(
        reader,
        {
          ...format,
          // -1 where the writer did not know it.
          length: length < 0 ? Infinity : declaredLength(Math.max(0, length - 4)),
          chunkLength: next =>
            isChunkName(next.subarray(0, 4)) && next.length >= 12 ? 12 + CHUNKS.bodyLength(next) : NaN,
        },
        reading,
      );
      return;
    }
  }
}

function parseFormat(body: Buffer, name: string): PcmFormat {
  if (body.length < 32) throw new OtherCodec(name);
  const rate = Math.round(body.readDoubleBE(0));
  const channels = body.readUInt32BE(24);
  const coding = codingOf(body.toString('latin1', 8, 12), body.readUInt32BE(12), body.readUInt32BE(28));
  if (!coding) throw new OtherCodec(name);
  return { rate, channels, coding };
}

function codingOf(codec: string, flags: number, bits: number): Coding | undefined {
  if (codec === 'alaw') return 'aLaw';
  if (codec === 'ulaw') return 'muLaw';
  if (codec !== 'lpcm') return undefined;
  const bigEndian = CODINGS[`${flags & 1 ? 'float' : 'integer'}/${bits}`] as Coding | undefined;
  const isLittleEndian = (flags & 2) !== 0;
  return bigEndian && isLittleEndian ? (BIG_ENDIAN_FIRST[bigEndian] ?? bigEndian) : bigEndian;
}
