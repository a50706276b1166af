import { fromFloat16 } from '../../maths/float16.js';
import type { Random } from '../../maths/random.js';
import { HighPass } from '../../features/high-pass.js';
import { LogMel } from '../../features/log-mel.js';
import { LABELS } from '../../values.js';
import { TEACHER_CLASSES, TEACHER_CRY_CLASSES } from '../teacher/teacher.js';
import type { Clip } from './clip.js';
import { Colour } from './colour.js';
import { teacherLogit, type Example, type Examples } from './example.js';
import { Mixer, overload, type Mixture } from './mixer.js';

const CRY = LABELS.indexOf('cry');

/** Makes training examples from clips: mixes them, and changes the mixture as rooms and microphones do. */
export class Augmenter implements Examples {
  readonly classes = TEACHER_CLASSES;
  private readonly mixer: Mixer;
  private readonly colour: Colour;
  private readonly highPass = new HighPass();
  private readonly logMel = new LogMel();

  /** @param frames length of an example, a multiple of the network's frames per step */
  constructor(
    private readonly clips: readonly Clip[],
    frames: number,
  ) {
    this.mixer = new Mixer(clips, frames);
    this.colour = new Colour(frames);
  }

  example(random: Random): Example {
    const mixture = this.mixer.mix(random);
    const { samples, labels, silent, parts } = mixture;
    const heard = Float32Array.from(parts[0].windows, window => (window < 0 ? 0 : 1));
    const scores = scoresOf(mixture);
    overload(samples, random);
    this.highPass.reset();
    this.highPass.filter(samples);
    this.logMel.reset();
    const mel = this.logMel.push(samples);
    this.colour.apply(mel, random);
    return {
      mel,
      labels,
      teacher: scores.map(teacherLogit),
      heard,
      silent,
      crying: Float32Array.from(parts[0].windows, window => (window < 0 ? 0 : parts[0].clip.crying![window])),
      heardAlone: parts.length > 1 ? new Float32Array(heard.length) : heard.slice(),
    };
  }

  *teacherRows(): Iterable<Float32Array> {
    for (const { teacher } of this.clips) {
      if (teacher === undefined) continue;
      const scores = fromFloat16(teacher);
      for (let i = 0; i < scores.length; i += TEACHER_CLASSES)
        yield scores.subarray(i, i + TEACHER_CLASSES).map(teacherLogit);
    }
  }
}

/**
 * What the teacher would say of a mixture, from what it said of each sound alone: [steps x TEACHER_CLASSES]. A sound that is
 * far below the first one is heard less, and what people called no cry is none.
 */
function scoresOf({ parts, labels }: Mixture): Float32Array {
  const steps = parts[0].windows.length;
  const scores = new Float32Array(steps * TEACHER_CLASSES);
  for (const part of parts) {
    const { clip, windows, ratioDb } = part;
    if (clip.teacher === undefined) continue;
    const isFirst = part === parts[0];
    const audible = isFirst ? 1 : 1 / (1 + 10 ** ((ratioDb - 8) / 6));
    for (const [step, window] of windows.entries()) {
      if (window < 0) continue;
      const heard = fromFloat16(
        clip.teacher.subarray(window * TEACHER_CLASSES, (window + 1) * TEACHER_CLASSES),
      );
      for (let c = 0; c < TEACHER_CLASSES; c++) {
        if (!isFirst && TEACHER_CRY_CLASSES.includes(c)) continue;
        const at = step * TEACHER_CLASSES + c;
        scores[at] = Math.max(scores[at], heard[c] * audible);
      }
    }
  }
  if (labels[CRY] !== 1)
    for (let i = 0; i < scores.length; i += TEACHER_CLASSES)
      for (const c of TEACHER_CRY_CLASSES) scores[i + c] = 0;
  return scores;
}
