import { DeepInfantError } from '../errors.js';
import type { ByteReader } from './byte-reader.js';
import { type ChunkForm, walkChunks } from './chunks.js';
import type { PcmBlock } from './pcm.js';
import {
  type Coding,
  declaredLength,
  decodePcmData,
  isChunkName,
  isSoundNext,
  OtherCodec,
  type PcmData,
  type PcmFormat,
  type Reading,
} from './pcm-data.js';

/** Format tags of mmreg.h. */
const TAG = { pcm: 1, float: 3, aLaw: 6, muLaw: 7, extensible: 0xfffe };

/** By format tag and bytes a sample. */
const CODINGS = new Map<string, Coding>([
  [`${TAG.pcm}/1`, 'u8'],
  [`${TAG.pcm}/2`, 's16le'],
  [`${TAG.pcm}/3`, 's24le'],
  [`${TAG.pcm}/4`, 's32le'],
  [`${TAG.float}/4`, 'f32le'],
  [`${TAG.float}/8`, 'f64le'],
  [`${TAG.aLaw}/1`, 'aLaw'],
  [`${TAG.muLaw}/1`, 'muLaw'],
]);

/** What follows declared compressed audio is audio too if it is so long. */
const LEAST_COMPRESSED_BYTES = 2048;

/** How a kind of WAV writes its chunks. */
type Chunks = Required<ChunkForm>;

const RIFF: Chunks = {
  headerBytes: 8,
  bodyLength: header => header.readUInt32LE(4),
  alignment: 2,
  isName: header => isChunkName(header.subarray(0, 4)),
};

/** Of a Wave64 chunk's GUID, the end that most share. */
const GUID_END = Buffer.from('f3acd3118cd100c04f8edb8a', 'hex');

const WAVE64: Chunks = {
  headerBytes: 24,
  bodyLength: header => Number(header.readBigUInt64LE(16)) - 24,
  alignment: 8,
  isName: header => header.length >= 24 && isChunkName(header.subarray(0, 4)) && header.includes(GUID_END),
};

/**
 * Decodes a WAV stream (RIFF, RF64 and BW64; Multimedia Programming Interface and Data Specifications 1.0, 1991;
 * EBU Tech 3306; Wave64 by Sonic Foundry): PCM of 8, 16, 24 and 32 bits, float of 32 and 64, A-law and mu-law, any rate and
 * number of channels, also in WAVE_FORMAT_EXTENSIBLE. The audio ends where it does, whatever the header says: see
 * decodePcmData.
 *
 * @throws DeepInfantError `not-audio` for a broken header, `other-codec` for another codec (both before the first
 *   block), `truncated` after the last block if bytes are missing
 */
export async function* decodeWav(reader: ByteReader, reading: Reading): AsyncGenerator<PcmBlock> {
  // A loop, since any number may be joined.
  while (yield* decodeOne(reader, reading));
}

/** @returns whether another one follows, which was joined to it */
async function* decodeOne(reader: ByteReader, reading: Reading): AsyncGenerator<PcmBlock, boolean> {
  const { name } = reading;
  const isWave64 = (await reader.peek(1)).toString() === 'r';
  const chunks = isWave64 ? WAVE64 : RIFF;
  await reader.skip(isWave64 ? 40 : 12);
  let format: { pcm: PcmFormat | undefined } | undefined;
  let longLength: number | undefined;
  for await (const { id, length, read } of walkChunks(reader, chunks)) {
    if (id === 'fmt ') format = { pcm: parseFormat(await read(40), name) };
    if (id === 'ds64') {
      const body = await read(40);
      if (body.length >= 16) longLength = Number(body.readBigUInt64LE(8));
    }
    if (id === 'data') {
      if (!format)
        throw new DeepInfantError(
          'not-audio',
          `${name} is a broken WAV: its audio comes before its format. Export it again.`,
        );
      const declared = declaredLength(length);
      const data = {
        // Of RF64 the true length, 0 if it was never filled in.
        length: declared === Infinity ? declaredLength(longLength ?? 0) || Infinity : declared,
        chunkLength: (next: Buffer) =>
          chunks.isName(next) ? chunks.headerBytes + chunks.bodyLength(next) : NaN,
      };
      const { pcm } = format;
      if (!pcm) throw new OtherCodec(name, await ffmpegOptions(reader, data, reading));
      yield* decodePcmData(reader, { ...pcm, ...data }, reading);
      const next = (await reader.peek(13)).toString('latin1');
      const padding = next.search(/RIFF....WAVE/s);
      if (isWave64 || padding < 0) return false;
      await reader.skip(padding);
      return true;
    }
  }
  return false;
}

/** Undefined where the samples are coded in another way. */
function parseFormat(body: Buffer, name: string): PcmFormat | undefined {
  if (body.length < 16)
    throw new DeepInfantError(
      'not-audio',
      `${name} is a broken WAV: its format is ${body.length} bytes long, 16 at least are needed. Export it again.`,
    );
  let tag = body.readUInt16LE(0);
  const channels = body.readUInt16LE(2);
  const rate = body.readUInt32LE(4);
  const frameBytes = body.readUInt16LE(12);
  // The first two bytes of an extensible format's GUID are the tag.
  if (tag === TAG.extensible && body.length >= 26) tag = body.readUInt16LE(24);
  const coding = CODINGS.get(`${tag}/${frameBytes / channels}`);
  return coding && { rate, channels, coding };
}

/** How ffmpeg is to read compressed data: beyond their declared end where there is more, which is said. */
async function ffmpegOptions(
  reader: ByteReader,
  { length, chunkLength }: Pick<PcmData, 'length' | 'chunkLength'>,
  { name, warn }: Reading,
): Promise<string[]> {
  const { left } = reader;
  if (left === undefined || length === 0 || length >= left) return [];
  await reader.skip(length);
  if (!(await isSoundNext(reader, { partial: 0, least: LEAST_COMPRESSED_BYTES, chunkLength }))) return [];
  warn(`${name} holds more audio than its header says. All of it was heard.`);
  return ['-ignore_length', '1'];
}
