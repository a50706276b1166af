import { DeepInfantError } from '../errors.js';
import type { ByteReader } from './byte-reader.js';
import { clampAmplitude, type PcmBlock } from './pcm.js';

/** Bytes decoded at a time, about. */
const BLOCK_BYTES = 65536;

/** Data lengths that writers to a pipe put in place of the one they can't know: ffmpeg and SoX. */
const UNKNOWN_LENGTHS = [0xffffffff, 0x7ffff000];

/** Format tags of mmreg.h. */
const TAG = { pcm: 1, float: 3, aLaw: 6, muLaw: 7, extensible: 0xfffe };

/** Reads one sample of one channel. */
type SampleReader = (view: DataView, byte: number) => number;

interface WavFormat {
  rate: number;
  channels: number;
  /** Bytes of one sample of every channel. */
  frameBytes: number;
  readSample: SampleReader;
}

/**
 * Decodes a WAV stream (RIFF, RF64 and BW64; Multimedia Programming Interface and Data Specifications 1.0, 1991;
 * EBU Tech 3306): PCM of 8, 16, 24 and 32 bits, float of 32 and 64, A-law and mu-law, any rate and number of channels,
 * also in WAVE_FORMAT_EXTENSIBLE. A stream whose length was never filled in ends where its bytes end.
 *
 * @param name what to call the recording in errors
 * @throws DeepInfantError `not-audio` for a broken header, `wav-codec` for another codec (both before the first
 *   block), `truncated` after the last block if bytes are missing
 */
export async function* decodeWav(reader: ByteReader, name: string): AsyncGenerator<PcmBlock> {
  const riff = await reader.read(12);
  if (riff.length < 12) return;
  let position = 12;
  let format: WavFormat | undefined;
  let longLength: number | undefined;
  for (;;) {
    const header = await reader.read(8);
    if (header.length < 8) return;
    position += 8;
    const id = header.toString('latin1', 0, 4);
    const length = header.readUInt32LE(4);
    if (id === 'data') {
      if (!format)
        throw new DeepInfantError(
          'not-audio',
          `${name} is a broken WAV: its audio comes before its format. Export it again.`,
        );
      const riffLength = riff.readUInt32LE(4);
      const streamed =
        UNKNOWN_LENGTHS.includes(length) ||
        (length === 0 && (riffLength + 8 <= position || riffLength === 0xffffffff));
      yield* decodeData(reader, format, streamed ? (longLength ?? Infinity) : length, name);
      return;
    }
    const padded = length + (length % 2);
    const body = await reader.read(id === 'fmt ' || id === 'ds64' ? Math.min(padded, 40) : 0);
    if (id === 'fmt ') format = parseFormat(body, name);
    if (id === 'ds64' && body.length >= 16) longLength = Number(body.readBigUInt64LE(8));
    await reader.skip(padded - body.length);
    position += padded;
  }
}

async function* decodeData(
  reader: ByteReader,
  { rate, channels, frameBytes, readSample }: WavFormat,
  length: number,
  name: string,
): AsyncGenerator<PcmBlock> {
  const sampleBytes = frameBytes / channels;
  const blockBytes = Math.ceil(BLOCK_BYTES / frameBytes) * frameBytes;
  let done = 0;
  while (done < length) {
    const bytes = await reader.read(Math.min(blockBytes, length - done));
    const samples = new Float32Array(Math.floor(bytes.length / frameBytes));
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let byte = 0;
    for (let i = 0; i < samples.length; i++) {
      let sum = 0;
      for (let channel = 0; channel < channels; channel++, byte += sampleBytes) sum += readSample(view, byte);
      samples[i] = sum / channels;
    }
    if (samples.length > 0) yield { rate, samples };
    done += bytes.length;
    if (bytes.length < blockBytes) break;
  }
  if (done < length && length !== Infinity) {
    const seconds = (bytes: number): string => (bytes / frameBytes / rate).toFixed(1);
    throw new DeepInfantError(
      'truncated',
      `${name} is cut off: ${seconds(done)} s of ${seconds(length)} s are there. They were used; copy the file again for the rest.`,
    );
  }
}

function parseFormat(body: Buffer, name: string): WavFormat {
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
  const readSample = SAMPLE_READERS.get(`${tag}/${frameBytes / channels}`);
  if (!readSample) {
    throw new DeepInfantError(
      'wav-codec',
      `${name} is a WAV of a kind that cannot be read (format tag ${tag}, ${channels} channels, ${frameBytes} bytes a frame). Convert it to PCM.`,
    );
  }
  return { rate, channels, frameBytes, readSample };
}

const A_LAW = Float32Array.from({ length: 256 }, (_, code) => expandALaw(code) / 32768);
const MU_LAW = Float32Array.from({ length: 256 }, (_, code) => expandMuLaw(code) / 32768);

/** By format tag and bytes a sample. Fewer valid bits than the bytes hold are left-justified, so need no care. */
const SAMPLE_READERS = new Map<string, SampleReader>([
  [`${TAG.pcm}/1`, (view, byte) => (view.getUint8(byte) - 128) / 128],
  [`${TAG.pcm}/2`, (view, byte) => view.getInt16(byte, true) / 32768],
  [`${TAG.pcm}/3`, (view, byte) => (view.getInt8(byte + 2) * 65536 + view.getUint16(byte, true)) / 8388608],
  [`${TAG.pcm}/4`, (view, byte) => view.getInt32(byte, true) / 2147483648],
  [`${TAG.float}/4`, (view, byte) => clampAmplitude(view.getFloat32(byte, true))],
  [`${TAG.float}/8`, (view, byte) => clampAmplitude(view.getFloat64(byte, true))],
  [`${TAG.aLaw}/1`, (view, byte) => A_LAW[view.getUint8(byte)]],
  [`${TAG.muLaw}/1`, (view, byte) => MU_LAW[view.getUint8(byte)]],
]);

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
