import assert from 'node:assert/strict';
import { nightFigures } from '../../src/model/card.js';
import { DEFAULT_MODEL } from '../../src/model/load.js';
import { PRESETS } from '../../src/model/manifest.js';

describe('a model’s card', () => {
  it('states what each preset of the default model did at night', () => {
    const figures = nightFigures(DEFAULT_MODEL);
    assert.deepEqual(Object.keys(figures), PRESETS);
    const [careful, balanced, sensitive] = PRESETS.map(preset => figures[preset]!);
    assert.ok(careful.found < balanced.found && balanced.found < sensitive.found);
    assert.ok(careful.falseAlarmsPerNight < sensitive.falseAlarmsPerNight);
    for (const { found, episodes } of [careful, balanced, sensitive]) assert.ok(found < episodes);
  });

  it('may be missing, or state nothing', () => {
    assert.deepEqual(nightFigures('/nowhere/at/all'), {});
    assert.deepEqual(nightFigures('crynet-fixed'), {});
  });
});
