import assert from 'node:assert/strict';
import { Random } from '../../../src/maths/random.js';
import { synthesiseCry } from '../../../src/synth/cry.js';
import { babble } from '../../../src/synth/nursery.js';
import { melCentresHz } from '../../../src/features/mel-scale.js';
import { toFloat16 } from '../../../src/maths/float16.js';
import { Augmenter } from '../../../src/lab/mixtures/augment.js';
import type { Clip } from '../../../src/lab/mixtures/clip.js';
import { teacherLogit, type Example } from '../../../src/lab/mixtures/example.js';
import { cryingOf, TEACHER_CLASSES, TEACHER_CRY_CLASSES } from '../../../src/lab/teacher/teacher.js';
import { LABELS } from '../../../src/values.js';

const FRAMES = 64;
const MELS = 128;
const CRY = LABELS.indexOf('cry');

describe('Augmenter', () => {
  const clip = (label: 'cry' | 'speech', samples: Float32Array, taught: number): Clip => {
    const windows = Math.ceil(samples.length / 4096);
    const teacher = toFloat16(new Float32Array(windows * TEACHER_CLASSES).fill(taught));
    return {
      label,
      weight: 1,
      samples: Int16Array.from(samples, x => Math.round(x * 32767)),
      teacher,
      crying: cryingOf(teacher),
    };
  };
  const augmenter = new Augmenter(
    [
      clip('cry', synthesiseCry({ seed: 1, durationS: 7 }), 0.75),
      clip('speech', babble({ seed: 1, durationS: 7 }), 0.25),
    ],
    FRAMES,
  );
  let examples: Example[];
  before(() => {
    const random = new Random(1);
    examples = Array.from({ length: 200 }, () => augmenter.example(random));
  });

  it('gives the same examples for the same random state, and others after', () => {
    assert.deepEqual(augmenter.example(new Random(5)), augmenter.example(new Random(5)));
    assert.notDeepEqual(examples[0].mel, examples[1].mel);
  });

  it('gives finite log-mel of the asked length, never below the floor', () => {
    for (const { mel } of examples) {
      assert.equal(mel.length, FRAMES * MELS);
      assert.ok(mel.every(db => db >= -70 && db < 60));
    }
  });

  it('labels a cry a cry with its rivals unknown, and a rival no cry', () => {
    const cries = examples.filter(({ labels }) => labels[CRY] === 1);
    assert.ok(cries.length > 60 && cries.length < 100, `${cries.length} of 200 are cries`);
    for (const { labels, teacher, heard } of examples) {
      if (labels[CRY] === 1) {
        assert.ok(labels.every((value, i) => i === CRY || Number.isNaN(value) || value === 1));
        const step = heard.lastIndexOf(1);
        assert.ok(
          teacher[step * TEACHER_CLASSES + TEACHER_CRY_CLASSES[0]] === Math.fround(teacherLogit(0.75)),
          'as the teacher heard it',
        );
      } else {
        assert.equal(labels[LABELS.indexOf('speech')], 1);
        for (const c of TEACHER_CRY_CLASSES) {
          for (let step = 0; step < heard.length; step++) assert.ok(teacher[step * TEACHER_CLASSES + c] < -8);
        }
      }
    }
  });

  it('cuts off high bands of cries and of rivals alike, so that bandwidth does not betray the label', () => {
    const random = new Random(2);
    const noise = Float32Array.from({ length: 80_000 }, () => random.uniform(-0.5, 0.5));
    const same = new Augmenter([clip('cry', noise, 0), clip('speech', noise, 0)], FRAMES);
    const colours = Array.from({ length: 400 }, () => same.example(random));
    const centres = melCentresHz(MELS, 0, 8000);
    const isCut = ({ mel }: Example): boolean => {
      let above = 0;
      let below = 0;
      for (let i = 0; i < mel.length; i++) {
        if (centres[i % MELS] > 7200) above = Math.max(above, 10 ** (mel[i] / 10));
        else if (centres[i % MELS] < 3000) below = Math.max(below, 10 ** (mel[i] / 10));
      }
      return above < below * 1e-4;
    };
    const share = (cry: boolean): number => {
      const chosen = colours.filter(({ labels }) => (labels[CRY] === 1) === cry);
      return chosen.filter(isCut).length / chosen.length;
    };
    assert.ok(
      share(true) > 0.2 && Math.abs(share(true) - share(false)) < 0.15,
      `${share(true)} and ${share(false)}`,
    );
  });
});
