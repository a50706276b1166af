import type { ClassifierStream } from '../../src/model/classifier.js';
import type { AudioChunk, Scores } from '../../src/values.js';
import { HOP_SAMPLES, START_MS, step } from './steps.js';

/** A classifier for which a cry is whatever is loud: one step for each hop's worth of a chunk, one more at the end. */
export class LoudnessStream implements ClassifierStream {
  private index = 0;
  closed = false;

  push({ samples }: AudioChunk): Promise<Scores[]> {
    const steps: Scores[] = [];
    for (let from = 0; from < samples.length; from += HOP_SAMPLES) {
      steps.push(step(this.index++, Math.abs(samples[from])));
    }
    return Promise.resolve(steps);
  }

  flush(): Promise<Scores[]> {
    return Promise.resolve([step(this.index++, 0.9)]);
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

export function chunk(hops: number, amplitude: number): AudioChunk {
  const samples = new Float32Array(hops * HOP_SAMPLES).fill(amplitude);
  return { samples, firstSample: 0, at: START_MS, source: 'cot', lost: 0 };
}
