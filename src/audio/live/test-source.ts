import { setTimeout as delay } from 'node:timers/promises';
import { concat } from '../../concat.js';
import { SAMPLE_RATE, type SourceHealth } from '../../values.js';
import type { LiveSource, LiveSources } from './live-sources.js';

/** What a short test of a source found. */
export interface SourceTest {
  /** The source's health at the end; its `error` says why nothing was heard. */
  health: SourceHealth;
  /** Time from the beginning to the first audio in ms; null without audio. */
  firstAudioMs: number | null;
  /** The audio, 16 kHz mono. */
  samples: Float32Array;
}

/** How long to wait: a camera may have to wake up. */
const PATIENCE_MS = 60_000;

/** Listens to a source for so many seconds, or until something is wrong with it. */
export async function testSource(
  sources: LiveSources,
  source: LiveSource,
  seconds: number,
): Promise<SourceTest> {
  const beginMs = performance.now();
  const parts: Float32Array[] = [];
  let firstAudioMs: number | null = null;
  let heard = 0;
  const enough = new AbortController();
  const listening = sources.listen(source, {
    chunk: ({ samples }) => {
      firstAudioMs ??= Math.round(performance.now() - beginMs);
      parts.push(samples);
      heard += samples.length;
      if (heard >= seconds * SAMPLE_RATE) enough.abort();
    },
    health: ({ retryInS }) => {
      if (retryInS !== undefined) enough.abort();
    },
  });
  await delay(PATIENCE_MS, undefined, { signal: enough.signal }).catch(() => undefined);
  const { health } = listening;
  await listening.stop();
  return { health, firstAudioMs, samples: concat(parts) };
}
