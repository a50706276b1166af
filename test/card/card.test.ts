import assert from 'node:assert/strict';
import { clipsOf } from '../../src/card/clips.js';
import { parseConfig } from '../../src/card/config.js';
import { ENTITY_KEYS, findEntities, knownState, knownNumber, ourDevices } from '../../src/card/entities.js';
import { faceOf } from '../../src/card/face.js';
import { formatOf } from '../../src/card/format.js';
import { crierOf } from '../../src/card/who.js';
import type { Hass, HassDevice, HassEntity, HassLocale } from '../../src/card/hass.js';
import { evidenceOf, reasonTextsIn } from '../../src/card/reason.js';
import { deviceComponents, deviceTopics } from '../../src/hass/device/discovery.js';

const DEVICE: HassDevice = {
  id: 'd1',
  name: 'Mia',
  name_by_user: null,
  manufacturer: 'DeepInfant',
  identifiers: [['mqtt', 'deepinfant_n_1']],
};

function stateOf(states: Partial<Record<string, string>>): (key: string) => HassEntity | undefined {
  return key => {
    const state = states[key];
    return state === undefined ? undefined : { state, attributes: {}, last_changed: '' };
  };
}

describe("The card's entities", () => {
  /** Home Assistant with the entities of our discovery, and with a neighbour's. */
  function hassWith(uniqueIds: Record<string, string>): Hass {
    const entities = Object.keys(uniqueIds).map(id => [id, { entity_id: id, device_id: DEVICE.id }] as const);
    const entries = Object.entries(uniqueIds).map(([id, unique]) => [id, { unique_id: unique }] as const);
    const hass = {
      entities: {
        ...Object.fromEntries(entities),
        'sensor.other': { entity_id: 'sensor.other', device_id: 'd2' },
      },
      callWS: (command: { type: string; entity_ids: string[] }) => {
        assert.equal(command.type, 'config/entity_registry/get_entries');
        assert.deepEqual(command.entity_ids, Object.keys(uniqueIds));
        return Promise.resolve(Object.fromEntries(entries));
      },
    };
    return hass as unknown as Hass;
  }

  it('are found whatever they are called', async () => {
    const components = deviceComponents(
      { id: 'n_1', firstName: 'Twins', sources: [], babies: ['Mia', 'Leo'] },
      deviceTopics('n_1'),
      key => key,
    ) as unknown as Record<string, { unique_id: string }>;
    const uniqueIds = Object.values(components).map((part, index) => [`x.renamed_${index}`, part.unique_id]);
    const found = await findEntities(
      hassWith(Object.fromEntries(uniqueIds) as Record<string, string>),
      DEVICE,
    );
    assert.deepEqual(Object.keys(found).sort(), [...ENTITY_KEYS].sort());
    const reason = uniqueIds.find(([, unique]) => unique === 'deepinfant_n_1_reason')![0];
    assert.equal(found.reason, reason);
  });

  it('may be missing', async () => {
    assert.deepEqual(await findEntities(hassWith({}), DEVICE), {});
    const other = { 'x.a': 'deepinfant_n_1_crying', 'x.b': 'crying', 'x.c': 'deepinfant_n_2_reason' };
    assert.deepEqual(await findEntities(hassWith(other), DEVICE), { crying: 'x.a' });
  });

  it('belong to our devices only', () => {
    const devices = { d0: { ...DEVICE, id: 'd0', manufacturer: 'Other' }, d1: DEVICE, d2: undefined };
    assert.deepEqual(ourDevices({ devices }), [DEVICE]);
  });

  it('are known or not', () => {
    const [unknown, gone, five, word] = ['unknown', 'unavailable', '5', 'five'].map(state =>
      stateOf({ x: state })('x'),
    );
    assert.deepEqual([unknown, gone, undefined, word].map(knownState), [
      undefined,
      undefined,
      undefined,
      'five',
    ]);
    assert.deepEqual([unknown, gone, five, word].map(knownNumber), [undefined, undefined, 5, undefined]);
  });
});

describe("The card's face", () => {
  for (const [face, states] of [
    ['crying', { crying: 'on', health: 'running', listening: 'off' }],
    ['quiet', { crying: 'off', health: 'running', listening: 'on' }],
    ['quiet', { crying: 'off' }],
    ['off', { crying: 'off', health: 'running', listening: 'off' }],
    ['off', { crying: 'unavailable', health: 'stopped', listening: 'on' }],
    ['deaf', { crying: 'unavailable', health: 'failed', listening: 'on' }],
    ['deaf', { crying: 'off', health: 'silent', listening: 'on' }],
    ['crying', { crying: 'on', health: 'silent', listening: 'on' }],
    ['away', { crying: 'unavailable', health: 'unavailable', listening: 'unavailable' }],
    ['away', { crying: 'unavailable' }],
    // What expires is unavailable before it is told.
    ['waiting', { crying: 'unavailable', health: 'unavailable', listening: 'unknown' }],
    ['away', { crying: 'unavailable', health: 'unavailable', listening: 'on' }],
    ['waiting', { crying: 'unavailable', health: 'running', listening: 'on' }],
    ['incomplete', { health: 'running' }],
  ] as const)
    it(`is ${face} at ${JSON.stringify(states)}`, () => {
      assert.equal(faceOf(stateOf(states), true), face);
    });

  it('is that of a demo or recording where no microphone or camera is', () => {
    const face = (crying: string, isOver: boolean, health = 'unknown'): string =>
      faceOf(key => {
        const attributes = key === 'health' ? { playback: { source: 'demo', isOver } } : {};
        const state = { crying, health, listening: 'on' }[key as string];
        return state === undefined ? undefined : { state, attributes, last_changed: '' };
      }, true);
    assert.deepEqual(
      [face('off', false), face('off', true), face('on', false)],
      ['playing', 'played', 'crying'],
    );
  });

  it('is no cry of which nobody knows how old it is', () => {
    assert.equal(faceOf(stateOf({ crying: 'on' }), false), 'offline');
  });
});

describe("The card's configuration", () => {
  it('is taken as the editor writes it', () => {
    const config = { type: 'custom:deepinfant-card', device: 'd1' };
    assert.deepEqual(parseConfig({ ...config, grid_options: {} }), config);
    assert.deepEqual(parseConfig({ ...config, media: '' }), config);
    const media = 'media-source://media_source/local/deepinfant';
    assert.deepEqual(parseConfig({ ...config, media }), { ...config, media });
  });

  it('says what is wrong with it', () => {
    assert.throws(() => parseConfig(undefined), /no configuration/);
    for (const device of [undefined, '', 7, ['d1']])
      assert.throws(() => parseConfig({ type: 'x', device }), /choose the device/);
    for (const media of ['/media/clips', 7])
      assert.throws(() => parseConfig({ type: 'x', device: 'd1', media }), /no folder of a media source/);
  });
});

describe('Who cries, on the card', () => {
  const crier = (states: { who?: string; baby?: string }, language = 'en'): string | undefined => {
    const locale: HassLocale = { language, time_format: 'language', time_zone: 'server' };
    const entity = stateOf(states);
    const attributes = { options: ['Mia', 'Leo', 'unsure'] };
    return crierOf({
      stateOf: key => (key === 'who' && states.who ? { ...entity(key)!, attributes } : entity(key)),
      format: formatOf({ locale, config: { time_zone: 'UTC' } }),
    });
  };

  it('is the baby that somebody named, or the likeliest, or any of them', () => {
    assert.equal(crier({ who: 'Leo', baby: 'Mia' }), 'Mia');
    assert.equal(crier({ who: 'Leo', baby: 'unknown' }), 'Leo');
    assert.equal(crier({ who: 'unsure', baby: 'unknown' }), 'Mia or Leo');
    assert.equal(crier({ who: 'unsure' }, 'de'), 'Mia oder Leo');
  });

  it('is not said of an only child, or while nothing is known', () => {
    assert.equal(crier({}), undefined);
    assert.equal(crier({ who: 'unavailable', baby: 'unknown' }), undefined);
  });
});

describe("The card's format", () => {
  const locale: HassLocale = { language: 'en', time_format: 'language', time_zone: 'server' };
  const config = { time_zone: 'Europe/Berlin' };
  const format = (change: Partial<HassLocale>): ReturnType<typeof formatOf> =>
    formatOf({ locale: { ...locale, ...change }, config });
  const at = Date.parse('2026-11-01T23:05:00+01:00');

  it("writes times in the user's way", () => {
    const plain = (text: string): string => text.replace(/\s/g, ' ');
    assert.equal(plain(format({}).time(at)), '11:05 PM');
    assert.equal(plain(format({}).hour(at)), '11 PM');
    assert.equal(format({ time_format: '24' }).time(at), '23:05');
    assert.equal(format({ language: 'de' }).hour(at), '23');
    assert.equal(format({ language: 'de', time_format: '24' }).time(at), '23:05');
    assert.equal(format({ language: 'de' }).ago(25 * 60_000), 'vor 25 Minuten');
    assert.equal(plain(format({ language: 'de' }).percent(62)), '62 %');
    assert.equal(format({}).ago(3 * 3_600_000), '3 hours ago');
    assert.equal(format({}).ago(26 * 3_600_000), 'yesterday');
  });

  it('writes durations as coarse as they are long', () => {
    const { duration } = format({});
    const seconds = [-3, 12, 60, 65, 600, 3600, 11_400];
    assert.deepEqual(
      seconds.map(s => duration(1000 * s)),
      ['0 s', '12 s', '1 min', '1 min 5 s', '10 min', '1 h', '3 h 10 min'],
    );
  });
});

describe("The card's evidence", () => {
  const texts = reasonTextsIn('en');

  it('is told strongest first, and what is none or changes nothing is left out', () => {
    const piece = (factor: unknown, text: unknown = 'x'): object => ({ factor, text, part: 'context' });
    const told = evidenceOf(
      [
        piece(1.1),
        piece(0.2),
        null,
        'x',
        piece(0),
        piece('2'),
        piece(3),
        piece(2, 5),
        piece(1.04),
        piece(0.97),
      ],
      texts,
    );
    assert.deepEqual(
      told.map(({ factor }) => factor),
      [0.2, 3, 1.1],
    );
    for (const none of [undefined, null, 'x', {}]) assert.deepEqual(evidenceOf(none, texts), []);
  });

  it("is in the user's language, and in the reason node's words where these are all that is known", () => {
    const piece = { part: 'history', reason: 'hungry', factor: 2, text: 'as it was sent' };
    const textOf = (fact: object | undefined, language: string): string =>
      evidenceOf([{ ...piece, fact }], reasonTextsIn(language))[0].text;
    const answered = { kind: 'answers', count: 1 };
    assert.equal(textOf(answered, 'de-AT'), '1 Antwort: Hunger ist 2-mal so wahrscheinlich');
    assert.equal(textOf(answered, 'fr'), '1 answered cry: hunger is 2 times as likely');
    for (const fact of [undefined, { kind: 'of a newer version' }])
      assert.equal(textOf(fact, 'de'), 'as it was sent');
  });
});

describe("The card's clips", () => {
  it("are those of the cry's onset", () => {
    const item = (title: string, type: string): Parameters<typeof clipsOf>[0][number] => ({
      title,
      media_content_id: title,
      media_content_type: type,
      can_expand: false,
    });
    const items = [
      item('2026-01-01T00-00-00Z-1767225600251-89abcdef.mp3', 'audio/mpeg'),
      item('2026-01-01T00-00-00Z-1767225600250-01234567.png', 'image/png'),
      item('2026-01-01T00-00-00Z-1767225600250-01234567.mp3', 'audio/mpeg'),
    ];
    const { sound, picture } = clipsOf(items, 'nursery@1767225600250');
    assert.deepEqual([sound, picture], [items[2], items[1]]);
    for (const cry of ['nursery@5', 'nursery@99999999999999999', 'nursery', ''])
      assert.deepEqual(clipsOf(items, cry), { sound: undefined, picture: undefined });
  });
});
