import { messageOf } from '../errors.js';
import { SAMPLE_RATE, type AudioChunk } from '../values.js';

/** How the playing of a recording goes; sent when it changes. */
export interface PlaybackState {
  /** Name of the source. */
  source: string;
  state: 'starting' | 'running' | 'ended' | 'failed';
  /** Seconds played so far. */
  positionS: number;
  /** What went wrong; only when `failed`. */
  error?: string;
}

export interface PlaybackListener {
  /** The next chunk is read when this resolves. */
  chunk(chunk: AudioChunk): void | Promise<void>;
  state(state: PlaybackState): void;
}

/**
 * Plays a recording to its end.
 * @throws what reading the chunks throws, and the signal's reason when it aborts; a state says so before, unless it
 *   aborted
 */
export async function play(
  source: string,
  chunks: AsyncIterable<AudioChunk> | Iterable<AudioChunk>,
  listener: PlaybackListener,
  signal: AbortSignal,
): Promise<void> {
  let positionS = 0;
  const enter = (state: PlaybackState['state'], error?: string): void => {
    listener.state({ source, state, positionS, ...(error !== undefined && { error }) });
  };
  enter('starting');
  try {
    for await (const chunk of chunks) {
      signal.throwIfAborted();
      if (positionS === 0) enter('running');
      positionS = (chunk.firstSample + chunk.samples.length) / SAMPLE_RATE;
      await listener.chunk(chunk);
    }
    enter('ended');
  } catch (error) {
    if (!signal.aborted) enter('failed', messageOf(error));
    throw error;
  }
}
