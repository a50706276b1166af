import { LABELS } from '../../values.js';
import type { Random } from '../../maths/random.js';
import { sigmoid } from '../../model/calibration.js';
import { DeepInfantError } from '../../errors.js';
import { JointTeacher, type JointExample } from '../teacher/joint-teacher.js';
import { MN04_CLASSES } from '../teacher/mn04.js';
import { TEACHER_CLASSES, TEACHER_CRY_CLASSES } from '../teacher/teacher.js';
import { Colour } from './colour.js';
import type { Example, Examples } from './example.js';
import { TEACHER_LAG_STEPS } from './mixer.js';
import { BOTH_CLASSES, MixtureStore } from './mixture-store.js';

const CRY = LABELS.indexOf('cry');
/** Examples between two looks for new mixtures. */
const REFRESH_EVERY = 2000;
/** Mixtures whose windows stand for all. */
const SAMPLE = 256;

/** Which mixtures to learn from, in a form that a thread can be given. */
export interface MixturesToLearn {
  folder: string;
  /** Numbers of recordings that no mixture may hold: they are held out. */
  heldOut: ReadonlySet<number>;
  /** What the joint teacher learns from: recordings that are not held out. */
  joint: readonly JointExample[];
}

/** Examples from a store of mixtures, each changed anew as rooms and microphones do. Meanwhile the store may grow. */
export class StoredMixtures implements Examples {
  readonly classes = BOTH_CLASSES;
  private readonly colour: Colour;
  private readonly joint: JointTeacher;
  private readonly usable: number[] = [];
  private looked = 0;
  private made = 0;

  /** @throws DeepInfantError what MixtureStore.read throws, and `mixtures` when there is none without a held-out recording */
  static open({ folder, heldOut, joint }: MixturesToLearn, frames: number): StoredMixtures {
    const mixtures = new StoredMixtures(MixtureStore.read(folder, frames), heldOut, joint, frames);
    const { usable, all } = mixtures.counts;
    if (usable === 0) {
      throw new DeepInfantError(
        'mixtures',
        `Each of the ${all} mixtures in ${folder} holds a recording that is held out. Make more with 'deepinfant mix'.`,
      );
    }
    return mixtures;
  }

  private constructor(
    private readonly store: MixtureStore,
    private readonly heldOut: ReadonlySet<number>,
    joint: readonly JointExample[],
    frames: number,
  ) {
    this.colour = new Colour(frames);
    this.joint = new JointTeacher(joint);
    this.look();
  }

  /** Number of mixtures to learn from, and of all. */
  get counts(): { usable: number; all: number } {
    return { usable: this.usable.length, all: this.looked };
  }

  example(random: Random): Example {
    if (++this.made % REFRESH_EVERY === 0) this.look();
    const { labels, silent, crying: clean, mel, teacher } = this.store.mixture(random.pick(this.usable));
    this.colour.apply(mel, random);
    const heard = Float32Array.from(silent, (_, step) => (step < TEACHER_LAG_STEPS ? 0 : 1));
    const crying = Float32Array.from(heard, (isHeard, step) => {
      if (isHeard === 0 || labels[CRY] !== 1) return 0;
      const row = teacher.subarray(step * BOTH_CLASSES, (step + 1) * BOTH_CLASSES);
      return Math.max(clean[step], sigmoid(this.joint.logOdds(featuresOf(row))));
    });
    return { mel, labels, teacher, heard, heardAlone: heard, crying, silent };
  }

  *teacherRows(): Iterable<Float32Array> {
    const { usable } = this;
    for (let i = 0; i < Math.min(SAMPLE, usable.length); i++) {
      const { teacher } = this.store.mixture(usable[Math.floor((i * usable.length) / SAMPLE)]);
      for (let at = TEACHER_LAG_STEPS * BOTH_CLASSES; at < teacher.length; at += BOTH_CLASSES)
        yield teacher.subarray(at, at + BOTH_CLASSES);
    }
  }

  private look(): void {
    this.store.refresh();
    for (; this.looked < this.store.count; this.looked++)
      if (!this.store.recordingsOf(this.looked).some(recording => this.heldOut.has(recording)))
        this.usable.push(this.looked);
  }
}

/** What both teachers heard in one step, see jointFeatures. */
function featuresOf(logits: Float32Array): Float64Array {
  const features = new Float64Array(MN04_CLASSES + 1);
  features.set(logits.subarray(TEACHER_CLASSES));
  features[MN04_CLASSES] = Math.max(...TEACHER_CRY_CLASSES.map(c => logits[c]));
  return features;
}
