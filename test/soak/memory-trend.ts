import { setImmediate as nextTurn } from 'node:timers/promises';

const MB = 2 ** 20;

/** The memory of this process at one moment, in MB. */
export interface MemoryPoint {
  /** What was done by then, in the unit of the trend: hours, restarts. */
  done: number;
  rssMb: number;
  heapMb: number;
}

/** Watches whether the memory of this process grows with what it does. */
export class MemoryTrend {
  readonly points: MemoryPoint[] = [];

  /** Notes the memory now, after a garbage collection where Node runs with `--expose-gc`. */
  async note(done: number): Promise<void> {
    // Buffers are freed after the turn of the event loop that found them unused.
    for (let i = 0; i < 2; i++) {
      global.gc?.();
      await nextTurn();
    }
    const { rss, heapUsed } = process.memoryUsage();
    this.points.push({ done, rssMb: rss / MB, heapMb: heapUsed / MB });
  }

  /** MB for each unit of what was done: least squares over the second half, since caches fill in the first. */
  slope(of: 'rssMb' | 'heapMb'): number {
    const points = this.points.slice(Math.floor(this.points.length / 2));
    const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
    const meanDone = mean(points.map(({ done }) => done));
    const meanMb = mean(points.map(point => point[of]));
    const sum = (value: (point: MemoryPoint) => number): number =>
      points.reduce((total, point) => total + value(point), 0);
    const spread = sum(({ done }) => (done - meanDone) ** 2);
    return spread === 0 ? 0 : sum(point => (point.done - meanDone) * (point[of] - meanMb)) / spread;
  }

  /** A table with a line for each point, and the slopes. */
  lines(unit: string): string[] {
    const rows = this.points.map(({ done, rssMb, heapMb }) =>
      [done.toFixed(done % 1 === 0 ? 0 : 2), rssMb.toFixed(1), heapMb.toFixed(1)]
        .map(text => text.padStart(10))
        .join(''),
    );
    return [
      [`${unit}s`, 'RSS MB', 'heap MB'].map(text => text.padStart(10)).join(''),
      ...rows,
      `slope over the second half: RSS ${this.slope('rssMb').toFixed(4)} MB, heap ${this.slope('heapMb').toFixed(4)} MB for each ${unit}`,
    ];
  }
}
