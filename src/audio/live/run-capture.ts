import { messageOf } from '../../errors.js';
import type { CaptureEnd, CaptureListener, StartCapture } from './capture.js';

/** Captures until it ends or its signal ends it, and is over when its processes are gone. */
export type CaptureWork = (listener: CaptureListener, signal: AbortSignal) => Promise<CaptureEnd>;

/**
 * Turns such work into a capture that can be started. What the work throws, such as when the system has no memory or
 * files left, becomes the end of the capture.
 */
export function runCapture(work: CaptureWork): StartCapture {
  return listener => {
    const stopping = new AbortController();
    const { signal } = stopping;
    const done = Promise.resolve()
      .then(() => work(listener, signal))
      .catch((error: unknown): CaptureEnd => {
        const message = `The capture failed (${messageOf(error)}) and is tried again. If this lasts, check whether the computer has memory left.`;
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
