import assert from 'node:assert/strict';
import { sharesOfCounts } from '../../src/reason/prior.js';
import { trackRecords } from '../../src/reason/record.js';
import { REASONS } from '../../src/values.js';

describe('the track record', () => {
  const cry = (onset: number, answeredAt: number, label: number, said: number) => ({
    onset,
    answeredAt,
    label,
    probabilities: REASONS.map((_, reason) => Number(reason === said)),
  });

  it('compares with the commonest of the answers that were given before each cry', () => {
    const [hungry, tired] = [0, 1];
    const cries = [
      ...Array.from({ length: 20 }, (_, i) => cry(i, i, tired, hungry)),
      // Answered late: nobody knew it at the next onset.
      cry(30, 100, hungry, hungry),
      cry(40, 40, tired, tired),
    ];
    const last = trackRecords(cries, sharesOfCounts).at(-1)!;
    assert.equal(last.answers, 22);
    assert.equal(last.right, 2);
    // 'hungry' is the commonest until there are answers.
    const earlier = trackRecords(cries.slice(0, 20), sharesOfCounts).at(-1)!.commonestRight;
    assert.equal(last.commonestRight, earlier + 1);
    assert(earlier > 10);
  });

  it('takes no time that grows with the square of its length', () => {
    const cries = Array.from({ length: 50_000 }, (_, i) => cry(i, i + 5, i % 6, i % 3));
    const before = process.cpuUsage();
    assert.equal(trackRecords(cries, sharesOfCounts).length, 50_000);
    const { user } = process.cpuUsage(before);
    assert(user < 1e6, `${user / 1000} ms`);
  });
});
