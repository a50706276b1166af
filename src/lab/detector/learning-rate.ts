import path from 'node:path';
import { indexOfLargest } from '../../maths/statistics.js';
import { plot } from '../../pictures/plot.js';
import { LABELS } from '../../values.js';
import { loadTrainingTf } from '../training/backend.js';
import { writeAtomically } from '../../files/write-atomically.js';
import { TrainableCryNet } from './network.js';
import { materialOf, teacherClassesOf, type Run } from './training-run.js';
import type { Tf } from '../training/tf.js';
import { AdamW } from '../training/adam-w.js';
import type { Progress } from '../training/progress.js';
import { Batches, openExamples, type Material } from './batches.js';
import type { TrainingConfig } from './config.js';
import { teacherSpread } from './loss.js';
import { trainStep } from './train-network.js';

/** The rates to try: from the first to the last, each step by the same factor. */
const TRIED_RATES = { from: 1e-5, to: 1, steps: 100 };
/** The loss has blown up when it is this many times its lowest. */
const BLOWN_UP = 4;
/** Steps over which a fall of the loss is measured: half a decade of rates. */
const RATE_SPAN = 10;

/** Share of the running loss that stays with each step, as in fastai. */
const RATE_SMOOTHING = 0.95;

/** Searches for a learning rate on all of a run's recordings, and plots the loss by rate in `OUT/rate.svg`. */
export async function tryRates(run: Run): Promise<number> {
  const { config, corpus, out, onProgress } = run;
  const tf = await loadTrainingTf();
  const network = new TrainableCryNet(tf, config.widths, LABELS.length, teacherClassesOf(run), config.seed);
  const material = materialOf(run, corpus.recordings);
  const { tried, rate } = await findRate(tf, network, material, config, onProgress);
  const chosen = tried.find(one => one.rate === rate)!;
  const picture = plot({
    title: 'Loss while the learning rate grows',
    x: { label: 'learning rate', scale: 'log' },
    y: { label: 'running loss' },
    series: [
      { name: 'loss', mark: 'line', points: tried.map(({ rate, loss }) => ({ x: rate, y: loss })) },
      { name: 'chosen', mark: 'dots', points: [{ x: rate, y: chosen.loss, text: rate.toPrecision(2) }] },
    ],
  });
  await writeAtomically(path.join(out, 'rate.svg'), picture);
  return rate;
}

/**
 * Searches for a learning rate: trains a network while the rate grows, until the loss blows up (Smith 2015, arXiv
 * 1506.01186). @returns the running loss by rate, and the rate at which it falls fastest
 */
async function findRate(
  tf: Tf,
  network: TrainableCryNet,
  material: Material,
  config: TrainingConfig,
  onProgress: (progress: Progress) => void,
): Promise<{ tried: { rate: number; loss: number }[]; rate: number }> {
  const { batch: size, cropFrames: frames, seed, weightDecay } = config;
  const examples = openExamples(material, frames);
  const spread = teacherSpread(examples.teacherRows(), examples.classes);
  const adam = new AdamW(tf, network.variables, weightDecay);
  const batches = Batches.open({ material, batch: size, frames, seed });
  const tried: { rate: number; loss: number }[] = [];
  try {
    let average = 0;
    for (let step = 0; step < TRIED_RATES.steps; step++) {
      const rate = TRIED_RATES.from * (TRIED_RATES.to / TRIED_RATES.from) ** (step / (TRIED_RATES.steps - 1));
      const value = trainStep(tf, network, adam, await batches.take(step), config, step, rate, spread);
      average = RATE_SMOOTHING * average + (1 - RATE_SMOOTHING) * value;
      const loss = average / (1 - RATE_SMOOTHING ** (step + 1));
      const lowest = Math.min(...tried.map(one => one.loss), Infinity);
      if (!(loss < BLOWN_UP * lowest)) break;
      tried.push({ rate, loss });
      onProgress({ phase: 'training', done: step + 1, total: TRIED_RATES.steps, loss });
    }
  } finally {
    await batches.close();
  }
  const falls = tried.slice(RATE_SPAN).map(({ loss }, i) => tried[i].loss - loss);
  const fastest = indexOfLargest(falls);
  return { tried, rate: tried[fastest + RATE_SPAN / 2].rate };
}
