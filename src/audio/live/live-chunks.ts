import { SAMPLE_RATE, type AudioChunk, type SourceHealth } from '../../values.js';
import { afterDropped } from '../chunk.js';
import type { LiveSource, LiveSources } from './live-sources.js';

/** Seconds of audio that may wait; then the oldest is dropped, so that the present is heard in time. */
const MOST_WAITING_S = 30;

/**
 * A live source's chunks, until the signal ends it; the source is closed then. What a slow reader leaves waiting for too
 * long counts as lost.
 */
export async function* liveChunks(
  sources: LiveSources,
  source: LiveSource,
  { signal, tell }: { signal: AbortSignal; tell: (health: SourceHealth) => void },
): AsyncGenerator<AudioChunk> {
  const waiting: AudioChunk[] = [];
  let wake = (): void => undefined;
  const onAbort = (): void => {
    wake();
  };
  const listening = sources.listen(source, {
    chunk: chunk => {
      waiting.push(chunk);
      const next = waiting[1] as AudioChunk | undefined;
      if (next && chunk.firstSample - waiting[0].firstSample > MOST_WAITING_S * SAMPLE_RATE) {
        const [dropped] = waiting.splice(0, 1);
        waiting[0] = afterDropped(dropped, next);
      }
      wake();
    },
    health: tell,
  });
  signal.addEventListener('abort', onAbort);
  try {
    while (!signal.aborted) {
      const next = waiting.shift();
      if (next) yield next;
      else
        await new Promise<void>(resolve => {
          wake = resolve;
        });
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    await listening.stop();
  }
}
