import type { Scheduler } from '../../../src/audio/live/scheduler.js';

/** Time that passes only when a test lets it. */
export class FakeScheduler implements Scheduler {
  private nowMs = 0;
  private epochAtZero = 1_000_000;
  private readonly timers = new Set<{ atMs: number; run: () => void }>();

  now(): number {
    return this.nowMs;
  }

  epoch(): number {
    return this.epochAtZero + this.nowMs;
  }

  /** How many timers wait. */
  get waiting(): number {
    return this.timers.size;
  }

  /** As when the system's clock is set. */
  setClockForward(ms: number): void {
    this.epochAtZero += ms;
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = { atMs: this.nowMs + delayMs, run };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  /** Lets time pass, and what waits for it happen in its order; promises go on in between. */
  async pass(ms: number): Promise<void> {
    const endMs = this.nowMs + ms;
    await settled();
    for (let next = this.nextTimer(endMs); next; next = this.nextTimer(endMs)) {
      this.timers.delete(next);
      this.nowMs = next.atMs;
      next.run();
      await settled();
    }
    this.nowMs = endMs;
  }

  private nextTimer(endMs: number): { atMs: number; run: () => void } | undefined {
    return [...this.timers].filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
  }
}

function settled(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
