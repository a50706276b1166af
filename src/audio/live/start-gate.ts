import type { Capture, StartCapture } from './capture.js';
import type { Scheduler } from './scheduler.js';

/** To start ffmpeg takes 0.2 s of a core: sixteen cameras that start at once would hold up everything else. */
const APART_MS = 100;

/** Lets captures start one after another. */
export class StartGate {
  private freeAtMs = 0;

  constructor(private readonly scheduler: Scheduler) {}

  /** The same way to start a capture, when its turn comes. */
  through(start: StartCapture): StartCapture {
    return listener => {
      const nowMs = this.scheduler.now();
      const turnMs = Math.max(nowMs, this.freeAtMs);
      this.freeAtMs = turnMs + APART_MS;
      let capture: Capture | undefined;
      const cancel = this.scheduler.after(turnMs - nowMs, () => {
        capture = start(listener);
      });
      return {
        stop: async () => {
          cancel();
          await capture?.stop();
        },
      };
    };
  }
}
