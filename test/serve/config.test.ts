import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { configSchemaText, SCHEMA_FILE } from '../../scripts/config-schema.js';
import { ConfigError, parseConfig, readConfig } from '../../src/serve/config/read.js';
import type { Config } from '../../src/serve/config/schema.js';

const FILE = 'deepinfant.yaml';

describe('The configuration of serve', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-config-'))));
  after(() => {
    rmSync(folder, { recursive: true });
  });

  const parse = (text: string | Uint8Array, env: NodeJS.ProcessEnv = {}): Config =>
    parseConfig(typeof text === 'string' ? Buffer.from(text) : text, FILE, {
      folder,
      secretsFolder: path.join(folder, 'run'),
      env,
    });

  /** What is wrong, one a line, without the file's name. */
  function faults(text: string | Uint8Array, env?: NodeJS.ProcessEnv): string[] {
    try {
      parse(text, env);
    } catch (error) {
      assert.ok(error instanceof ConfigError, String(error));
      return error.message.split('\n').map(line => line.replace(`${FILE}:`, ''));
    }
    throw new assert.AssertionError({ message: 'there is no fault' });
  }

  it('has a schema file for editors that says the same', () => {
    assert.equal(
      readFileSync(SCHEMA_FILE, 'utf8'),
      configSchemaText(),
      'run node dist/scripts/config-schema.js',
    );
  });

  it('is whole without a word: the default microphone, a journal, and a page on loopback', () => {
    for (const empty of ['', '# nothing yet\n', '---\n', '{}']) {
      const { sources, babies, page, journal, mqtt, home_assistant: hass } = parse(empty);
      assert.deepEqual(sources, [{ type: 'microphone', name: 'Microphone' }]);
      assert.deepEqual(babies, []);
      assert.deepEqual(page, { host: '127.0.0.1', port: 8099 });
      assert.deepEqual(journal, { sound: true, days: 365, sound_mb: 1000 });
      assert.equal(mqtt, undefined);
      assert.equal(hass, undefined);
    }
  });

  it('reads a house', () => {
    const config = parse(
      `
folder: data
sources:
  - { type: microphone, name: Cot, babies: [Mia] }
  - type: camera
    name: Nursery
    url: rtsp://192.168.1.20/stream2
    user: baby
    password: !secret camera
  - { type: recording, name: Tape, path: tape.wav }
babies:
  - name: Mia
    birth_date: 2026-05-01
  - name: Leo
mqtt:
  url: mqtt://192.168.1.5
  password: !env_var MQTT_PASSWORD
home_assistant:
  url: http://homeassistant.local:8123
  token: !env_var HASS_TOKEN
  notify:
    phones: [notify.mobile_app_anna]
    quiet_hours: { from: "09:00", to: "17:30" }
`.replace('!secret camera', '!env_var CAMERA'),
      { CAMERA: 'lullaby', MQTT_PASSWORD: 'm', HASS_TOKEN: 't' },
    );
    assert.deepEqual(config.sources[1], {
      type: 'camera',
      name: 'Nursery',
      url: 'rtsp://192.168.1.20/stream2',
      user: 'baby',
      password: 'lullaby',
      pauses: false,
    });
    assert.equal(config.folder, path.join(folder, 'data'));
    assert.deepEqual(config.sources[2], {
      type: 'recording',
      name: 'Tape',
      path: path.join(folder, 'tape.wav'),
    });
    assert.deepEqual(config.babies, [{ name: 'Mia', birth_date: '2026-05-01' }, { name: 'Leo' }]);
    assert.deepEqual(config.home_assistant?.notify.quiet_hours, { from: '09:00', to: '17:30' });
    assert.equal(config.mqtt?.discovery_prefix, 'homeassistant');
  });

  it('tells every fault with its line, its column and what was meant', () => {
    assert.deepEqual(
      faults(`sources:
  - type: microphone
    nmae: Cot
  - type: camra
    name: Nursery
presett: careful
preset: carefull
page: { port: 99999 }
home_assistant:
  notify: { phone: [], min_confidence: high }
`),
      [
        '2:5: sources.name is missing.',
        "3:5: There is no setting sources.nmae. Did you mean 'name'?",
        "4:5: sources.type is 'camra'; expected one of microphone, camera, home_assistant_camera, recording, demo, satellite.",
        "7:1: preset is 'carefull'; expected one of careful, balanced, sensitive.",
        '8:9: page.port is 99999; expected at most 65535.',
        "10:13: There is no setting home_assistant.notify.phone. Did you mean 'phones'?",
        "10:24: home_assistant.notify.min_confidence is 'high'; expected a number.",
        "6:1: There is no setting presett. Did you mean 'preset'?",
      ].sort((a, b) => parseInt(a) - parseInt(b)),
    );
  });

  it('tells which settings do not fit together', () => {
    const camera = '{ type: camera, name: Nursery, url: rtsp://10.0.0.8/a }';
    assert.deepEqual(
      faults(`sources:
  - ${camera}
  - ${camera.replace('Nursery', 'Again')}
  - { type: demo, name: Nursery, babies: [Mio, Mia, Mia] }
  - { type: camera, name: Odd, url: ftp://10.0.0.8 }
  - { type: home_assistant_camera, name: Hall, entity: camera.hall }
babies: [{ name: Mia }]
page: { host: 0.0.0.0 }
`),
      [
        "3:5: This is the same source as 'Nursery'. Remove one of them.",
        "4:19: Another source is called 'Nursery', too. Choose another name.",
        "4:43: No baby is called 'Mio'. Did you mean 'Mia'?",
        "4:53: 'Mia' stands here twice.",
        faults('sources: [{ type: camera, name: Odd, url: ftp://10.0.0.8 }]')[0].replace(/^1:\d+/, '5:32'),
        "6:48: A camera of Home Assistant needs the connection to it: add 'home_assistant' with url and token.",
        '8:9: Others can reach a page on 0.0.0.0: add a token that they have to show, or serve it on 127.0.0.1.',
      ].sort((a, b) => parseInt(a) - parseInt(b)),
    );
    assert.match(faults('home_assistant: { url: nursery }')[0], /^1:1: The access token is missing/);
  });

  it('tells what is not YAML, or no configuration', () => {
    const firstOf = (text: string | Uint8Array): string => faults(text)[0];
    assert.match(firstOf('sources:\n\t- type: demo\n'), /^2:1: .*[Tt]abs/);
    assert.match(firstOf('babies: []\nbabies: []\n'), /^2:1: Map keys must be unique/);
    assert.match(
      firstOf('<!doctype html><title>404</title>'),
      /^1:1: This is '<!doctype html>.*expected settings/,
    );
    assert.match(firstOf('- a\n- b\n'), /^1:1: This is a list of 2; expected settings/);
    assert.match(firstOf('sources: [\n'), /^\d+:\d+: /);
    assert.match(firstOf('a: b\n---\nc: d\n'), /^\d+:\d+: /);
    assert.match(
      firstOf(Uint8Array.of(0xff, 0xfe, 0x00, 0x41)),
      /^1:1: This is not a configuration: it is not text/,
    );
    assert.match(firstOf(Buffer.alloc(2_000_001, '#')), /^1:1: .*more than 2 MB/);
    assert.match(firstOf('journal:\n'), /^1:1: journal is null; expected an object/);
  });

  it('is not led astray by hostile values', () => {
    assert.match(faults('__proto__: { polluted: true }')[0], /^1:1: There is no setting __proto__/);
    assert.equal(({} as { polluted?: boolean }).polluted, undefined);
    assert.match(faults('constructor: 1')[0], /^1:1: There is no setting constructor/);
    assert.match(faults('folder: !!js/function "function () {}"')[0], /^1:9: Unresolved tag/);
    assert.match(faults('preset: !<tag:yaml.org,2002:python/object> x')[0], /^1:9: /);
    const bomb = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 10; i++)
      bomb.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(', ')}]`);
    assert.match(faults(bomb.join('\n'))[0], /^1:1: This is not a configuration/);
    assert.ok(faults('['.repeat(100_000)).length > 0);
    assert.match(
      faults(`folder: ${'x'.repeat(3000)}`)[0],
      /^1:1: folder is 'x{60}…'; expected a length of at most 2000/,
    );
  });

  it('takes secrets from secrets.yaml, from Docker and from the environment, and shows none', () => {
    writeFileSync(path.join(folder, 'secrets.yaml'), 'broker: from-file\nnumber: 1234\n');
    mkdirSync(path.join(folder, 'run'), { recursive: true });
    writeFileSync(path.join(folder, 'run', 'docker'), 'from-docker\n');
    const passwordOf = (value: string, env = {}): string | undefined =>
      parse(`mqtt: { url: mqtt://broker, password: ${value} }`, env).mqtt?.password;
    assert.equal(passwordOf('!secret broker'), 'from-file');
    assert.equal(passwordOf('!secret number'), '1234');
    assert.equal(passwordOf('!secret docker'), 'from-docker');
    assert.equal(passwordOf('!env_var BROKER', { BROKER: 'from-environment' }), 'from-environment');
    assert.match(
      faults('folder: !secret none')[0],
      /^1:9: There is no secret 'none': add it to .*secrets\.yaml/,
    );
    assert.match(faults('folder: !env_var NONE')[0], /^1:9: There is no environment variable 'NONE'/);
    assert.match(faults('folder: !secret ../secrets.yaml')[0], /^1:9: There is no secret/);
    assert.match(faults('folder: !secret __proto__')[0], /^1:9: There is no secret/);
    assert.deepEqual(faults('mqtt: { url: mqtt://broker, password: 12345678 }'), [
      '1:29: mqtt.password is not right; expected text. Put it in quotes.',
    ]);
    assert.deepEqual(faults('preset: !secret broker'), [
      '1:1: preset is not right; expected one of careful, balanced, sensitive.',
    ]);
    assert.ok(!faults('page: { token: hunter2 }')[0].includes('hunter2'));
    assert.ok(!faults('mqtt: { url: mqtt://me:hunter2@broker }')[0].includes('hunter2'));
  });

  it('names a file that is not there', () => {
    const missing = path.join(folder, 'none.yaml');
    assert.throws(() => readConfig(missing), {
      message: `Cannot read ${missing}: no such file or directory.`,
    });
  });
});
