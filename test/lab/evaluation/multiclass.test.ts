import assert from 'node:assert/strict';
import { classFigures, type Classified } from '../../../src/lab/evaluation/multiclass.js';

function close(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-12, `${actual} is not ${expected}`);
}

describe('classFigures', () => {
  it('gives the figures of answers counted by hand', () => {
    // Rows: truth 0 answered 0, 0, 1; truth 1 answered 1; truth 2 answered 0.
    const items: Classified[] = [
      { truth: 0, probabilities: [0.8, 0.1, 0.1], fold: 0 },
      { truth: 0, probabilities: [0.6, 0.3, 0.1], fold: 0 },
      { truth: 0, probabilities: [0.3, 0.6, 0.1], fold: 0 },
      { truth: 1, probabilities: [0.2, 0.5, 0.3], fold: 0 },
      { truth: 2, probabilities: [0.7, 0.1, 0.2], fold: 0 },
    ];
    const figures = classFigures(items);
    close(figures.accuracy, 3 / 5);
    close(figures.balancedAccuracy, (2 / 3 + 1 + 0) / 3);
    close(figures.macroF1, (4 / 6 + 2 / 3 + 0) / 3);
    // Class 0: 0.8 beats both, 0.6 one, 0.3 one: 4 of 6. Class 1: 0.5 beats 3 of 4. Class 2: 0.2 beats 3 of 4.
    close(figures.macroAuc, (4 / 6 + 3 / 4 + 3 / 4) / 3);
  });

  it('compares scores within a fold only, ties half', () => {
    const first: Classified[] = [
      { truth: 0, probabilities: [0.9, 0.1], fold: 0 },
      { truth: 1, probabilities: [0.8, 0.2], fold: 0 },
    ];
    // Another network, whose scores for class 0 are all lower: right as well, but for a tie.
    const second: Classified[] = [
      { truth: 0, probabilities: [0.2, 0.8], fold: 1 },
      { truth: 1, probabilities: [0.1, 0.9], fold: 1 },
      { truth: 1, probabilities: [0.2, 0.8], fold: 1 },
    ];
    close(classFigures([...first, ...second]).macroAuc, (1 + 1 + 0.5) / 3);
  });

  it('finds always saying one class at chance, and leaves out classes without an item', () => {
    const items = [0, 0, 0, 0, 1].map(truth => ({ truth, probabilities: [1, 0, 0], fold: 0 }));
    const figures = classFigures(items);
    close(figures.accuracy, 0.8);
    close(figures.balancedAccuracy, 0.5);
    close(figures.macroF1, 8 / 9 / 2);
    close(figures.macroAuc, 0.5);
  });
});
