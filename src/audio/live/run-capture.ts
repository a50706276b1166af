import { messageOf } from '../../errors.js';
import type { CaptureEnd, CaptureListener, StartCapture } from './capture.js';

/**
 * Makes a way to start a capture of work that goes on until it ends or its signal ends it, and that is over when its
 * processes are gone. What the work throws, when the system has no memory or files left, is told as its end.
 */
export function runCapture(
  work: (listener: CaptureListener, signal: AbortSignal) => Promise<CaptureEnd>,
): StartCapture {
  return listener => {
    const stopping = new AbortController();
    const { signal } = stopping;
    const done = Promise.resolve()
      .then(() => work(listener, signal))
      .catch((error: unknown): CaptureEnd => {
        const message = `Capturing failed (${messageOf(error)}). It is tried again; if this goes on, see whether the computer has memory left.`;
        return { kind: 'no-program', message };
      })
      .then(end => {
        if (!signal.aborted) listener.ended(end);
      });
    return {
      stop: () => {
        stopping.abort();
        return done;
      },
    };
  };
}
