import type { AudioChunk, SourceHealth } from '../../values.js';
import { ChunkQueue } from '../chunk-queue.js';
import type { LiveSource, LiveSources } from './live-sources.js';

/**
 * A live source's chunks, until the signal ends it; the source is closed then. A reader that is slow for too long loses
 * the oldest of what waits: see ChunkQueue.
 */
export async function* liveChunks(
  sources: LiveSources,
  source: LiveSource,
  { signal, onHealth }: { signal: AbortSignal; onHealth: (health: SourceHealth) => void },
): AsyncGenerator<AudioChunk> {
  const queue = new ChunkQueue();
  let wake = (): void => undefined;
  const onAbort = (): void => {
    wake();
  };
  const listening = sources.listen(source, {
    chunk: chunk => {
      queue.push(chunk);
      wake();
    },
    health: onHealth,
  });
  signal.addEventListener('abort', onAbort);
  try {
    while (!signal.aborted) {
      const next = queue.shift();
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
