import { messageOf } from '../../errors.js';
import { SAMPLE_RATE, type AudioChunk } from '../../values.js';
import { demoChunks } from '../demo.js';
import { playInRealTime, readRecording } from '../recording.js';
import type { LiveSource } from './live-sources.js';
import { runCapture } from './run-capture.js';

/** Chunks come one a second, and a file on a slow disk takes a while to open. */
const STALL_MS = 10_000;

/** A recording that is played again and again, as if somebody spoke it into a microphone. @param path of a file */
export function recordingSource(name: string, path: string): LiveSource {
  return repeatedSource(name, signal => readRecording(path, { signal }));
}

/** The built-in nursery scene, played again and again. */
export function demoSource(name: string): LiveSource {
  return repeatedSource(name, () => demoChunks(name, 0));
}

function repeatedSource(
  name: string,
  read: (signal: AbortSignal) => AsyncIterable<AudioChunk> | Iterable<AudioChunk>,
): LiveSource {
  const start = runCapture(async (listener, signal) => {
    listener.format({ codec: 'pcm', sampleRate: SAMPLE_RATE, channels: 1 });
    try {
      for await (const { samples } of playInRealTime(
        repeat(() => read(signal)),
        { signal },
      ))
        listener.samples(samples);
    } catch (error) {
      signal.throwIfAborted();
      return { kind: 'not-found', message: messageOf(error) };
    }
    return { kind: 'not-found', message: `${name} has no sound.` };
  });
  return { name, key: `recording ${name}`, start, stallMs: STALL_MS };
}

/** Ends only where there is nothing to repeat. */
async function* repeat(
  read: () => AsyncIterable<AudioChunk> | Iterable<AudioChunk>,
): AsyncGenerator<AudioChunk> {
  let firstSample = 0;
  for (let before = -1; before < firstSample;) {
    before = firstSample;
    for await (const chunk of read()) {
      yield { ...chunk, firstSample };
      firstSample += chunk.samples.length;
    }
  }
}
