import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { BatchReport, Job } from './worker.js';

export interface CampaignOptions {
  seed: number;
  /** Ends after so many inputs, or so long. */
  inputs: number;
  forMs: number;
  /**
   * An input that keeps this process's CPUs busy for longer is a hang: as long, Node-RED would do nothing else. The time on
   * the clock is not judged, since on a busy machine it is the time of others.
   */
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
  /** The longest that an input kept the CPUs busy, in ms. */
  slowestMs: number;
  /** Hangs, ends, raw errors and poisoned stores, with the input that caused them. */
  defects: string[];
}

/** An input that has not come to an end after so long waits for something that never comes. */
const STUCK_MS = 120_000;
/** A thread that keeps a CPU busy for so many times a hang will not come to an end by itself. */
const ENDLESS = 5;

/** Gives hostile inputs to a target until the limit is reached; a thread that hangs or ends is replaced. */
export async function runCampaign(target: string, options: CampaignOptions): Promise<Outcome> {
  const outcome: Outcome = { target, inputs: 0, refused: 0, ends: 0, hangs: 0, slowestMs: 0, defects: [] };
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
  const pulse = new SharedArrayBuffer(24);
  const beat = new Float64Array(pulse);
  const job: Job = { target: outcome.target, seed, firstBatch, hangMs, pulse };
  const worker = new Worker(path.join(__dirname, 'worker.js'), { workerData: job });
  return new Promise(resolve => {
    let next = firstBatch;
    let isStopped = false;
    const stop = (): void => {
      isStopped = true;
      clearInterval(watch);
      void worker.terminate().then(() => {
        resolve(next);
      });
    };
    const note = (what: string): void => {
      outcome.defects.push(`${what}, seed ${seed + beat[0]}`);
      next = beat[0] + 1;
      stop();
    };
    const watch = setInterval(() => {
      const [, since, cpuBefore] = beat;
      const { user, system } = process.cpuUsage();
      const isEndless = (user + system - cpuBefore) / 1000 > ENDLESS * hangMs;
      if (since > 0 && (isEndless || Date.now() - since > STUCK_MS)) {
        outcome.hangs++;
        note('an input does not come to an end');
      }
    }, 50);
    worker.on('message', (report: BatchReport) => {
      if (isStopped) return;
      outcome.inputs += report.inputs;
      outcome.refused += report.refused;
      outcome.hangs += report.hangs;
      outcome.slowestMs = Math.max(outcome.slowestMs, report.slowestMs);
      outcome.defects.push(...report.defects.map(defect => `${defect}\nseed ${seed + report.batch}`));
      next = report.batch + 1;
      // Between batches, so that no process of the thread is left behind.
      if (outcome.inputs >= inputs || Date.now() > end) stop();
      else worker.postMessage('next');
    });
    worker.on('error', error => {
      if (isStopped) return;
      outcome.ends++;
      note(`the thread ended: ${String(error.stack)}`);
    });
    worker.on('exit', status => {
      if (isStopped) return;
      outcome.ends++;
      note(`the process would have ended with status ${status}`);
    });
  });
}
