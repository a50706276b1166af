import type { AudioChunk, SourceHealth } from '../../values.js';
import type { LiveSource, LiveSources } from './live-sources.js';

/** A live source's chunks, until the signal ends it; the source is closed then. */
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
