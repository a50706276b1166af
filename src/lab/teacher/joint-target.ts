import type { Recording } from '../corpus/manifest.js';
import { isCry } from '../evaluation/metrics.js';
import { fromFloat16, toFloat16 } from '../../maths/float16.js';
import { sigmoid } from '../../model/calibration.js';
import { SAMPLE_RATE } from '../../values.js';
import { jointFeatures, JointTeacher } from './joint-teacher.js';
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
  const heardBy = (recording: string): { yamnet: Float32Array; mn04: Float32Array } | undefined => {
    const [yamnet, mn04] = [teacher.of(recording), teacher.mn04Of(recording)];
    return yamnet && mn04 && { yamnet: fromFloat16(yamnet), mn04: fromFloat16(mn04) };
  };
  const examples = taught.flatMap(recording => {
    const heard = heardBy(recording.path);
    return heard ? [{ features: jointFeatures(heard.yamnet, heard.mn04), isCry: isCry(recording) }] : [];
  });
  const joint = new JointTeacher(examples);
  return recording => {
    const heard = heardBy(recording);
    return heard && joinWindows(joint, heard);
  };
}

/** YAMNet's windows with the joint probability of a cry as that of a baby's, and as most of the related classes. */
function joinWindows(
  joint: JointTeacher,
  { yamnet, mn04 }: { yamnet: Float32Array; mn04: Float32Array },
): Uint16Array {
  const joined = yamnet.slice();
  for (let window = 0; window < yamnet.length / TEACHER_CLASSES; window++) {
    const scores = joined.subarray(window * TEACHER_CLASSES, (window + 1) * TEACHER_CLASSES);
    const first = mn04WindowAt(window, mn04.length / MN04_CLASSES) * MN04_CLASSES;
    const probability = sigmoid(
      joint.logOdds(jointFeatures(scores, mn04.subarray(first, first + MN04_CLASSES))),
    );
    for (const c of TEACHER_CRY_CLASSES) scores[c] = Math.min(scores[c], probability);
    scores[BABY_CRY] = probability;
  }
  // In memory that threads share, as YAMNet's own.
  const shared = new Uint16Array(new SharedArrayBuffer(2 * joined.length));
  shared.set(toFloat16(joined));
  return shared;
}

/** The window of mn04 whose middle is nearest to that of a window of YAMNet. */
function mn04WindowAt(yamnetWindow: number, windows: number): number {
  const middleS = (yamnetWindow * TEACHER_HOP + TEACHER_WINDOW / 2) / SAMPLE_RATE;
  const nearest = Math.round((middleS - MN04_WINDOW_S / 2) / MN04_HOP_S);
  return Math.max(0, Math.min(windows - 1, nearest));
}
