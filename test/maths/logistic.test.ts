import assert from 'node:assert/strict';
import { Random } from '../../src/maths/random.js';
import { LogisticRegression, type LabelledPoint } from '../../src/maths/logistic.js';

/** Points of three classes, 6, 3 and 1 of ten, around centres far from 0 on scales far apart. */
function points(count: number, apart: number, seed: number): LabelledPoint[] {
  const random = new Random(seed);
  return Array.from({ length: count }, (_, i) => {
    const label = [0, 0, 0, 0, 0, 0, 1, 1, 1, 2][i % 10];
    const features = Float32Array.of(
      1000 + 10 * (random.normal() + (label === 1 ? apart : 0)),
      0.01 * (random.normal() + (label === 2 ? apart : 0)),
      7,
    );
    return { features, label };
  });
}

describe('LogisticRegression', () => {
  it('tells classes apart on points that it did not see, whatever the scales of the features', () => {
    const model = new LogisticRegression(points(200, 5, 1), 3, 0.001);
    const right = points(200, 5, 2).filter(({ features, label }) => {
      const probabilities = model.probabilities(features);
      assert.ok(Math.abs(probabilities.reduce((a, b) => a + b) - 1) < 1e-9);
      return probabilities.indexOf(Math.max(...probabilities)) === label;
    });
    assert.ok(right.length >= 196, `${right.length} of 200`);
  });

  it('is at the least of its loss, where the mean probabilities are the shares of the classes', () => {
    const taught = points(200, 1, 3);
    const model = new LogisticRegression(taught, 3, 0.01);
    const means = [0, 1, 2].map(
      label =>
        taught.reduce((sum, { features }) => sum + model.probabilities(features)[label], 0) / taught.length,
    );
    [0.6, 0.3, 0.1].forEach((share, label) => {
      assert.ok(Math.abs(means[label] - share) < 1e-3, means.join());
    });
  });

  it('says no more than the shares under a strong penalty', () => {
    const model = new LogisticRegression(points(200, 5, 1), 3, 1000);
    const [first] = model.probabilities(points(10, 5, 2)[9].features);
    assert.ok(Math.abs(first - 0.6) < 0.02, String(first));
  });
});
