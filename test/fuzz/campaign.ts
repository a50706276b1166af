import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { BatchReport, Job } from './worker.js';

export interface CampaignOptions {
  seed: number;
  /** Ends after so many inputs, or so long. */
  inputs: number;
  forMs: number;
  /** An input that takes longer is a hang. */
  hangMs: number;
}

/** What became of the inputs of one target. */
export interface Outcome {
  target: string;
  inputs: number;
  /** Inputs that ended with an error which says what to do. */
  refused: number;
  /** How often the thread ended, as a process would have. */
  ends: number;
  hangs: number;
  /** Raw errors and poisoned stores, with the input that caused them. */
  defects: string[];
}

/** Gives hostile inputs to a target until the limit is reached; a thread that hangs or ends is replaced. */
export async function runCampaign(target: string, options: CampaignOptions): Promise<Outcome> {
  const outcome: Outcome = { target, inputs: 0, refused: 0, ends: 0, hangs: 0, defects: [] };
  const end = Date.now() + options.forMs;
  let batch = 0;
  while (outcome.inputs < options.inputs && Date.now() < end)
    batch = await runThread(batch, outcome, options, end);
  return outcome;
}

/** @returns the batch to go on with */
function runThread(
  firstBatch: number,
  outcome: Outcome,
  { seed, inputs, hangMs }: CampaignOptions,
  end: number,
): Promise<number> {
  const pulse = new SharedArrayBuffer(16);
  const beat = new Float64Array(pulse);
  const job: Job = { target: outcome.target, seed, firstBatch, pulse };
  const worker = new Worker(path.join(__dirname, 'worker.js'), { workerData: job });
  return new Promise(resolve => {
    let next = firstBatch;
    const stop = (): void => {
      clearInterval(watch);
      void worker.terminate().then(() => {
        resolve(next);
      });
    };
    const watch = setInterval(() => {
      if (Date.now() > end) stop();
      else if (beat[1] > 0 && Date.now() - beat[1] > hangMs) {
        outcome.hangs++;
        outcome.defects.push(`an input of batch ${beat[0]} took longer than ${hangMs} ms`);
        next = beat[0] + 1;
        stop();
      }
    }, 50);
    worker.on('message', (report: BatchReport) => {
      outcome.inputs += report.inputs;
      outcome.refused += report.refused;
      outcome.defects.push(...report.defects);
      next = report.batch + 1;
      if (outcome.inputs >= inputs) stop();
    });
    worker.on('error', error => {
      outcome.ends++;
      outcome.defects.push(`the thread ended: ${String(error.stack)}`);
      next = beat[0] + 1;
      stop();
    });
  });
}
