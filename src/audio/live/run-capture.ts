import { messageOf } from '../../errors.js';
import type { CaptureEnd, CaptureListener, StartCapture } from './capture.js';

/** Captures until it ends or its signal ends it, and is over when its processes are gone. */
export type CaptureWork = (listener: CaptureListener, signal: AbortSignal) => Promise<CaptureEnd>;

/**
 * Makes a way to start a capture of such work. What the work throws, when the system has no memory or files left, is told as its
 * end.
 */
export function runCapture(work: CaptureWork): StartCapture {
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
