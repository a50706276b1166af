/** Gives inputs to one target, batch by batch, and reports each batch. Runs in a thread that may hang or die. */
import fc from 'fast-check';
import { parentPort, workerData } from 'node:worker_threads';
import { DeepInfantError, messageOf } from '../../src/errors.js';
import { TARGETS } from './targets.js';

export interface Job {
  target: string;
  seed: number;
  firstBatch: number;
  /** Where the worker says when its present input began: [batch, ms since the epoch, 0 between inputs]. */
  pulse: SharedArrayBuffer;
}

export interface BatchReport {
  batch: number;
  inputs: number;
  refused: number;
  defects: string[];
}

const BATCH = 100;

async function main({ target: name, seed, firstBatch, pulse }: Job): Promise<void> {
  const beat = new Float64Array(pulse);
  const { inputs, open, run, checkStores } = TARGETS[name]();
  await open?.();
  for (let batch = firstBatch; ; batch++) {
    beat[0] = batch;
    let ran = 0;
    let refused = 0;
    const defects: string[] = [];
    const property = fc.asyncProperty(inputs, async input => {
      ran++;
      beat[1] = Date.now();
      try {
        await run(input);
      } catch (error) {
        if (!(error instanceof DeepInfantError)) throw error;
        refused++;
      } finally {
        beat[1] = 0;
      }
    });
    const result = await fc.check(property, { seed: seed + batch, numRuns: BATCH, endOnFailure: false });
    if (result.failed) {
      const { errorInstance, counterexample } = result;
      const shown = fc.stringify(counterexample).slice(0, 2000);
      const stack = errorInstance instanceof Error ? errorInstance.stack : messageOf(errorInstance);
      defects.push(`${String(stack)}\ninput: ${shown}`);
    }
    try {
      await checkStores?.();
    } catch (error) {
      defects.push(`a store is poisoned: ${messageOf(error)}`);
    }
    parentPort?.postMessage({ batch, inputs: ran, refused, defects } satisfies BatchReport);
  }
}

void main(workerData as Job);
