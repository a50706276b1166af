import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Recording } from '../../../src/lab/corpus/manifest.js';
import { jointTarget } from '../../../src/lab/teacher/joint-target.js';
import { MN04_BABY_CRY, MN04_CLASSES } from '../../../src/lab/teacher/mn04.js';
import { SCORE_FILES, Teacher, TEACHER_CLASSES } from '../../../src/lab/teacher/teacher.js';
import { writeWindowScores } from '../../../src/lab/teacher/window-scores.js';
import { fromFloat16, toFloat16 } from '../../../src/maths/float16.js';

/** YAMNet's windows of 7 s, and mn04's. */
const YAMNET_WINDOWS = 24;
const MN04_WINDOWS = 11;
const [SOBBING, BABY_CRY, SPEECH] = [19, 20, 0];

const RECORDINGS = Array.from({ length: 20 }, (_, i) => ({
  path: `${i}.wav`,
  label: i % 2 === 0 ? 'cry' : 'speech',
})) as Recording[];

describe('jointTarget', () => {
  let folder: string;
  let teacher: Teacher;

  /** Cries fill the second half of a recording. mn04 hears them; YAMNet is deaf, but hears all speak. */
  async function writeScores(to: string): Promise<void> {
    await mkdir(to, { recursive: true });
    const yamnet = new Float32Array(YAMNET_WINDOWS * TEACHER_CLASSES).fill(0.001);
    for (let i = 0; i < yamnet.length; i += TEACHER_CLASSES) {
      yamnet[i + SPEECH] = 0.5;
      yamnet[i + SOBBING] = 0.125;
    }
    const logits = (isCry: boolean): Float32Array => {
      const all = new Float32Array(MN04_WINDOWS * MN04_CLASSES).fill(-6);
      for (let window = 0; window < MN04_WINDOWS; window++)
        all[window * MN04_CLASSES + MN04_BABY_CRY] = isCry && window >= 6 ? 6 : -6;
      return all;
    };
    await writeWindowScores(
      to,
      SCORE_FILES.yamnet,
      RECORDINGS.map(recording => ({ path: recording.path, scores: toFloat16(yamnet) })),
    );
    await writeWindowScores(
      to,
      SCORE_FILES.mn04,
      RECORDINGS.map(({ path: name, label }) => ({ path: name, scores: toFloat16(logits(label === 'cry')) })),
    );
  }

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'deepinfant-joint-'));
    await writeScores(path.join(folder, 'both'));
    teacher = await Teacher.read([path.join(folder, 'both')]);
  });
  after(() => rm(folder, { recursive: true }));

  it("says where both hear crying, and leaves YAMNet's other sounds as they are", () => {
    assert.ok(teacher.isJoint);
    const target = jointTarget(teacher, RECORDINGS);
    const scores = fromFloat16(target('0.wav')!);
    const own = fromFloat16(teacher.of('0.wav')!);
    const at = (window: number, c: number): number => scores[window * TEACHER_CLASSES + c];
    // Window 22 of YAMNet is in the middle of the last of mn04.
    assert.ok(at(22, BABY_CRY) > 0.5 && at(2, BABY_CRY) < 0.1, `${at(22, BABY_CRY)}, ${at(2, BABY_CRY)}`);
    assert.ok(Math.abs(at(22, SOBBING) - 0.125) < 1e-3 && at(2, SOBBING) <= at(2, BABY_CRY));
    own.forEach((score, i) => {
      const c = i % TEACHER_CLASSES;
      if (c < 19 || c > 21) assert.equal(scores[i], score);
    });
    // The steps of mn04 are 2 of YAMNet's: the change is where mn04's windows 5 and 6 meet.
    const first = Array.from({ length: YAMNET_WINDOWS }, (_, window) => at(window, BABY_CRY)).findIndex(
      p => p > 0.5,
    );
    assert.ok(first >= 12 && first <= 14, `${first}`);
    assert.ok(fromFloat16(target('1.wav')!)[22 * TEACHER_CLASSES + BABY_CRY] < 0.1);
    assert.equal(target('other.wav'), undefined);
  });

  it('asks for the scores of mn04 in every folder or in none', async () => {
    const single = path.join(folder, 'single');
    await writeScores(single);
    await rm(path.join(single, SCORE_FILES.mn04.scores));
    assert.ok(!(await Teacher.read([single])).isJoint);
    await assert.rejects(Teacher.read([path.join(folder, 'both'), single]), {
      code: 'teacher',
      message: /Cannot read .*single.mn04_window_logits\.npy.*'deepinfant teach' makes it/,
    });
  });
});
