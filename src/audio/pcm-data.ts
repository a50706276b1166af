import { DeepInfantError } from '../errors.js';
import type { ByteReader } from './byte-reader.js';
import { clampAmplitude, HIGHEST_RATE, type PcmBlock } from './pcm.js';

/** Bytes decoded at a time, at most. */
const MOST_BLOCK_BYTES = 65536;
/** What follows declared audio is audio too if it lasts so long: less of it is padding or a tag. */
const LEAST_UNDECLARED_S = 0.5;
/** A chunk that is longer than this cannot be told from audio while the length of the file is not known. */
const MOST_CHUNK_BYTES = 2 ** 24;
/** As many as WAV can declare. */
const MOST_CHANNELS = 65_535;
/** Chunks begin at a multiple of 2 bytes, or of 8 in Wave64. */
const MOST_PADDING = 7;

/** Reads one sample of one channel. */
type SampleReader = (view: DataView, byte: number) => number;

/** How samples are coded; numbers are followed by the order of their bytes. */
export type Coding =
  `${'s16' | 's24' | 's32' | 'f32' | 'f64'}${'le' | 'be'}` | 'u8' | 's8' | 'aLaw' | 'muLaw';

/** What a header says of the samples that follow it. */
export interface PcmFormat {
  rate: number;
  channels: number;
  coding: Coding;
}

/** Samples that begin at the reader's place. */
export interface PcmData extends PcmFormat {
  /** Declared length in bytes; Infinity where the writer did not know it. */
  length: number;
  /** The length of a chunk that begins with these 24 bytes, header included; NaN if no chunk does. */
  chunkLength: (header: Buffer) => number;
}

/** Whom to tell what a person should know of a recording that can be heard all the same. */
export interface Reading {
  /** What to call the recording. */
  name: string;
  warn: (message: string) => void;
  /** Ends it. */
  signal?: AbortSignal;
}

/**
 * A length as a header declares it; Infinity for one that writers to a pipe put in place of the one that they can't know:
 * arecord 2^31, ffmpeg 2^32 - 1, SoX 2^31 - 4096, GStreamer and others something near them, Wave64 2^63 - 1.
 */
export function declaredLength(length: number): number {
  const isPlaceholder =
    (length >= 0x7fff0000 && length <= 0x80000000) ||
    (length >= 0xffff0000 && length <= 0xffffffff) ||
    length > Number.MAX_SAFE_INTEGER;
  return isPlaceholder ? Infinity : length;
}

/**
 * Decodes samples to where they end, whatever the header says. What follows their declared end and is no chunk is heard
 * too, and said. A length of 0 stands for an unknown one if anything but a chunk follows.
 *
 * @throws DeepInfantError `other-codec` for a number of channels that cannot be, `truncated` after the last block if bytes are missing
 */
export async function* decodePcmData(
  reader: ByteReader,
  { rate, channels, coding, length, chunkLength }: PcmData,
  { name, warn }: Reading,
): AsyncGenerator<PcmBlock> {
  if (channels < 1 || channels > MOST_CHANNELS) throw new OtherCodec(name);
  const sampleBytes = CODINGS[coding].bytes;
  const frameBytes = channels * sampleBytes;
  const seconds = (bytes: number): string => (bytes / frameBytes / rate).toFixed(1);
  let done = 0;
  async function* decodeTo(end: number): AsyncGenerator<PcmBlock> {
    while (done < end) {
      const most = Math.max(frameBytes, Math.min(MOST_BLOCK_BYTES, end - done));
      const bytes = end - done < frameBytes ? Buffer.alloc(0) : await reader.readUnits(frameBytes, most);
      if (bytes.length === 0) return;
      done += bytes.length;
      yield { rate, channels, samples: decodeSamples(bytes, coding) };
    }
  }

  yield* decodeTo(length);
  if (length === Infinity) return;
  if (length - done >= frameBytes)
    throw new DeepInfantError(
      'truncated',
      `${name} is cut off: ${seconds(done)} s of ${seconds(length)} s are there. They were used; copy the file again for the rest.`,
    );
  const least =
    length === 0 ? frameBytes : frameBytes * Math.ceil(LEAST_UNDECLARED_S * Math.min(rate, HIGHEST_RATE));
  if (!(await isSoundNext(reader, { partial: length - done, least, chunkLength }))) return;
  yield* decodeTo(Infinity);
  if (length > 0)
    warn(
      `${name} holds ${seconds(done)} s of audio, though its header says ${seconds(length)} s. All of it was heard.`,
    );
}

/** Not in the generator itself, whose loops V8 compiles badly: it took three times as long there. */
function decodeSamples(bytes: Buffer, coding: Coding): Float32Array {
  const { bytes: sampleBytes, read } = CODINGS[coding];
  const samples = new Float32Array(bytes.length / sampleBytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let i = 0; i < samples.length; i++) samples[i] = read(view, i * sampleBytes);
  return samples;
}

/**
 * Whether sound follows the declared end of samples, and not a chunk, a tag, padding, or nothing.
 * @param partial bytes of a sample that was begun
 * @param least bytes that sound takes at least
 */
export async function isSoundNext(
  reader: ByteReader,
  { partial, least, chunkLength }: { partial: number; least: number } & Pick<PcmData, 'chunkLength'>,
): Promise<boolean> {
  const next = await reader.peek(Math.max(partial + MOST_PADDING + 24, least));
  if (next.length < least) return false;
  const most = reader.left ?? MOST_CHUNK_BYTES;
  for (let padding = 0; padding <= MOST_PADDING; padding++) {
    const header = next.subarray(partial + padding, partial + padding + 24);
    if (isTag(header) || (header.length >= 8 && chunkLength(header) <= most)) return false;
  }
  return true;
}

/** Whether bytes begin a tag that players put behind any sound: ID3, APE or Lyrics3. */
export function isTag(bytes: Buffer): boolean {
  return /^(ID3[\x02-\x04]|TAG|APETAGEX|LYRICSBEGIN)/.test(bytes.toString('latin1', 0, 11));
}

/** The samples are coded in a way that is left to ffmpeg, with options for its input; thrown before the first block. */
export class OtherCodec extends DeepInfantError {
  constructor(
    name: string,
    readonly options: readonly string[] = [],
  ) {
    super('other-codec', `${name} is compressed, or its header is broken. Convert it to PCM.`);
  }
}

/** Whether bytes may be the name of a chunk. */
export function isChunkName(bytes: Buffer): boolean {
  return /^[\w ]{4}$/.test(bytes.toString('latin1'));
}

/** The bytes of a sample, and how it is read. Fewer valid bits than the bytes hold are left-justified. */
const CODINGS: Record<Coding, { bytes: number; read: SampleReader }> = {
  u8: { bytes: 1, read: (view, byte) => (view.getUint8(byte) - 128) / 128 },
  s8: { bytes: 1, read: (view, byte) => view.getInt8(byte) / 128 },
  s16le: { bytes: 2, read: (view, byte) => view.getInt16(byte, true) / 32768 },
  s16be: { bytes: 2, read: (view, byte) => view.getInt16(byte) / 32768 },
  s24le: {
    bytes: 3,
    read: (view, byte) => (view.getInt8(byte + 2) * 65536 + view.getUint16(byte, true)) / 8388608,
  },
  s24be: {
    bytes: 3,
    read: (view, byte) => (view.getInt8(byte) * 65536 + view.getUint16(byte + 1)) / 8388608,
  },
  s32le: { bytes: 4, read: (view, byte) => view.getInt32(byte, true) / 2147483648 },
  s32be: { bytes: 4, read: (view, byte) => view.getInt32(byte) / 2147483648 },
  f32le: { bytes: 4, read: (view, byte) => clampAmplitude(view.getFloat32(byte, true)) },
  f32be: { bytes: 4, read: (view, byte) => clampAmplitude(view.getFloat32(byte)) },
  f64le: { bytes: 8, read: (view, byte) => clampAmplitude(view.getFloat64(byte, true)) },
  f64be: { bytes: 8, read: (view, byte) => clampAmplitude(view.getFloat64(byte)) },
  aLaw: { bytes: 1, read: (view, byte) => A_LAW[view.getUint8(byte)] },
  muLaw: { bytes: 1, read: (view, byte) => MU_LAW[view.getUint8(byte)] },
};

const A_LAW = Float32Array.from({ length: 256 }, (_, code) => expandALaw(code) / 32768);
const MU_LAW = Float32Array.from({ length: 256 }, (_, code) => expandMuLaw(code) / 32768);

/** ITU-T G.711, to 16 bits. */
function expandALaw(code: number): number {
  const bits = code ^ 0x55;
  const segment = (bits & 0x70) >> 4;
  const step = ((bits & 0x0f) << 4) + 8;
  const magnitude = segment === 0 ? step : (step + 0x100) << (segment - 1);
  return bits & 0x80 ? magnitude : -magnitude;
}

/** ITU-T G.711, to 16 bits. */
function expandMuLaw(code: number): number {
  const bits = ~code;
  const magnitude = ((((bits & 0x0f) << 3) + 0x84) << ((bits & 0x70) >> 4)) - 0x84;
  return bits & 0x80 ? -magnitude : magnitude;
}
