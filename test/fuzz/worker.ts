/** Gives inputs to one target, batch by batch, and reports each batch. Runs in a thread that may hang or die. */
import fc from 'fast-check';
import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { DeepInfantError, messageOf } from '../../src/errors.js';
import { TARGETS } from './targets.js';

export interface Job {
  target: string;
  seed: number;
  firstBatch: number;
  hangMs: number;
  /**
   * Where the worker says when its present input began: [batch, ms since the epoch or 0 between inputs, µs of CPU time of
   * the process].
   */
  pulse: SharedArrayBuffer;
}

export interface BatchReport {
  batch: number;
  inputs: number;
  refused: number;
  hangs: number;
  /** The longest that an input kept this process's CPUs busy, in ms. */
  slowestMs: number;
  defects: string[];
}

/** Of a target with a share of 1: others are slow, and get fewer. */
const BATCH = 100;

async function main({ target: name, seed, firstBatch, hangMs, pulse }: Job): Promise<void> {
  const beat = new Float64Array(pulse);
  const { make, share } = TARGETS[name];
  const { inputs, open, run, checkStores } = make();
  const numRuns = Math.ceil(BATCH * Math.min(1, share));
  await open?.();
  for (let batch = firstBatch; ; batch++) {
    const report: BatchReport = { batch, inputs: 0, refused: 0, hangs: 0, slowestMs: 0, defects: [] };
    beat[0] = batch;
    const property = fc.asyncProperty(inputs, async input => {
      report.inputs++;
      beat[2] = cpuUs();
      beat[1] = Date.now();
      try {
        await run(input);
      } catch (error) {
        if (!(error instanceof DeepInfantError)) throw error;
        report.refused++;
      } finally {
        beat[1] = 0;
      }
      const busyMs = (cpuUs() - beat[2]) / 1000;
      report.slowestMs = Math.max(report.slowestMs, busyMs);
      if (busyMs > hangMs) {
        report.hangs++;
        report.defects.push(`an input took ${Math.round(busyMs)} ms of CPU: ${shown(input)}`);
      }
    });
    const result = await fc.check(property, { seed: seed + batch, numRuns, endOnFailure: false });
    if (result.failed) {
      const { errorInstance, counterexample } = result;
      const stack = errorInstance instanceof Error ? errorInstance.stack : messageOf(errorInstance);
      report.defects.push(`${String(stack)}\ninput: ${shown(counterexample)}`);
    }
    try {
      await checkStores?.();
    } catch (error) {
      report.defects.push(`a store is poisoned: ${messageOf(error)}`);
    }
    parentPort!.postMessage(report);
    await once(parentPort!, 'message');
  }
}

/** Of all threads of this process, and of none of its children. */
function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function shown(input: unknown): string {
  return fc.stringify(input).slice(0, 2000);
}

void main(workerData as Job);
