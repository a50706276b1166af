import { HighPass } from '../../features/high-pass.js';
import { LogMel } from '../../features/log-mel.js';
import { Random } from '../../maths/random.js';
import { FRAMES_PER_STEP } from '../../model/cry-net.js';
import { mn04WindowAt } from '../teacher/joint-target.js';
import { MN04_CLASSES, type Mn04 } from '../teacher/mn04.js';
import { TEACHER_CLASSES, TEACHER_HOP } from '../teacher/teacher.js';
import type { Yamnet } from '../teacher/yamnet.js';
import type { Clip } from './clip.js';
import { teacherLogit } from './example.js';
import { Mixer, overload, TEACHER_LAG_STEPS, type Mixture } from './mixer.js';
import { BOTH_CLASSES, type StoredMixture } from './mixture-store.js';

/** YAMNet hears a window every other step: half the time, and sounds change little in a quarter of a second. */
const YAMNET_STEPS = 2;

/** Makes mixtures, and asks two teachers what they hear in each. */
export class MixtureMaker {
  private readonly mixer: Mixer;
  private readonly steps: number;
  private readonly highPass = new HighPass();
  private readonly logMel = new LogMel();

  /**
   * @param clips of recordings by their number; undefined for what is not mixed
   * @param frames length of a mixture
   */
  constructor(
    private readonly clips: readonly (Clip | undefined)[],
    private readonly teachers: { yamnet: Yamnet; mn04: Mn04 },
    frames: number,
    private readonly seed: number,
  ) {
    this.mixer = new Mixer(
      clips.filter(clip => clip !== undefined),
      frames,
    );
    this.steps = frames / FRAMES_PER_STEP;
  }

  /** Mixture `number`: it depends on the seed, the clips and its number alone. */
  async make(number: number): Promise<StoredMixture> {
    const random = Random.of(this.seed, number);
    const mixture = this.mixer.mix(random);
    const { samples, labels, silent, parts } = mixture;
    // Before what only makes sound worse: a teacher should not be deaf to what was there.
    const teacher = await this.hear(samples);
    overload(samples, random);
    this.highPass.reset();
    this.highPass.filter(samples);
    this.logMel.reset();
    return {
      recordings: parts.map(({ clip }) => this.clips.indexOf(clip)),
      labels,
      silent,
      crying: cryingIn(mixture),
      mel: this.logMel.push(samples),
      teacher,
    };
  }

  private async hear(samples: Float32Array): Promise<Float32Array> {
    const yamnet = this.teachers.yamnet.score(samples, YAMNET_STEPS * TEACHER_HOP);
    const mn04 = await this.teachers.mn04.windows(samples);
    const row = (from: Float32Array, classes: number, window: number): Float32Array =>
      from.subarray(window * classes, (window + 1) * classes);
    const teacher = new Float32Array(this.steps * BOTH_CLASSES);
    for (let step = TEACHER_LAG_STEPS; step < this.steps; step++) {
      const window = step - TEACHER_LAG_STEPS;
      const last = yamnet.length / TEACHER_CLASSES - 1;
      const scores = row(yamnet, TEACHER_CLASSES, Math.min(last, Math.floor(window / YAMNET_STEPS)));
      teacher.set(scores.map(teacherLogit), step * BOTH_CLASSES);
      const logits = row(mn04, MN04_CLASSES, mn04WindowAt(window, mn04.length / MN04_CLASSES));
      teacher.set(logits, step * BOTH_CLASSES + TEACHER_CLASSES);
    }
    return teacher;
  }
}

/**
 * How likely a cry is in each step by what teachers heard in the cries' own recordings: as far as other sounds leave it
 * audible, half where it is 5 dB below them.
 */
function cryingIn({ parts, silent }: Mixture): Float32Array {
  const loudest = Math.min(...parts.slice(1).map(({ ratioDb }) => ratioDb));
  return Float32Array.from(silent, (_, step) => {
    let crying = 0;
    for (const [i, { clip, windows, ratioDb }] of parts.entries()) {
      if (clip.label !== 'cry' || windows[step] < 0) continue;
      const aboveDb = i === 0 ? loudest : -ratioDb;
      crying = Math.max(crying, clip.crying![windows[step]] / (1 + 10 ** (-(aboveDb + 5) / 5)));
    }
    return crying;
  });
}
