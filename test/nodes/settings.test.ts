import assert from 'node:assert/strict';
import { AUDIO_DEFAULTS } from '../../nodes/deepinfant-audio/settings.js';
import { BABY_DEFAULTS } from '../../nodes/deepinfant-baby/settings.js';
import { DETECTOR_DEFAULTS } from '../../nodes/deepinfant-detector/settings.js';
import { ENTITIES_DEFAULTS } from '../../nodes/deepinfant-entities/settings.js';
import { HASS_DEFAULTS } from '../../nodes/deepinfant-hass/settings.js';
import { JOURNAL_DEFAULTS } from '../../nodes/deepinfant-journal/settings.js';
import { LIGHT_DEFAULTS } from '../../nodes/deepinfant-light/settings.js';
import { NOTIFY_DEFAULTS } from '../../nodes/deepinfant-notify/settings.js';
import { REASON_DEFAULTS } from '../../nodes/deepinfant-reason/settings.js';
import { listModels } from '../../src/model/load.js';
import { editorDefinition, NODE_TYPES, type NodeType } from './editor.js';

const DEFAULTS: Record<NodeType, object> = {
  'deepinfant-audio': AUDIO_DEFAULTS,
  'deepinfant-baby': BABY_DEFAULTS,
  'deepinfant-detector': DETECTOR_DEFAULTS,
  'deepinfant-entities': ENTITIES_DEFAULTS,
  'deepinfant-hass': HASS_DEFAULTS,
  'deepinfant-journal': JOURNAL_DEFAULTS,
  'deepinfant-light': LIGHT_DEFAULTS,
  'deepinfant-notify': NOTIFY_DEFAULTS,
  'deepinfant-reason': REASON_DEFAULTS,
};

describe('settings', () => {
  for (const type of NODE_TYPES) {
    it(`${type} has the same defaults in the editor and in the runtime`, () => {
      const inEditor = Object.entries(editorDefinition(type).defaults).map(([name, { value }]) => [
        name,
        value,
      ]);
      assert.deepEqual(Object.fromEntries(inEditor), DEFAULTS[type]);
    });
  }

  it('the default model is one that ships', () => {
    assert(listModels().includes(DETECTOR_DEFAULTS.model));
  });

  it('an audio node needs a path only when it plays a file or folder', () => {
    const { validate } = editorDefinition('deepinfant-audio').defaults.path;
    assert.equal(validate!.call({ kind: 'demo' }, ''), true);
    assert.equal(validate!.call({ kind: 'recording' }, ' '), false);
    assert.equal(validate!.call({ kind: 'recording' }, 'night.wav'), true);
  });

  it('a birth date may be left out, but not lie in the future', () => {
    const { validate } = editorDefinition('deepinfant-baby').defaults.birthDate;
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    assert.equal(validate!.call({}, ''), true);
    assert.equal(validate!.call({}, '2026-01-31'), true);
    assert.equal(validate!.call({}, tomorrow), false);
    assert.equal(validate!.call({}, 'last spring'), false);
  });
});
