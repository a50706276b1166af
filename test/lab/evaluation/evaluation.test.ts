import assert from 'node:assert/strict';
import { Random } from '../../../src/maths/random.js';
import { evaluationOf, figuresTable, type ScoredRecording } from '../../../src/lab/evaluation/evaluation.js';

const random = new Random(5);
const recordings: ScoredRecording[] = Array.from({ length: 2000 }, (_, i) => {
  const label = i % 4 === 0 ? 'cry' : 'speech';
  const score = 1 / (1 + Math.exp(-(random.normal() + (label === 'cry' ? 2 : -2))));
  return { path: `${i}.wav`, label, group: `g${i >> 1}`, source: 'test', score };
});
const perfect = new Map(recordings.map(({ path, label }) => [path, label === 'cry' ? 7 : -3]));

describe('evaluationOf', () => {
  const evaluation = evaluationOf(recordings, new Map([['perfect', perfect]]));

  it('gives figures within their intervals, and those of rivals', () => {
    assert.deepEqual(Object.keys(evaluation), [
      'groups',
      'files',
      'auc',
      'recallAt',
      'ece',
      'intervals',
      'rivals',
    ]);
    const { groups, files, auc, recallAt, ece, intervals, rivals } = evaluation;
    assert.deepEqual([groups, files], [1000, 2000]);
    // Two normal distributions of unit spread, 4 apart: Phi(4 / sqrt 2).
    assert.ok(Math.abs(auc - 0.9977) < 0.002, `AUC ${auc}`);
    for (const [value, [low, high]] of [
      [auc, intervals.auc],
      [recallAt['0.005'], intervals.recallAt['0.005']],
      [recallAt['0.016'], intervals.recallAt['0.016']],
      [recallAt['0.06'], intervals.recallAt['0.06']],
    ] as const)
      assert.ok(low < value && value < high && high <= 1, `${value} in ${low} to ${high}`);
    assert.ok(ece > 0 && intervals.ece[0] < ece * 1.2 && intervals.ece[1] > ece);
    assert.deepEqual(rivals, {
      perfect: { auc: 1, recallAt: { '0.005': 1, '0.016': 1, '0.06': 1 } },
    });
  });

  it('does not depend on the order of the recordings', () => {
    assert.deepEqual(evaluationOf([...recordings].reverse(), new Map()).auc, evaluation.auc);
  });

  it('makes a table of equal rows', () => {
    const rows = figuresTable('mine', evaluation);
    assert.deepEqual(rows[0], ['', 'mine', '95% interval', 'perfect']);
    assert.deepEqual(
      rows.map(row => row.length),
      [4, 4, 4, 4, 4, 4],
    );
    assert.deepEqual(rows[2].slice(0, 2), [
      'recall at 0.5% false alarms',
      evaluation.recallAt['0.005'].toFixed(3),
    ]);
  });
});
