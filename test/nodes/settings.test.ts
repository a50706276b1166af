import assert from 'node:assert/strict';
import * as v from 'valibot';
import { AUDIO_SETTINGS } from '../../nodes/deepinfant-audio/settings.js';
import { BABY_SETTINGS } from '../../nodes/deepinfant-baby/settings.js';
import { DETECTOR_SETTINGS } from '../../nodes/deepinfant-detector/settings.js';
import { ENTITIES_SETTINGS } from '../../nodes/deepinfant-entities/settings.js';
import { HASS_SETTINGS } from '../../nodes/deepinfant-hass/settings.js';
import { JOURNAL_SETTINGS } from '../../nodes/deepinfant-journal/settings.js';
import { LIGHT_SETTINGS } from '../../nodes/deepinfant-light/settings.js';
import { NOTIFY_SETTINGS } from '../../nodes/deepinfant-notify/settings.js';
import { REASON_SETTINGS } from '../../nodes/deepinfant-reason/settings.js';
import { SETTINGS_VERSION } from '../../nodes/settings-version.js';
import { defaultsOf, migrate } from '../../nodes/settings.js';
import { listModels } from '../../src/model/load.js';
import { check } from '../../src/check.js';
import type { NodeMessage } from 'node-red';
import { runFlow, stopFlow } from './flow.js';
import { editorDefinition, LANGUAGES, NODE_TYPES, type NodeType, texts } from './editor.js';

const SETTINGS: Record<NodeType, v.ObjectSchema<v.ObjectEntries, undefined>> = {
  'deepinfant-audio': AUDIO_SETTINGS,
  'deepinfant-baby': BABY_SETTINGS,
  'deepinfant-detector': DETECTOR_SETTINGS,
  'deepinfant-entities': ENTITIES_SETTINGS,
  'deepinfant-hass': HASS_SETTINGS,
  'deepinfant-journal': JOURNAL_SETTINGS,
  'deepinfant-light': LIGHT_SETTINGS,
  'deepinfant-notify': NOTIFY_SETTINGS,
  'deepinfant-reason': REASON_SETTINGS,
};

describe('settings', () => {
  for (const type of NODE_TYPES) {
    it(`${type} has the same defaults in the editor and in the runtime`, () => {
      const inEditor = Object.entries(editorDefinition(type).defaults).map(([name, { value }]) => [
        name,
        value,
      ]);
      assert.deepEqual(Object.fromEntries(inEditor), v.getDefaults(SETTINGS[type]));
    });
  }

  const wrong: [type: NodeType, setting: string, value: unknown, error: string][] = [
    ['deepinfant-baby', 'keepDays', '', 'keepDays is empty; expected a number.'],
    ['deepinfant-baby', 'keepDays', '0', 'keepDays is 0; expected at least 1.'],
    ['deepinfant-baby', 'keepDays', -1, 'keepDays is -1; expected at least 1.'],
    ['deepinfant-baby', 'soundMb', 'much', "soundMb is 'much'; expected a number."],
    ['deepinfant-light', 'brightness', '101', 'brightness is 101; expected at most 100.'],
    ['deepinfant-light', 'brightness', NaN, 'brightness is NaN; expected a number.'],
    ['deepinfant-notify', 'minConfidence', null, 'minConfidence is null; expected a number.'],
    ['deepinfant-notify', 'minConfidence', Infinity, 'minConfidence is Infinity; expected a finite number.'],
    ['deepinfant-notify', 'escalateMin', -2, 'escalateMin is -2; expected at least 0.'],
    [
      'deepinfant-notify',
      'quietFrom',
      '25:00',
      "quietFrom is '25:00'; expected a time of the day such as 07:30, or nothing.",
    ],
    [
      'deepinfant-notify',
      'reasons',
      'hungry, bored',
      "reasons.1 is 'bored'; expected one of hungry, tired, discomfort, belly pain, burping, lonely, unsure.",
    ],
    [
      'deepinfant-detector',
      'preset',
      'brave',
      "preset is 'brave'; expected one of careful, balanced, sensitive.",
    ],
    ['deepinfant-audio', 'speed', 2, 'speed is 2; expected one of realTime, fast.'],
  ];
  for (const [type, setting, value, error] of wrong)
    it(`${type} refuses ${setting} ${String(value) || 'that is empty'}`, () => {
      assert.throws(() => check(SETTINGS[type], { [setting]: value }, 'settings'), {
        message: `settings: ${error}`,
      });
    });

  it('takes numbers and times as a person types them', () => {
    assert.equal(check(BABY_SETTINGS, { keepDays: ' 30 ' }, '').keepDays, 30);
    assert.equal(check(JOURNAL_SETTINGS, { summaryAt: '7:30' }, '').summaryAt, '07:30');
    const { phones, reasons } = check(
      NOTIFY_SETTINGS,
      { phones: 'notify.a, notify.b', reasons: 'belly pain' },
      '',
    );
    assert.deepEqual(phones, ['notify.a', 'notify.b']);
    assert.deepEqual(reasons, ['belly pain']);
  });

  it('a node with a wrong setting is red, and reports one error that names it', async () => {
    const flow = await runFlow([
      { id: 'baby', type: 'deepinfant-baby', version: 1, name: 'Mia', keepDays: '' },
      { id: 'light', type: 'deepinfant-light', name: 'lamp', hass: '', brightness: '-1' },
    ]);
    try {
      const { status } = (await flow.until('statuses')) as NodeMessage & { status: { fill: string } };
      assert.equal(status.fill, 'red');
      flow.send('light', { payload: {} });
      const { error } = (await flow.until('errors')) as NodeMessage & { error: { message: string } };
      assert.match(error.message, /settings of lamp: brightness is -1; expected at least 1\.$/);
    } finally {
      await stopFlow();
    }
  });

  describe('of an older version', () => {
    it('get the default for a number that was emptied, which counted as 0', () => {
      const saved = { keepDays: '', soundMb: '20', soundFolder: '' };
      assert.deepEqual(migrate(saved, BABY_SETTINGS), { soundMb: '20', soundFolder: '' });
    });

    it('are not changed once they are of this version, or of a newer one', () => {
      for (const version of [SETTINGS_VERSION, '1', 9]) {
        const saved = { version, keepDays: '' };
        assert.deepEqual(migrate(saved, BABY_SETTINGS), saved);
      }
    });

    it('are of this version once the node was edited', () => {
      for (const type of NODE_TYPES) {
        const node: { version?: number } = {};
        const { oneditsave } = editorDefinition(type) as unknown as { oneditsave: (this: object) => void };
        // Another part of what is done then needs a page.
        try {
          oneditsave.call(node);
        } catch (error) {
          assert.equal((error as Error).message, '$ is not defined');
        }
        assert.equal(node.version, SETTINGS_VERSION, type);
      }
    });
  });

  it('the dialog says of every model that ships what it is for', () => {
    for (const language of LANGUAGES)
      for (const model of listModels())
        assert.ok(texts('deepinfant-detector', language).has(`deepinfant-detector.purpose.${model}`), model);
  });

  it('the default model is one that ships', () => {
    assert(listModels().includes(defaultsOf(DETECTOR_SETTINGS).model));
  });

  /** What a property's validator says of a value, for a node with some settings. */
  const validate = (type: NodeType, property: string, value: unknown, node: object = {}): true | string => {
    const { label, validate } = editorDefinition(type).defaults[property];
    assert.equal(validate!.length, 2, 'else Node-RED takes a reason for true');
    return validate!.call(node, value, { label });
  };

  it('an audio node needs a path only when it plays a file or folder', () => {
    assert.equal(validate('deepinfant-audio', 'path', '', { kind: 'demo' }), true);
    assert.equal(validate('deepinfant-audio', 'path', 'night.wav', { kind: 'recording' }), true);
    assert.equal(
      validate('deepinfant-audio', 'path', ' ', { kind: 'recording' }),
      'deepinfant-audio.label.path: deepinfant-audio.invalid.path',
    );
  });

  it('an audio node needs an address only of a camera, and without a password', () => {
    const wrong = 'deepinfant-audio.label.url: deepinfant-audio.invalid.url';
    assert.equal(validate('deepinfant-audio', 'url', '', { kind: 'demo' }), true);
    assert.equal(validate('deepinfant-audio', 'url', undefined, { kind: 'camera' }), wrong);
    for (const url of ['rtsp://10.0.0.8/live', 'http://10.0.0.8/flv?password={password}'])
      assert.equal(validate('deepinfant-audio', 'url', url, { kind: 'camera' }), true, url);
    for (const url of ['', '10.0.0.8', 'rtsp://me:secret@10.0.0.8/live', 'http://10.0.0.8/flv?pwd=secret'])
      assert.equal(validate('deepinfant-audio', 'url', url, { kind: 'camera' }), wrong, url);
  });

  it('a birth date may be left out, but not lie in the future', () => {
    const wrong = 'deepinfant-baby.label.birthDate: deepinfant-baby.invalid.birthDate';
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    assert.equal(validate('deepinfant-baby', 'birthDate', ''), true);
    assert.equal(validate('deepinfant-baby', 'birthDate', '2026-01-31'), true);
    assert.equal(validate('deepinfant-baby', 'birthDate', tomorrow), wrong);
    assert.equal(validate('deepinfant-baby', 'birthDate', 'last spring'), wrong);
  });

  for (const [type, properties] of Object.entries({
    'deepinfant-baby': ['keepDays', 'soundMb'],
    'deepinfant-light': ['brightness'],
    'deepinfant-notify': ['escalateMin', 'minConfidence', 'minDurationS'],
  }) as [NodeType, string[]][])
    for (const property of properties)
      it(`${type} takes the same ${property} in the editor and in the runtime`, () => {
        const inRange = (value: unknown): boolean => v.is(SETTINGS[type].entries[property], value);
        const edges = [0, 1, 100, 1440, 3600, 36_500, 1e7].flatMap(edge => [edge - 1, edge, edge + 1]);
        for (const value of [...edges.flatMap(edge => [edge, String(edge)]), ' 7 ', '', ' ', 'x', NaN, null])
          assert.equal(validate(type, property, value) === true, inRange(value), String(value));
        const { label } = editorDefinition(type).defaults[property];
        assert.match(validate(type, property, -1) as string, new RegExp(`^${label!}: ${type}\\.invalid\\.`));
      });

  it('lights and phones are ids with commas between them', () => {
    assert.equal(validate('deepinfant-light', 'lights', 'light.nursery, light.hall,'), true);
    for (const lights of ['', 'nursery', 'light.nursery, switch.fan', 'light.Nursery lamp'])
      assert.notEqual(validate('deepinfant-light', 'lights', lights), true, lights);
    assert.equal(validate('deepinfant-notify', 'phones', ''), true);
    assert.equal(validate('deepinfant-notify', 'phones', 'notify.mobile_app_anna notify.ben'), true);
    assert.notEqual(validate('deepinfant-notify', 'phones', 'anna'), true);
  });
});
