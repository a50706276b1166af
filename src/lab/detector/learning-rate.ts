import path from 'node:path';
import { plot } from '../../pictures/plot.js';
import { LABELS } from '../../values.js';
import { loadTrainingTf } from '../training/backend.js';
import { writeAtomically } from '../../files/write-atomically.js';
import { sureClips } from './clips.js';
import { TrainableCryNet } from './network.js';
import { findRate } from './train-network.js';
import { TEACHER_CLASSES } from '../teacher/teacher.js';
import type { Run } from './training-run.js';

/** Looks for a learning rate on all of a run's recordings, and draws the loss by rate in `OUT/rate.svg`. */
export async function tryRates(run: Run): Promise<number> {
  const { config, corpus, out, onProgress } = run;
  const tf = await loadTrainingTf();
  const teacherClasses = corpus.teacher === undefined ? 0 : TEACHER_CLASSES;
  const network = new TrainableCryNet(tf, config.widths, LABELS.length, teacherClasses, config.seed);
  const sure = sureClips(run, [...corpus.recordings, ...corpus.more]);
  const { tried, rate } = await findRate(tf, network, sure, config, onProgress);
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
