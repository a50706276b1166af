import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { addAbortSignal, Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { concat } from '../concat.js';
import { DeepInfantError } from '../errors.js';
import { shownPath, systemPath } from '../files/path-text.js';
import { SAMPLE_RATE, type AudioChunk } from '../values.js';
import { decodeAiff } from './aiff.js';
import { decodeAu } from './au.js';
import { ByteReader } from './byte-reader.js';
import { decodeCaf } from './caf.js';
import { decodeWithFfmpeg } from './ffmpeg-decoder.js';
import { fileError } from './file-error.js';
import { decodeFlac } from './flac.js';
import { MonoMixer } from './mono.js';
import { clampAmplitudes, HIGHEST_RATE, type PcmBlock } from './pcm.js';
import { decodePcmData, OtherCodec, type Reading } from './pcm-data.js';
import { Resampler } from './resampler.js';
import { decodeWav } from './wav.js';

type Decoder = (reader: ByteReader, reading: Reading) => AsyncGenerator<PcmBlock>;

/** The formats that are read here, by their first bytes. Where a codec in them is another, ffmpeg is asked. */
const DECODERS: readonly [RegExp, Decoder][] = [
  [/^(RIFF|RF64|BW64)....WAVE/s, decodeWav],
  [/^riff\x2e\x91\xcf\x11/, decodeWav], // Wave64
  [/^fLaC/, decodeFlac],
  [/^FORM....AIF[FC]/s, decodeAiff],
  [/^caff/, decodeCaf],
  [/^\.snd/, decodeAu],
];

/** Samples of a chunk of a stream, 0.128 s: whoever sends it may do so as it is recorded. */
const STREAM_CHUNK_SAMPLES = 2048;

/** Bytes that show the format. */
export const HEAD_BYTES = 16;

/** Read at a time: less costs more turns of the event loop. */
const READ_BYTES = 262_144;

/** A sample rate in Hz below any recorder's, which only a broken header names. */
const LOWEST_RATE = 1000;

/** Samples without a header: 16-bit, little endian, interleaved. */
export interface RawFormat {
  rate: number;
  channels: number;
}

export interface RecordingOptions {
  /** Name of the source; else the file's base name, 'buffer' or 'stream'. */
  source?: string;
  /** Epoch time of the first sample in ms; else 0. */
  startAt?: number;
  signal?: AbortSignal;
  /** Told what a person should know of a recording that can be heard all the same. */
  warn?: (message: string) => void;
  /** How the samples are coded that make up the whole recording; else the recording's first bytes say that. */
  raw?: RawFormat;
}

/**
 * Reads a recording as chunks of one second, of an eighth of one from a stream, the last one shorter. The bytes decide the format, not the name. WAV, FLAC,
 * AIFF, CAF and AU are read as they are; other formats need the system's ffmpeg. No more than a few chunks are held in
 * memory at a time. Several channels become one: see MonoMixer.
 *
 * @param input a file's path (see `pathText`), a file's content, or a stream of it, such as standard input
 * @throws DeepInfantError `not-found`, `unreadable`, `not-a-file`, `empty`, `not-audio`, `no-samples`,
 *   `ffmpeg-missing`; `truncated` after the last chunk if the recording is cut off or damaged: all that could be read
 *   has been given then. The signal's reason if aborted.
 */
export async function* readRecording(
  input: string | Buffer | Readable,
  { source = defaultSource(input), startAt = 0, signal, warn = () => undefined, raw }: RecordingOptions = {},
): AsyncGenerator<AudioChunk> {
  const name = nameOf(input);
  const chunkSamples = input instanceof Readable ? STREAM_CHUNK_SAMPLES : SAMPLE_RATE;
  const chunker = new Chunker({ source, startAt, chunkSamples });
  // It may send nothing for a long time.
  if (signal && input instanceof Readable) addAbortSignal(signal, input);
  let mono: Mono | undefined;
  let cancelledChannel: number | undefined;
  let truncated: DeepInfantError | undefined;
  try {
    for await (const block of decode(input, { name, warn, signal }, raw)) {
      signal?.throwIfAborted();
      // Where recordings were joined into one file.
      if (mono && !mono.fits(block)) {
        yield* chunker.push(mono.flush());
        cancelledChannel ??= mono.cancelledChannel;
        mono = undefined;
      }
      mono ??= new Mono(block, name);
      yield* chunker.push(mono.push(block.samples));
    }
  } catch (error) {
    if (!(error instanceof DeepInfantError && error.code === 'truncated')) throw error;
    truncated = error;
  }
  if (mono) yield* chunker.push(mono.flush());
  yield* chunker.flush();
  if (chunker.nextSample === 0)
    throw new DeepInfantError('no-samples', `${name} has a header but no audio after it. Record it again.`);
  cancelledChannel ??= mono?.cancelledChannel;
  if (cancelledChannel !== undefined)
    warn(
      `The channels of ${name} cancel each other out, or most of them are silent: where they do, channel ${cancelledChannel} is heard alone.`,
    );
  if (truncated) throw truncated;
}

/** Reads a whole recording into memory: 16 kHz mono. @throws DeepInfantError when it cannot be read */
export async function readSamples(file: string): Promise<Float32Array> {
  const parts: Float32Array[] = [];
  for await (const chunk of readRecording(file)) parts.push(chunk.samples);
  return concat(parts);
}

/** Makes 16 kHz mono of blocks of one rate and one number of channels. */
class Mono {
  /** The channel that was heard alone first, from 1. */
  cancelledChannel: number | undefined;
  private readonly mixer: MonoMixer;
  private readonly resampler: Resampler;
  private readonly isResampled: boolean;

  constructor(
    private readonly format: Omit<PcmBlock, 'samples'>,
    name: string,
  ) {
    const { rate, channels } = format;
    // Also a rate that is not a number: some headers have it as one with a fraction.
    if (!(rate >= LOWEST_RATE && rate <= HIGHEST_RATE))
      throw new DeepInfantError(
        'not-audio',
        `${name} claims ${rate} samples a second; ${LOWEST_RATE} to ${HIGHEST_RATE} can be read. Export it again.`,
      );
    this.mixer = new MonoMixer(channels, rate);
    this.resampler = new Resampler(rate);
    this.isResampled = rate !== SAMPLE_RATE;
  }

  fits({ rate, channels }: PcmBlock): boolean {
    return rate === this.format.rate && channels === this.format.channels;
  }

  push(frames: Float32Array): Float32Array {
    const samples = this.resampler.push(this.mixer.push(frames));
    this.cancelledChannel ??= this.mixer.channel;
    return this.clamp(samples);
  }

  flush(): Float32Array {
    return this.clamp(concat([this.resampler.push(this.mixer.flush()), this.resampler.flush()]));
  }

  private clamp(samples: Float32Array): Float32Array {
    return this.isResampled ? clampAmplitudes(samples) : samples;
  }
}

/** Cuts samples into chunks. */
class Chunker {
  nextSample = 0;
  private chunk: Float32Array<ArrayBuffer>;
  private filled = 0;

  constructor(private readonly options: { source: string; startAt: number; chunkSamples: number }) {
    this.chunk = new Float32Array(options.chunkSamples);
  }

  *push(samples: Float32Array): Generator<AudioChunk> {
    for (let taken = 0; taken < samples.length;) {
      const part = samples.subarray(taken, taken + this.chunk.length - this.filled);
      this.chunk.set(part, this.filled);
      this.filled += part.length;
      taken += part.length;
      if (this.filled === this.chunk.length) yield* this.flush();
    }
  }

  /** The last, shorter chunk, if there is one. */
  *flush(): Generator<AudioChunk> {
    if (this.filled === 0) return;
    const { source, startAt, chunkSamples } = this.options;
    const samples = this.chunk.subarray(0, this.filled);
    const firstSample = this.nextSample;
    const at = startAt + (firstSample / SAMPLE_RATE) * 1000;
    this.chunk = new Float32Array(chunkSamples);
    this.nextSample += samples.length;
    this.filled = 0;
    yield { samples, firstSample, at, source, lost: 0 };
  }
}

function nameOf(input: string | Buffer | Readable): string {
  if (typeof input === 'string') return shownPath(input);
  return Buffer.isBuffer(input) ? 'The buffer' : 'Standard input';
}

function defaultSource(input: string | Buffer | Readable): string {
  if (typeof input === 'string') return path.basename(input);
  return Buffer.isBuffer(input) ? 'buffer' : 'stream';
}

/** Decodes a recording at its own rate, in the format that its first bytes show. */
async function* decode(
  input: string | Buffer | Readable,
  reading: Reading,
  raw: RawFormat | undefined,
): AsyncGenerator<PcmBlock> {
  const { name } = reading;
  let stream: Readable | undefined;
  try {
    const size = await sizeOf(input);
    if (size === 0) throw new DeepInfantError('empty', emptyMessage(input));
    stream = streamOf(input);
    const reader = new ByteReader(stream, size);
    if (raw) {
      const data = { ...raw, coding: 's16le', length: Infinity, chunkLength: () => NaN } as const;
      yield* decodePcmData(reader, data, reading);
      return;
    }
    const head = await reader.peek(HEAD_BYTES);
    if (head.length === 0) throw new DeepInfantError('empty', emptyMessage(input));
    const decoder = decoderFor(head);
    try {
      if (decoder) yield* decoder(reader, reading);
    } catch (error) {
      const isStream = input instanceof Readable;
      if (!(error instanceof OtherCodec) || (isStream && !reader.rewind())) throw error;
      yield* decodeOther(isStream ? reader : input, reading, error.options);
    }
    if (!decoder) yield* decodeOther(input instanceof Readable ? reader : input, reading);
  } catch (error) {
    throw fileError(name, error);
  } finally {
    stream?.destroy();
  }
}

/** The decoder of a format that needs no ffmpeg, by a recording's first HEAD_BYTES. */
export function decoderFor(head: Buffer): Decoder | undefined {
  const text = head.toString('latin1');
  return DECODERS.find(([format]) => format.test(text))?.[1];
}

function streamOf(input: string | Buffer | Readable): Readable {
  if (typeof input === 'string') return createReadStream(systemPath(input), { highWaterMark: READ_BYTES });
  return Buffer.isBuffer(input) ? Readable.from([input]) : input;
}

/** In bytes; undefined for a stream. @throws DeepInfantError `not-a-file` */
async function sizeOf(input: string | Buffer | Readable): Promise<number | undefined> {
  if (typeof input !== 'string') return Buffer.isBuffer(input) ? input.length : undefined;
  const stats = await stat(systemPath(input));
  if (stats.isDirectory())
    throw new DeepInfantError('not-a-file', `${nameOf(input)} is a folder. Name a file in it.`);
  if (!stats.isFile())
    throw new DeepInfantError('not-a-file', `${nameOf(input)} is a device or pipe. Name a file.`);
  return stats.size;
}

function emptyMessage(input: string | Buffer | Readable): string {
  if (typeof input === 'string') return `${nameOf(input)} is empty (0 bytes). Record or copy it again.`;
  return `${nameOf(input)} is empty.`;
}

/** Decodes with ffmpeg. A Buffer becomes a file, not a pipe: some formats (MP4) can only be read by seeking. */
async function* decodeOther(
  input: string | Buffer | ByteReader,
  reading: Reading,
  options: readonly string[] = [],
): AsyncGenerator<PcmBlock> {
  if (!Buffer.isBuffer(input)) {
    yield* decodeWithFfmpeg(input, reading, options);
    return;
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'deepinfant-'));
  try {
    const file = path.join(folder, 'recording');
    await writeFile(file, input);
    yield* decodeWithFfmpeg(file, reading, options);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * Hands chunks out in real time: each when its last sample would have been recorded, by a monotonic clock that starts
 * with the first chunk. A late consumer gets the next ones at once until it has caught up.
 */
export async function* playInRealTime(
  chunks: AsyncIterable<AudioChunk> | Iterable<AudioChunk>,
  { signal }: { signal?: AbortSignal } = {},
): AsyncGenerator<AudioChunk> {
  let start: { time: number; sample: number } | undefined;
  for await (const chunk of chunks) {
    start ??= { time: performance.now(), sample: chunk.firstSample };
    const samples = chunk.firstSample + chunk.samples.length - start.sample;
    const due = start.time + (samples / SAMPLE_RATE) * 1000;
    await delay(Math.max(0, due - performance.now()), undefined, { signal });
    yield chunk;
  }
}
