import type { Scalar, Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { Tf } from '../training/tf.js';
import { LABELS } from '../../values.js';
import type { Batch } from './batches.js';

const CRY = LABELS.indexOf('cry');
/** A clip counts by its strongest steps: a cry may fill one second of seven. */
const POOLED_SHARE = 0.3;
/** Clip labels are sometimes wrong: no target is closer to 0 or 1 than this. */
const LABEL_SMOOTHING = 0.02;

/** Weight of the distance to the teacher's logits. */
const LOGIT_WEIGHT = 0.3;

/** Mean and standard deviation of the teacher's logit of each class. */
export interface TeacherSpread {
  mean: Float32Array;
  deviation: Float32Array;
}

/** @param rows logits of each class, window by window */
export function teacherSpread(rows: Iterable<Float32Array>, classes: number): TeacherSpread {
  const sum = new Float64Array(classes);
  const squares = new Float64Array(classes);
  let windows = 0;
  for (const row of rows) {
    for (let c = 0; c < classes; c++) {
      sum[c] += row[c];
      squares[c] += row[c] * row[c];
    }
    windows++;
  }
  const mean = Float32Array.from(sum, s => s / windows);
  return {
    mean,
    // A class that never varies has a variance of 0, give or take a rounding error.
    deviation: Float32Array.from(squares, (s, c) => Math.sqrt(Math.max(0, s / windows - mean[c] ** 2)) + 0.1),
  };
}

/** What the network should say of a batch, as tensors. */
export interface Targets {
  /** Number of strongest steps by which each example counts. */
  strongest: number[];
  /** [batch, labels], and 1 where the label is known. */
  labels: Tensor2D;
  known: Tensor2D;
  /** Cry probability of each step [batch, steps], and its weight. */
  cry: Tensor2D;
  cryWeight: Tensor2D;
  /** The teachers' logits [batch, steps, classes], and 1 where they judged, and where they judged the sound as it is. */
  teacher: Tensor3D;
  heard: Tensor3D;
  heardAlone: Tensor3D;
}

/** Turns a batch's labels and teacher scores into targets. The caller disposes them. */
export function targetsOf(tf: Tf, batch: Batch, size: number): Targets {
  const steps = batch.heard.length / size;
  const cry = new Float32Array(size * steps);
  const weight = new Float32Array(size * steps);
  const strongest: number[] = [];
  for (let b = 0; b < size; b++) {
    const isCry = batch.labels[b * LABELS.length + CRY] === 1;
    const silent = batch.silent.subarray(b * steps, (b + 1) * steps).reduce((sum, s) => sum + s, 0);
    strongest.push(Math.max(1, Math.floor(POOLED_SHARE * (steps - silent))));
    const crying = batch.crying.subarray(b * steps, (b + 1) * steps);
    const best = Math.max(...crying);
    for (let s = 0; s < steps; s++) {
      const at = b * steps + s;
      if (!isCry || batch.silent[at]) weight[at] = 1;
      // A teacher that hears no cry in a cry clip does not say where it is, nor does one that is unsure. What it does hear
      // in a clip in which people heard a cry is one: its scores are low throughout.
      else if (best > 0.25 && (crying[s] > 0.3 || crying[s] < 0.03)) weight[at] = batch.heard[at];
      cry[at] = isCry && !batch.silent[at] && crying[s] > 0.3 ? 1 - LABEL_SMOOTHING : 0;
    }
  }
  const known = Float32Array.from(batch.labels, v => (Number.isNaN(v) ? 0 : 1));
  const labels = Float32Array.from(
    batch.labels,
    v => (v === 1 ? 1 : 0) * (1 - 2 * LABEL_SMOOTHING) + LABEL_SMOOTHING,
  );
  return {
    strongest,
    labels: tf.tensor2d(labels, [size, LABELS.length]),
    known: tf.tensor2d(known, [size, LABELS.length]),
    cry: tf.tensor2d(cry, [size, steps]),
    cryWeight: tf.tensor2d(weight, [size, steps]),
    teacher: tf.tensor3d(batch.teacher, [size, steps, batch.teacher.length / size / steps]),
    heard: tf.tensor3d(batch.heard, [size, steps, 1]),
    heardAlone: tf.tensor3d(batch.heardAlone, [size, steps, 1]),
  };
}

/**
 * Loss of a batch: the clip labels on the strongest steps, the teacher's crying on each step, and the teacher's other
 * sounds on the second head.
 * @param logits [batch, steps, labels]
 * @param teacher [batch, steps, classes]
 */
export function lossOf(
  tf: Tf,
  logits: Tensor3D,
  teacher: Tensor | undefined,
  targets: Targets,
  spread: TeacherSpread,
): Scalar {
  const weighted = (losses: Tensor, weights: Tensor): Tensor =>
    tf.div(tf.sum(tf.mul(losses, weights)), tf.maximum(tf.sum(weights), 1));

  const clip = crossEntropy(tf, strongest(tf, logits, targets.strongest), targets.labels);
  const cryColumn = tf.oneHot(tf.scalar(CRY, 'int32'), LABELS.length);
  const rivals = tf.mul(targets.known, tf.sub(1, cryColumn));
  const step = crossEntropy(tf, tf.squeeze(tf.slice(logits, [0, 0, CRY], [-1, -1, 1]), [2]), targets.cry);
  const terms = [
    tf.mul(2, tf.mean(tf.squeeze(tf.slice(clip, [0, CRY], [-1, 1])))),
    tf.mul(0.5, weighted(clip, rivals)),
    tf.mul(2, weighted(step, targets.cryWeight)),
  ];
  if (teacher) {
    const sounds = tf.sum(crossEntropy(tf, teacher, tf.sigmoid(targets.teacher)), 2, true);
    terms.push(tf.mul(0.1, weighted(sounds, targets.heard)));
    const standardised = (logits: Tensor): Tensor =>
      tf.div(tf.sub(logits, tf.tensor1d(spread.mean)), tf.tensor1d(spread.deviation));
    const distance = tf.mean(
      tf.squaredDifference(standardised(teacher), standardised(targets.teacher)),
      2,
      true,
    );
    terms.push(tf.mul(LOGIT_WEIGHT, weighted(distance, targets.heardAlone)));
  }
  return tf.addN(terms) as Scalar;
}

/** Mean over the strongest steps of each label [batch, labels]: by a mask, as TopK has no gradient. */
function strongest(tf: Tf, logits: Tensor3D, counts: readonly number[]): Tensor {
  const [batch, steps, labels] = logits.shape;
  const values = logits.dataSync();
  const mask = new Float32Array(values.length);
  const column = new Float32Array(steps);
  for (let b = 0; b < batch; b++) {
    for (let l = 0; l < labels; l++) {
      for (let s = 0; s < steps; s++) column[s] = values[(b * steps + s) * labels + l];
      const least = column.slice().sort()[steps - counts[b]];
      const ties = column.reduce((n, v) => n + (v >= least ? 1 : 0), 0);
      for (let s = 0; s < steps; s++) mask[(b * steps + s) * labels + l] = column[s] >= least ? 1 / ties : 0;
    }
  }
  return tf.sum(tf.mul(logits, tf.tensor3d(mask, [batch, steps, labels])), 1);
}

/** Binary cross-entropy from logits, element by element, in the form that does not overflow. */
function crossEntropy(tf: Tf, logits: Tensor, targets: Tensor): Tensor {
  return tf.add(tf.sub(tf.relu(logits), tf.mul(logits, targets)), tf.log1p(tf.exp(tf.neg(tf.abs(logits)))));
}
