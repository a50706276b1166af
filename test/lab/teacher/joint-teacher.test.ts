import assert from 'node:assert/strict';
import { jointFeatures, JointTeacher, type JointFeatures } from '../../../src/lab/teacher/joint-teacher.js';
import { MN04_BABY_CRY, MN04_CLASSES } from '../../../src/lab/teacher/mn04.js';
import { TEACHER_CLASSES } from '../../../src/lab/teacher/teacher.js';
import { figuresOf } from '../../../src/lab/evaluation/metrics.js';
import { Random } from '../../../src/maths/random.js';

const CAT = 81;

describe('jointFeatures', () => {
  it("holds mn04's highest logits and YAMNet's highest log odds of crying", () => {
    const mn04 = new Float32Array(2 * MN04_CLASSES).fill(-5);
    mn04[MN04_BABY_CRY] = 1;
    mn04[MN04_CLASSES + CAT] = 2;
    const yamnet = new Float32Array(3 * TEACHER_CLASSES);
    yamnet[2 * TEACHER_CLASSES + 19] = 0.75;
    const features = jointFeatures(yamnet, mn04);
    assert.equal(features.length, MN04_CLASSES + 1);
    assert.deepEqual([features[MN04_BABY_CRY], features[CAT], features[0]], [1, 2, -5]);
    assert.ok(Math.abs(features[MN04_CLASSES] - Math.log(3)) < 1e-6);
    const silent = jointFeatures(new Float32Array(TEACHER_CLASSES), mn04);
    assert.ok(silent[MN04_CLASSES] < -9 && silent[MN04_CLASSES] > -10);
  });
});

describe('JointTeacher', function () {
  this.timeout(60_000);
  const random = new Random(3);
  /** Cats are a cry to both teachers, which mn04 knows for cats. */
  const examples = Array.from({ length: 400 }, (_, i): { features: JointFeatures; isCry: boolean } => {
    const isCry = i % 5 === 0;
    const isCat = i % 5 === 1;
    const features = Float64Array.from({ length: MN04_CLASSES + 1 }, () => -6 + random.normal());
    const level = isCry || isCat ? 1 : -3;
    features[MN04_BABY_CRY] = level + 2 * random.normal();
    features[MN04_CLASSES] = level + 2 * random.normal();
    if (isCat) features[CAT] += 6;
    return { features, isCry };
  });
  const [learned, held] = [examples.slice(0, 200), examples.slice(200)];

  it('hears better than the mean of both, by what else mn04 hears, and better than each', () => {
    const joint = new JointTeacher(learned);
    const aucOf = (score: (features: JointFeatures) => number): number =>
      figuresOf(held.map(({ features, isCry }) => ({ label: isCry ? 'cry' : 'x', score: score(features) })))
        .auc;
    const mean = aucOf(features => features[MN04_BABY_CRY] + features[MN04_CLASSES]);
    assert.ok(mean > aucOf(features => features[MN04_BABY_CRY]));
    const together = aucOf(features => joint.logOdds(features));
    assert.ok(together > mean + 0.02, `${together}, ${mean}`);
  });

  it('counts cries as much as other sounds, however rare they are', () => {
    const few = learned.filter(({ isCry }, i) => !isCry || i % 10 === 0);
    const middle = ({ logOdds }: { logOdds: number[] }): number =>
      logOdds.reduce((a, b) => a + b) / logOdds.length;
    const of = (examples: typeof learned): number => {
      const joint = new JointTeacher(examples);
      return middle({ logOdds: held.map(({ features }) => joint.logOdds(features)) });
    };
    assert.ok(Math.abs(of(few) - of(learned)) < 0.7, `${of(few)}, ${of(learned)}`);
  });
});
