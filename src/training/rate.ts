import path from 'node:path';
import { plot } from '../evaluation/plots/plot.js';
import { LABELS } from '../values.js';
import { loadTrainingTf } from './backend.js';
import { writeAtomically } from './checkpoint.js';
import { loadClips } from './clips.js';
import { TrainableCryNet } from './network.js';
import { findRate } from './optimise.js';
import { TEACHER_CLASSES } from './teacher.js';
import type { Run } from './train.js';

/** Looks for a learning rate on all of a run's recordings, and draws the loss by rate in `OUT/rate.svg`. */
export async function tryRates({ config, corpus, out, onProgress }: Run): Promise<number> {
  const tf = await loadTrainingTf();
  const teacherClasses = corpus.teacher === undefined ? 0 : TEACHER_CLASSES;
  const network = new TrainableCryNet(tf, config.widths, LABELS.length, teacherClasses, config.seed);
  const recordings = [...corpus.recordings, ...corpus.more].filter(({ path }) => !corpus.doubtful.has(path));
  const clips = await loadClips(recordings, corpus.teacher, config.rivalWeights, onProgress);
  const { tried, rate } = await findRate(tf, network, clips, config, onProgress);
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
