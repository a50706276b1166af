import assert from 'node:assert/strict';
import { LiveView, type LiveViewPart, VIEW_S } from '../../src/detect/live-view.js';
import { melCentresHz } from '../../src/features/mel-scale.js';
import { SAMPLE_RATE } from '../../src/values.js';
import { steps, times } from './steps.js';

const PRESETS = {
  careful: { odds: -1 },
  balanced: { odds: -3.2 },
  sensitive: { odds: -5.3 },
};
const TONE_HZ = 1000;

/** A view that has heard quiet, and a tone from `toneS` to the end. */
function viewOf({ fromS = 0, toneS = 2, endS = 4 }, view = new LiveView(PRESETS)): LiveView {
  for (let atS = fromS; atS < endS; atS++) {
    const samples = Float32Array.from({ length: SAMPLE_RATE }, (_, i) =>
      atS < toneS ? 0 : 0.5 * Math.sin((2 * Math.PI * TONE_HZ * i) / SAMPLE_RATE),
    );
    view.pushChunk({ samples, firstSample: atS * SAMPLE_RATE, at: 0, source: 'cot', lost: 0 });
  }
  return view;
}

function column({ firstColumn, columnS, bands, levels }: LiveViewPart, atS: number): Uint8Array {
  const number = Math.round(atS / columnS) - firstColumn;
  return levels.subarray(number * bands, (number + 1) * bands);
}

describe('LiveView', () => {
  it('shows a tone when and where it sounds, at its level', () => {
    const part = viewOf({}).read(0);
    assert.equal(part.endS, 4);
    const [band] = [...column(part, 3).keys()].sort((a, b) => column(part, 3)[b] - column(part, 3)[a]);
    const centres = melCentresHz(2 * part.bands, 0, SAMPLE_RATE / 2);
    assert(centres[2 * band] < 1.05 * TONE_HZ && centres[2 * band + 1] > 0.95 * TONE_HZ);
    const loud = (atS: number): boolean => column(part, atS)[band] > column(part, 1)[band] + 2 * 60;
    assert.deepEqual([1.9, 2.1].map(loud), [false, true]);
  });

  it('gives what is new, and no more than the last half minute', () => {
    const view = viewOf({ endS: 60 });
    const all = view.read(0);
    const columnsIn = ({ levels, bands }: LiveViewPart): number => levels.length / bands;
    assert.equal(columnsIn(all), Math.ceil(VIEW_S / all.columnS));
    assert.equal(columnsIn(view.read(all.firstColumn + columnsIn(all) - 2)), 2);
    assert.equal(columnsIn(view.read(1e9)), 0);
  });

  it('shows lost sound as silence, and a source that begins anew from its beginning', () => {
    const view = viewOf({});
    const part = viewOf({ fromS: 10, endS: 12 }, view).read(0);
    assert(column(part, 6).every(level => level === 0));
    assert(column(part, 11).some(level => level > 0));
    const anew = viewOf({ endS: 1 }, view).read(0);
    assert.equal(anew.endS, 1);
    assert(anew.firstColumn < 3 && anew.levels.length < 40 * anew.bands);
  });

  it('says what each preset would tell of the scores', () => {
    const view = viewOf({ endS: 8 });
    for (const step of steps(...times(8, 0.05), ...times(8, 0.999))) view.pushScores(step);
    const { scores, heard } = view.read(0);
    assert.deepEqual([scores.length, scores[15]], [16, { endS: 4.096, cry: 0.999 }]);
    assert.deepEqual(heard.careful, []);
    assert.equal(heard.sensitive.length, 1);
    assert.equal(heard.sensitive[0].endS, undefined);
    for (const step of steps(...times(16, 0.999), ...times(40, 0.05)).slice(16)) view.pushScores(step);
    assert(view.read(0).heard.sensitive[0].endS! < 5);
    for (const step of steps(...times(200, 0.05)).slice(56)) view.pushScores(step);
    assert.deepEqual(view.read(0).heard.sensitive, []);
    assert(view.read(0).scores.length < 130);
  });
});
