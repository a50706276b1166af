import type { NamedTensorMap, Scalar, Variable } from '@tensorflow/tfjs-core';
import type { Tf } from './tf.js';

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;
/** Gradients are scaled down to this norm over all variables. */
const CLIP_NORM = 5;

/** Adam with decoupled weight decay (Loshchilov and Hutter 2019, arXiv 1711.05101); its state is in variables. */
export class AdamW {
  readonly moments = new Map<string, Variable>();
  private readonly tf: Tf;
  private readonly variables: [string, Variable][];
  private readonly weightDecay: number;

  constructor(tf: Tf, variables: Iterable<[string, Variable]>, weightDecay: number) {
    this.tf = tf;
    this.weightDecay = weightDecay;
    this.variables = [...variables].filter(([, variable]) => variable.trainable);
    for (const [name, variable] of this.variables) {
      for (const moment of ['first', 'second']) {
        const zeros = tf.zerosLike(variable);
        this.moments.set(`${moment}/${name}`, tf.variable(zeros, false));
        zeros.dispose();
      }
    }
  }

  /**
   * One step against the gradient of `loss`.
   * @param step number of this step, from 1
   * @returns the loss
   */
  minimise(loss: () => Scalar, learningRate: number, step: number): number {
    const tf = this.tf;
    const list = this.variables.map(([, variable]) => variable);
    const { value, grads } = tf.variableGrads(loss, list);
    tf.tidy(() => {
      this.apply(grads, learningRate, step);
    });
    const result = value.dataSync()[0];
    tf.dispose([value, grads]);
    return result;
  }

  private apply(grads: NamedTensorMap, learningRate: number, step: number): void {
    const tf = this.tf;
    const norm = Math.sqrt(
      tf.addN(this.variables.map(([, v]) => tf.sum(tf.square(grads[v.name])))).dataSync()[0],
    );
    const shrink = norm > CLIP_NORM ? CLIP_NORM / norm : 1;
    for (const [name, variable] of this.variables) {
      const gradient = tf.mul(grads[variable.name], shrink);
      const first = this.moments.get(`first/${name}`)!;
      const second = this.moments.get(`second/${name}`)!;
      first.assign(tf.add(tf.mul(first, BETA1), tf.mul(gradient, 1 - BETA1)));
      second.assign(tf.add(tf.mul(second, BETA2), tf.mul(tf.square(gradient), 1 - BETA2)));
      const update = tf.div(
        tf.div(first, 1 - BETA1 ** step),
        tf.add(tf.sqrt(tf.div(second, 1 - BETA2 ** step)), EPSILON),
      );
      // Only kernels decay: a shrinking bias or scale would fight batch normalisation.
      const decayed = variable.rank > 1 ? tf.mul(variable, 1 - learningRate * this.weightDecay) : variable;
      variable.assign(tf.sub(decayed, tf.mul(update, learningRate)));
    }
  }
}

/** One-cycle schedule: cosine up from peak/25 over `warmUp` of the steps, cosine down to nothing (Smith 2018, arXiv 1803.09820). */
export function oneCycle(step: number, steps: number, peak: number, warmUp = 0.15): number {
  const at = step / steps;
  const cosine = (from: number, to: number, t: number): number =>
    to + ((from - to) * (1 + Math.cos(Math.PI * t))) / 2;
  return at < warmUp
    ? cosine(peak / 25, peak, at / warmUp)
    : cosine(peak, peak / 1e4, (at - warmUp) / (1 - warmUp));
}
