import type { Readable } from 'node:stream';
import { guard } from '../../guard.js';
import { SAMPLE_RATE, type AudioFormat } from '../../values.js';
import { ByteReader } from '../byte-reader.js';
import { MonoMixer } from '../mono.js';
import { clampAmplitudes, type PcmBlock } from '../pcm.js';
import { decodePcmData } from '../pcm-data.js';
import { Resampler } from '../resampler.js';
import { decodeWav } from '../wav.js';

/** How a capturing program writes: a WAV of unknown length, or 32-bit floats, little endian, of a known format. */
export type CaptureForm = 'wav' | { rate: number; channels: number };

export interface CaptureReaderListener {
  /** 16 kHz mono, finite, in [-1, 1]; its own copy, of any length above 0. */
  samples(samples: Float32Array): void;
  /** What comes, without its codec; before the first samples, and when a channel is heard alone. */
  heard?(heard: Omit<AudioFormat, 'codec'>): void;
}

/**
 * Reads sound from the pipe of a capturing program, which may cut it anywhere, and makes 16 kHz mono of it: see MonoMixer.
 * The bytes of a last sample that never became whole are dropped.
 */
export function readCapture(pipe: Readable, form: CaptureForm, listener: CaptureReaderListener): void {
  let mono: { mixer: MonoMixer; resampler: Resampler } | undefined;
  let channel: number | undefined;
  const receive = guard(({ rate, channels, samples }: PcmBlock) => {
    const isFirst = mono === undefined;
    mono ??= { mixer: new MonoMixer(channels, rate), resampler: new Resampler(rate) };
    const mixed = mono.mixer.push(samples);
    const heard = rate === SAMPLE_RATE ? mixed : clampAmplitudes(mono.resampler.push(mixed));
    const isOther = mono.mixer.channel !== undefined && mono.mixer.channel !== channel;
    if (isFirst || isOther) {
      channel = mono.mixer.channel;
      listener.heard?.({ sampleRate: rate, channels, ...(channel !== undefined && { channel }) });
    }
    if (heard.length > 0) listener.samples(heard);
  });
  const read = async (): Promise<void> => {
    for await (const block of blocksOf(pipe, form)) receive(block);
  };
  // How the program ended says more than the end of its pipe.
  read().catch(() => undefined);
}

function blocksOf(pipe: Readable, form: CaptureForm): AsyncGenerator<PcmBlock> {
  const reader = new ByteReader(pipe);
  const reading = { name: 'The capture', warn: () => undefined };
  if (form === 'wav') return decodeWav(reader, reading);
  return decodePcmData(
    reader,
    { ...form, coding: 'f32le', length: Infinity, chunkLength: () => NaN },
    reading,
  );
}
