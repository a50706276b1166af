import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { concat } from '../concat.js';
import { DeepInfantError } from '../errors.js';
import { SAMPLE_RATE, type AudioChunk } from '../values.js';
import { ByteReader } from './byte-reader.js';
import { decodeWithFfmpeg } from './ffmpeg.js';
import { decodeFlac } from './flac.js';
import type { PcmBlock } from './pcm.js';
import { Resampler } from './resampler.js';
import { decodeWav } from './wav.js';

const WAV = /^(RIFF|RF64|BW64)....WAVE/s;
const FLAC = /^fLaC/;

/** First bytes of the formats that are left to ffmpeg. */
const OTHER_FORMATS = [
  /^....(ftyp|moov|mdat|wide|free|skip)/s, // MP4, M4A, 3GP, QuickTime
  /^ID3/, // tag before MP3 and others
  /^\xff[\xe2-\xe5\xf0-\xf5\xf8-\xfd]/, // frame of MPEG audio layer II or III, or of AAC (ADTS)
  /^OggS/, // Opus, Vorbis
  /^\x1aE\xdf\xa3/, // Matroska, WebM
  /^caff/,
  /^#!AMR/,
  /^FORM....AIF[FC]/s,
  /^\.snd/, // AU
  /^riff\x2e\x91\xcf\x11/, // Wave64
  /^\x30\x26\xb2\x75\x8e\x66\xcf\x11/, // WMA
  /^RIFF....AVI /s,
];

const EXTENSIONS = new Set(
  '.3g2 .3gp .aac .aif .aifc .aiff .amr .au .avi .caf .flac .m4a .m4b .mka .mkv .mov .mp3 .mp4 .oga .ogg .opus .snd .w64 .wav .wave .webm .wma'.split(
    ' ',
  ),
);

/** Sample rates in Hz beyond any recorder's, which only a broken header names. */
const LOWEST_RATE = 1000;
const HIGHEST_RATE = 384000;

export interface RecordingOptions {
  /** Name of the source; else the file's base name, or 'buffer'. */
  source?: string;
  /** Epoch time of the first sample in ms; else 0. */
  startAt?: number;
  signal?: AbortSignal;
}

/**
 * Reads a recording as chunks of one second, the last one shorter. The bytes decide the format, not the name.
 * WAV and FLAC are read as they are; other formats need the system's ffmpeg. No more than a few chunks are held in memory
 * at a time.
 *
 * @param input a file's path, or a file's content
 * @throws DeepInfantError `not-found`, `unreadable`, `not-a-file`, `empty`, `not-audio`, `no-samples`,
 *   `ffmpeg-missing`; `truncated` after the last chunk if the recording is cut off or damaged: all that could be read
 *   has been given then. The signal's reason if aborted.
 */
export async function* readRecording(
  input: string | Buffer,
  options: RecordingOptions = {},
): AsyncGenerator<AudioChunk> {
  const name = typeof input === 'string' ? input : 'The buffer';
  const {
    source = typeof input === 'string' ? path.basename(input) : 'buffer',
    startAt = 0,
    signal,
  } = options;
  let second = new Float32Array(SAMPLE_RATE);
  let filled = 0;
  let firstSample = 0;
  const takeChunk = (): AudioChunk => {
    const samples = second.subarray(0, filled);
    // The filter overshoots a little where the recording is at full scale.
    for (let i = 0; i < filled; i++) samples[i] = Math.max(-1, Math.min(1, samples[i]));
    const chunk = { samples, firstSample, at: startAt + (firstSample / SAMPLE_RATE) * 1000, source, lost: 0 };
    second = new Float32Array(SAMPLE_RATE);
    firstSample += filled;
    filled = 0;
    return chunk;
  };
  function* collect(samples: Float32Array): Generator<AudioChunk> {
    for (let taken = 0; taken < samples.length;) {
      const part = samples.subarray(taken, taken + SAMPLE_RATE - filled);
      second.set(part, filled);
      filled += part.length;
      taken += part.length;
      if (filled === SAMPLE_RATE) yield takeChunk();
    }
  }

  let resampler: Resampler | undefined;
  let truncated: DeepInfantError | undefined;
  try {
    for await (const { rate, samples } of decode(input, name)) {
      signal?.throwIfAborted();
      resampler ??= createResampler(rate, name);
      yield* collect(resampler.push(samples));
    }
  } catch (error) {
    if (!(error instanceof DeepInfantError && error.code === 'truncated')) throw error;
    truncated = error;
  }
  if (resampler) yield* collect(resampler.flush());
  if (filled > 0) yield takeChunk();
  if (firstSample === 0) {
    throw new DeepInfantError('no-samples', `${name} has a header but no audio after it. Record it again.`);
  }
  if (truncated) throw truncated;
}

/** Reads a whole recording into memory: 16 kHz mono. @throws DeepInfantError when it cannot be read */
export async function readSamples(file: string): Promise<Float32Array> {
  const parts: Float32Array[] = [];
  for await (const chunk of readRecording(file)) parts.push(chunk.samples);
  return concat(parts);
}

function createResampler(rate: number, name: string): Resampler {
  if (rate < LOWEST_RATE || rate > HIGHEST_RATE) {
    throw new DeepInfantError(
      'not-audio',
      `${name} claims ${rate} samples a second; ${LOWEST_RATE} to ${HIGHEST_RATE} can be read. Export it again.`,
    );
  }
  return new Resampler(rate);
}

/** Decodes a recording at its own rate, in the format that its first bytes show. */
async function* decode(input: string | Buffer, name: string): AsyncGenerator<PcmBlock> {
  let stream: Readable | undefined;
  try {
    if (typeof input === 'string') await checkFile(input);
    else if (input.length === 0) throw new DeepInfantError('empty', `${name} is empty.`);
    stream = typeof input === 'string' ? createReadStream(input) : Readable.from(input);
    const reader = new ByteReader(stream);
    const head = (await reader.peek(16)).toString('latin1');
    if (FLAC.test(head)) yield* decodeFlac(reader, name);
    else if (WAV.test(head)) yield* decodeWavOrOther(reader, input, name);
    else if (OTHER_FORMATS.some(format => format.test(head))) yield* decodeOther(input, name);
    else {
      throw new DeepInfantError(
        'not-audio',
        `${name} is not audio in a known format. Use WAV, FLAC, MP3 or the like.`,
      );
    }
  } catch (error) {
    throw fileError(name, error);
  } finally {
    stream?.destroy();
  }
}

async function checkFile(file: string): Promise<void> {
  const stats = await stat(file);
  if (stats.isDirectory()) throw new DeepInfantError('not-a-file', `${file} is a folder. Name a file in it.`);
  if (!stats.isFile()) throw new DeepInfantError('not-a-file', `${file} is a device or pipe. Name a file.`);
  if (stats.size === 0)
    throw new DeepInfantError('empty', `${file} is empty (0 bytes). Record or copy it again.`);
}

/** What the system says of a file or folder as an error that a person can act on; anything else as it is. */
function fileError(name: string, error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error)) return error;
  // No path holds a NUL.
  const isNoPath = error.code === 'ERR_INVALID_ARG_VALUE';
  if (!('syscall' in error) && !isNoPath) return error;
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR' || isNoPath)
    return new DeepInfantError('not-found', `${name} does not exist. Check the path.`, { cause: error });
  return new DeepInfantError(
    'unreadable',
    `${name} cannot be read: ${error.message}. Check its permissions and disk.`,
    { cause: error },
  );
}

/** A WAV may hold any codec; ffmpeg knows those that the WAV decoder does not. */
async function* decodeWavOrOther(
  reader: ByteReader,
  input: string | Buffer,
  name: string,
): AsyncGenerator<PcmBlock> {
  try {
    yield* decodeWav(reader, name);
  } catch (error) {
    if (!(error instanceof DeepInfantError && error.code === 'wav-codec')) throw error;
    yield* decodeOther(input, name);
  }
}

async function* decodeOther(input: string | Buffer, name: string): AsyncGenerator<PcmBlock> {
  if (typeof input === 'string') {
    yield* decodeWithFfmpeg(input, name);
    return;
  }
  // Through a file, not a pipe: some formats (MP4) can only be read by seeking.
  const folder = await mkdtemp(path.join(tmpdir(), 'deepinfant-'));
  try {
    const file = path.join(folder, 'recording');
    await writeFile(file, input);
    yield* decodeWithFfmpeg(file, name);
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

/**
 * The recordings that `paths` name: files as they are given, folders replaced by the files under them, at any depth, whose
 * extension is that of a recording, sorted by path.
 *
 * @param skipped told of each folder in a folder that cannot be listed; without it, that ends the listing
 * @throws DeepInfantError `not-found` for a missing path, `unreadable`, `no-recordings` for a folder without any
 */
export async function listRecordings(
  paths: string[],
  skipped?: (folder: string, error: unknown) => void,
): Promise<string[]> {
  const recordings: string[] = [];
  for (const given of paths) {
    if (!(await isFolder(given))) {
      recordings.push(given);
      continue;
    }
    const found: string[] = [];
    // Grows while it is gone through.
    const folders = [given];
    for (const folder of folders) {
      try {
        for (const entry of await readdir(folder, { withFileTypes: true })) {
          const place = path.join(folder, entry.name);
          if (entry.isDirectory()) folders.push(place);
          else if (EXTENSIONS.has(path.extname(entry.name).toLowerCase())) found.push(place);
        }
      } catch (error) {
        if (folder === given || !skipped) throw fileError(folder, error);
        skipped(folder, fileError(folder, error));
      }
    }
    if (found.length === 0) {
      throw new DeepInfantError(
        'no-recordings',
        `${given} contains no recordings. Name a folder with WAV, FLAC, MP3 or similar files.`,
      );
    }
    for (const file of found.sort()) recordings.push(file);
  }
  return recordings;
}

async function isFolder(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isDirectory();
  } catch (error) {
    throw fileError(file, error);
  }
}
