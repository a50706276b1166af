import assert from 'node:assert/strict';
import { Random } from '../../../src/maths/random.js';
import { MEL7S_REASONS } from '../../../src/model/mel7s.js';
import type { HeadExample } from '../../../src/lab/reasons/reason-clips.js';
import { soundAlone, soundAloneTable, type SoundAloneFigures } from '../../../src/lab/reasons/sound-alone.js';

const LENGTH = 8;

/** Cries of 12 phones a reason, two each, whose reasons are so far apart: in standard deviations of one cry. */
function cries(apart: number): HeadExample[] {
  const random = new Random(3);
  return MEL7S_REASONS.flatMap((_, reason) =>
    Array.from({ length: 24 }, (_, n) => ({
      path: `${reason}/${n}.wav`,
      group: `phone ${reason}.${n >> 1}`,
      isCopy: false,
      reason,
      embedding: Float32Array.from(
        { length: LENGTH },
        (_, i) => random.normal() + (i === reason ? apart : 0),
      ),
    })),
  );
}

const measure = (apart: number): SoundAloneFigures => soundAlone(cries(apart), 1, () => undefined);

describe('what the reason makes of sound alone', () => {
  it('is better than how common reasons are where the sound tells them, and earns its weight', () => {
    const { tested, phones, logLoss, difference, differenceInterval, weights, accuracy } = measure(4);
    assert.deepEqual([tested, phones], [120, 60]);
    assert(logLoss.sound < 0.5 && Math.abs(logLoss.commonest - Math.log(5)) < 0.05, String(logLoss.sound));
    assert(Math.abs(difference - (logLoss.sound - logLoss.commonest)) < 1e-9);
    assert(differenceInterval[1] < 0);
    assert(accuracy.sound > 0.8);
    assert(weights.every(weight => weight > 0.5));
  });

  it('is hardly worse where it does not, as it counts for little', () => {
    const figures = measure(0);
    assert(figures.difference < 0.03, String(figures.difference));
    assert(figures.weights.every(weight => weight < 0.5));
    assert.deepEqual(soundAloneTable(figures)[0], ['', 'log loss', 'accuracy']);
  });
});
