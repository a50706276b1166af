import type { Recording } from '../corpus/manifest.js';
import { isCry } from '../evaluation/metrics.js';
import { fromFloat16, toFloat16 } from '../../maths/float16.js';
import { sigmoid } from '../../model/calibration.js';
import { SAMPLE_RATE } from '../../values.js';
import {
  jointFeatures,
  JointTeacher,
  meanLogOdds,
  type JointExample,
  type JointFeatures,
} from './joint-teacher.js';
import { MN04_CLASSES, MN04_HOP_S, MN04_WINDOW_S } from './mn04.js';
import {
  TEACHER_CLASSES,
  TEACHER_CRY_CLASSES,
  TEACHER_HOP,
  TEACHER_WINDOW,
  type Teacher,
} from './teacher.js';

/** The row of 'Baby cry, infant cry' in YAMNet's class map. */
const BABY_CRY = 20;

/** What both teachers heard in a recording: YAMNet's scores and mn04's logits; undefined if one of them did not hear it. */
export function heardBy(
  teacher: Teacher,
  recording: string,
): { yamnet: Float32Array; mn04: Float32Array } | undefined {
  const [yamnet, mn04] = [teacher.of(recording), teacher.mn04Of(recording)];
  return yamnet && mn04 && { yamnet: fromFloat16(yamnet), mn04: fromFloat16(mn04) };
}

/** What a joint teacher learns from recordings: those that a teacher did not hear are left out. */
export function jointExamples(teacher: Teacher, taught: readonly Recording[]): JointExample[] {
  return taught.flatMap(recording => {
    const heard = heardBy(teacher, recording.path);
    return heard ? [{ features: jointFeatures(heard.yamnet, heard.mn04), isCry: isCry(recording) }] : [];
  });
}

/**
 * The probability of a cry in each of YAMNet's windows by the mean of both teachers' log odds, which nobody's labels have
 * corrected.
 * @param heard YAMNet's scores and mn04's logits of a recording
 */
export function cryingTogether(heard: { yamnet: Float32Array; mn04: Float32Array }): Float32Array {
  return cryingBy(meanLogOdds, heard);
}

/**
 * Lets both teachers together say where in a recording a baby cries: learns from the given recordings how to join what they
 * hear (see JointTeacher).
 * @param teacher with mn04's logits
 * @param taught recordings with a sure label, with and without a cry; those that a teacher did not score are left out
 * @returns gives YAMNet's scores of a recording with the crying that both hear in place of its own
 */
export function jointTarget(
  teacher: Teacher,
  taught: readonly Recording[],
): (recording: string) => Uint16Array | undefined {
  const joint = new JointTeacher(jointExamples(teacher, taught));
  return recording => {
    const heard = heardBy(teacher, recording);
    return heard && joinWindows(joint, heard);
  };
}

/** YAMNet's windows with the joint probability of a cry as that of a baby's, and as most of the related classes. */
function joinWindows(joint: JointTeacher, heard: { yamnet: Float32Array; mn04: Float32Array }): Uint16Array {
  const joined = heard.yamnet.slice();
  for (const [window, probability] of cryingBy(features => joint.logOdds(features), heard).entries()) {
    const scores = joined.subarray(window * TEACHER_CLASSES, (window + 1) * TEACHER_CLASSES);
    for (const c of TEACHER_CRY_CLASSES) scores[c] = Math.min(scores[c], probability);
    scores[BABY_CRY] = probability;
  }
  // In memory that threads share, as YAMNet's own.
  const shared = new Uint16Array(new SharedArrayBuffer(2 * joined.length));
  shared.set(toFloat16(joined));
  return shared;
}

/** Probability of a cry in each window of YAMNet. */
function cryingBy(
  logOdds: (features: JointFeatures) => number,
  { yamnet, mn04 }: { yamnet: Float32Array; mn04: Float32Array },
): Float32Array {
  return Float32Array.from({ length: yamnet.length / TEACHER_CLASSES }, (_, window) => {
    const scores = yamnet.subarray(window * TEACHER_CLASSES, (window + 1) * TEACHER_CLASSES);
    const first = mn04WindowAt(window, mn04.length / MN04_CLASSES) * MN04_CLASSES;
    return sigmoid(logOdds(jointFeatures(scores, mn04.subarray(first, first + MN04_CLASSES))));
  });
}

/** The window of mn04 whose middle is nearest to that of a window of YAMNet. @param windows number of mn04's */
export function mn04WindowAt(yamnetWindow: number, windows: number): number {
  const middleS = (yamnetWindow * TEACHER_HOP + TEACHER_WINDOW / 2) / SAMPLE_RATE;
  const nearest = Math.round((middleS - MN04_WINDOW_S / 2) / MN04_HOP_S);
  return Math.max(0, Math.min(windows - 1, nearest));
}
