import { guard } from '../../guard.js';

/** Time as the supervisor knows it, so that tests can run it by hand. */
export interface Scheduler {
  /** Milliseconds of a clock that never jumps. */
  now(): number;
  /** Epoch time in ms, by a clock that is set now and then. */
  epoch(): number;
  /** Runs something once after so many ms, unless the function that it gives is called before. */
  after(delayMs: number, run: () => void): () => void;
}

export const SYSTEM_SCHEDULER: Scheduler = {
  now: () => performance.now(),
  epoch: () => Date.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(guard(run), delayMs);
    return () => {
      clearTimeout(timer);
    };
  },
};
