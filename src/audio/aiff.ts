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

/** Of AIFF-C, by its compression type. What AIFF itself holds is `NONE`. */
const CODINGS: Record<string, Coding | 'by-bits'> = {
  NONE: 'by-bits',
  twos: 'by-bits',
  in24: 's24be',
  in32: 's32be',
  sowt: 's16le',
  'raw ': 'u8',
  fl32: 'f32be',
  FL32: 'f32be',
  fl64: 'f64be',
  FL64: 'f64be',
  alaw: 'aLaw',
  ALAW: 'aLaw',
  ulaw: 'muLaw',
  ULAW: 'muLaw',
};

/** By the bytes that hold a sample's bits. */
const BY_BYTES: readonly Coding[] = ['s8', 's8', 's16be', 's24be', 's32be'];

const CHUNKS: ChunkForm = {
  headerBytes: 8,
  bodyLength: header => header.readUInt32BE(4),
  alignment: 2,
};

/**
 * Decodes an AIFF or AIFF-C stream (Apple, Audio Interchange File Format, 1989 and 1991) as far as it is not compressed.
 *
 * @throws DeepInfantError `other-codec` before the first block; what decodePcmData throws
 */
export async function* decodeAiff(reader: ByteReader, reading: Reading): AsyncGenerator<PcmBlock> {
  await reader.skip(12);
  let format: PcmFormat | undefined;
  for await (const { id, length, read } of walkChunks(reader, CHUNKS)) {
    if (id === 'COMM') format = parseFormat(await read(22), reading.name);
    if (id === 'SSND') {
      // Where the format follows the sound, ffmpeg can look for it.
      if (!format) throw new OtherCodec(reading.name);
      const head = await reader.read(8);
      if (head.length < 8) return;
      const offset = head.readUInt32BE(0);
      await reader.skip(offset);
      const declared = declaredLength(length);
      yield* decodePcmData(
        reader,
        {
          ...format,
          length: declared === Infinity ? Infinity : Math.max(0, declared - 8 - offset),
          chunkLength: next => (isChunkName(next.subarray(0, 4)) ? 8 + CHUNKS.bodyLength(next) : NaN),
        },
        reading,
      );
      return;
    }
  }
}

function parseFormat(body: Buffer, name: string): PcmFormat {
  if (body.length < 18) throw new OtherCodec(name);
  const compression = body.length >= 22 ? body.toString('latin1', 18, 22) : 'NONE';
  const coding = Object.hasOwn(CODINGS, compression) ? CODINGS[compression] : undefined;
  const byBits = BY_BYTES.at(Math.ceil(body.readUInt16BE(6) / 8));
  const channels = body.readUInt16BE(0);
  if (!coding || !byBits) throw new OtherCodec(name);
  // A float of 80 bits: exponent, then the mantissa with its leading one.
  const rate = Number(body.readBigUInt64BE(10)) * 2 ** ((body.readUInt16BE(8) & 0x7fff) - 16383 - 63);
  return { rate: Math.round(rate), channels, coding: coding === 'by-bits' ? byBits : coding };
}
