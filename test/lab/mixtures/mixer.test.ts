import assert from 'node:assert/strict';
import type { Clip } from '../../../src/lab/mixtures/clip.js';
import { Mixer, type Mixture } from '../../../src/lab/mixtures/mixer.js';
import { Random } from '../../../src/maths/random.js';
import { LABELS } from '../../../src/values.js';
import { synthesiseCry } from '../../../src/synth/cry.js';
import { babble } from '../../../src/synth/nursery.js';

const CRY = LABELS.indexOf('cry');

describe('Mixer', () => {
  const clip = (label: Clip['label'], weight: number, sound: Float32Array): Clip => ({
    label,
    weight,
    samples: Int16Array.from(sound, x => Math.round(x * 32767)),
    crying: new Float32Array(Math.ceil(sound.length / 4096)).fill(label === 'cry' ? 0.9 : 0),
  });
  const cries = [3, 1].map((weight, seed) => clip('cry', weight, synthesiseCry({ seed, durationS: 4 })));
  const speech = clip('speech', 1, babble({ seed: 1, durationS: 9 }));
  const mixer = new Mixer([...cries, speech], 64);
  let mixtures: Mixture[];
  before(() => {
    const random = new Random(1);
    mixtures = Array.from({ length: 600 }, () => mixer.mix(random));
  });

  it('draws clips as often as their weights say', () => {
    const firsts = mixtures.map(({ parts }) => parts[0].clip);
    const [heavy, light] = cries.map(cry => firsts.filter(first => first === cry).length);
    assert.ok(heavy / light > 2 && heavy / light < 4.5, `${heavy} and ${light}`);
  });

  it('labels a mixture by its first sound, whatever is put under it', () => {
    const mixed = mixtures.filter(({ parts }) => parts.length > 1);
    assert.ok(mixed.length > 200, `${mixed.length} of 600`);
    for (const { labels, parts } of mixtures)
      assert.equal(labels[CRY], parts[0].clip.label === 'cry' ? 1 : 0);
  });

  it("puts another baby's cry under some cries, and never under other sounds", () => {
    const seconds = mixtures.filter(({ parts }) => parts.slice(1).some(part => part.clip.label === 'cry'));
    assert.ok(seconds.length > 5, `${seconds.length}`);
    assert.ok(seconds.every(({ parts }) => parts[0].clip.label === 'cry'));
  });

  it('names a window of the clip for each step that hears one, and the steps that hear nothing', () => {
    for (const { parts, silent } of mixtures) {
      for (const { clip, windows } of parts)
        assert.ok(windows.every(window => window >= -1 && window < clip.crying!.length));
      assert.ok(silent.every((isSilent, step) => isSilent === 0 || parts[0].windows[step] === -1));
    }
    assert.ok(mixtures.some(({ silent }) => silent.includes(1)));
  });
});
