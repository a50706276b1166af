import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { concat } from '../../src/concat.js';
import { PACKAGE_ROOT, packageVersion } from '../../src/package-root.js';
import { APP_OPTIONS, settingsOf } from '../../src/serve/config/app-options.js';
import { checkSettings } from '../../src/serve/config/read.js';
import type { Config } from '../../src/serve/config/schema.js';
import { synthesiseCry } from '../../src/synth/cry.js';
import { SAMPLE_RATE } from '../../src/values.js';
import { check } from '../../src/check.js';
import { writeWav } from '../audio/wav-writer.js';
import { MAIN } from '../cli/run.js';
import { homeAssistantOfSuite } from '../home-assistant/home-assistant.js';
import { Phone } from '../home-assistant/phone.js';
import { needTools, skip } from '../tools.js';
import { until } from '../until.js';
import { SMALL_SUPERVISOR_HOSTS, SmallSupervisor } from './small-supervisor.js';

const APP = path.join(PACKAGE_ROOT, 'home-assistant-app');
const TOKEN = 'token-of-the-app';

interface AppConfigFile {
  slug: string;
  version: string;
  options: Record<string, unknown>;
  schema: Record<string, unknown>;
  watchdog: string;
  [setting: string]: unknown;
}
interface Translation {
  name: string;
  description?: string;
  fields?: Record<string, Translation>;
}

const read = (file: string): string => readFileSync(path.join(APP, file), 'utf8');
const config = parse(read('config.yaml')) as AppConfigFile;

describe("Home Assistant's app", () => {
  describe('in its folder', () => {
    it('is what the Supervisor reads as an app', () => {
      const known =
        'name version slug description url arch homeassistant startup boot timeout watchdog ingress ingress_port panel_icon panel_title panel_admin audio homeassistant_api services map options schema';
      assert.deepEqual(
        Object.keys(config).filter(key => !known.split(' ').includes(key)),
        [],
      );
      for (const key of ['name', 'version', 'slug', 'description', 'arch']) assert.ok(key in config, key);
      assert.deepEqual(config.arch, ['aarch64', 'amd64']);
      assert.equal(config.version, packageVersion());
      assert.match(config.watchdog, /^(https?|tcp):\/\/\[HOST\]:(\[PORT:\d+\]|\d+)/);
      assert.deepEqual(config.services, ['mqtt:want']);
      assert.deepEqual([config.ingress, config.audio, config.homeassistant_api], [true, true, true]);
      const repository = parse(readFileSync(path.join(PACKAGE_ROOT, 'repository.yaml'), 'utf8')) as object;
      assert.deepEqual(Object.keys(repository), ['name', 'url', 'maintainer']);
    });

    it('is the only thing that the Supervisor takes for an app: it reads every config.yaml and config.json', () => {
      const tree = (folder: string): string[] =>
        readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
          if (entry.name.startsWith('.') || ['node_modules', 'dist', 'runs'].includes(entry.name)) return [];
          const file = path.join(folder, entry.name);
          return entry.isDirectory() ? tree(file) : [file];
        });
      const configs = tree(PACKAGE_ROOT).filter(file => /\/config\.(ya?ml|json)$/.test(file));
      assert.deepEqual(configs, [path.join(APP, 'config.yaml')]);
    });

    it('has options of types that the Supervisor knows, each with a default', () => {
      const element =
        /^(bool|email|url|port|(str|password)(\(\d*,\d*\))?|(int|float)(\([-\d.]*,[-\d.]*\))?|match\(.+\)|list\(.+\))\??$/;
      const check = (type: unknown, depth = 0): void => {
        assert.ok(depth <= 2, 'nested deeper than forms show');
        if (typeof type === 'string') assert.match(type, element);
        else if (Array.isArray(type)) {
          assert.equal(type.length, 1);
          check(type[0], depth + 1);
        } else for (const inner of Object.values(type as object)) check(inner, depth + 1);
      };
      for (const type of Object.values(config.schema)) check(type);
      assert.deepEqual(Object.keys(config.options), Object.keys(config.schema));
      assert.deepEqual(Object.keys(APP_OPTIONS.entries), Object.keys(config.schema));
    });

    for (const language of ['en', 'de'])
      it(`explains every option (${language})`, () => {
        const { configuration, ...others } = parse(read(`translations/${language}.yaml`)) as {
          configuration: Record<string, Translation>;
        };
        assert.deepEqual(others, {});
        assert.deepEqual(Object.keys(configuration), Object.keys(config.schema));
        for (const [option, { name, description, fields }] of Object.entries(configuration)) {
          assert.ok(name && description, option);
          const type = config.schema[option];
          const inner = Array.isArray(type) && typeof type[0] === 'object' ? (type[0] as object) : {};
          assert.deepEqual(Object.keys(fields ?? {}), Object.keys(inner), option);
        }
      });

    it('has an image that starts it, and a profile of its own', () => {
      const dockerfile = read('Dockerfile');
      assert.match(dockerfile, /@deepinfant\/node-red@\$BUILD_VERSION/);
      assert.match(
        dockerfile,
        /^CMD \["deepinfant", "serve", "--app", "\/data", "\/config\/deepinfant\.yaml"\]$/m,
      );
      assert.deepEqual(
        read('apparmor.txt')
          .split('\n')
          .flatMap(line => /^profile (\S+)/.exec(line)?.[1] ?? []),
        [config.slug],
      );
      assert.ok(read('CHANGELOG.md').includes(`\n## ${config.version}\n`));
      const size = (file: string): number[] => {
        const png = readFileSync(path.join(APP, file));
        return [png.readUInt32BE(16), png.readUInt32BE(20)];
      };
      assert.deepEqual(
        [size('icon.png'), size('logo.png')],
        [
          [128, 128],
          [250, 100],
        ],
      );
    });
  });

  describe('by its options', () => {
    const configOf = (options: object): Config =>
      checkSettings(settingsOf(check(APP_OPTIONS, options, 'options')), { SUPERVISOR_TOKEN: TOKEN });

    it('listens to cameras, notifies phones and lights lamps', () => {
      const {
        sources,
        babies,
        preset,
        language,
        home_assistant: home,
      } = configOf({
        babies: [{ name: 'Mia', birth_date: '2026-05-01' }, { name: 'Leo' }],
        cameras: [
          { name: 'Nursery', address: 'rtsp://192.168.1.20/stream2', user: 'baby', password: 'lullaby' },
          { name: 'Hall', address: 'rtsp://192.168.1.21/live', user: '' },
          { name: 'Den', address: 'camera.den' },
        ],
        microphone: true,
        phones: ['notify.mobile_app_anna'],
        lights: ['light.bedroom'],
        preset: 'careful',
        language: 'de',
      });
      assert.deepEqual(
        sources.map(source => ({ ...source })),
        [
          {
            type: 'camera',
            name: 'Nursery',
            url: 'rtsp://192.168.1.20/stream2',
            user: 'baby',
            password: 'lullaby',
            pauses: false,
          },
          { type: 'camera', name: 'Hall', url: 'rtsp://192.168.1.21/live', pauses: false },
          { type: 'home_assistant_camera', name: 'Den', entity: 'camera.den' },
          { type: 'microphone', name: 'Microphone' },
        ],
      );
      assert.deepEqual(babies, [{ name: 'Mia', birth_date: '2026-05-01' }, { name: 'Leo' }]);
      assert.deepEqual([preset, language], ['careful', 'de']);
      assert.deepEqual(home!.notify.phones, ['notify.mobile_app_anna']);
      assert.deepEqual(home!.lights.entities, ['light.bedroom']);
    });

    it('listens to the microphone as they are at first', () => {
      const { sources, preset } = configOf(config.options);
      assert.deepEqual(sources, [{ type: 'microphone', name: 'Microphone' }]);
      assert.equal(preset, 'balanced');
    });

    it('says every fault', () => {
      assert.throws(
        () =>
          configOf({
            cameras: [
              { name: 'Nursery', address: 'nursery' },
              { name: 'Nursery', address: 'rtsp://192.168.1.20/' },
            ],
          }),
        /Another source is called 'Nursery'.*\n.*address/s,
      );
    });
  });

  describe('as a process', function () {
    this.timeout(120_000);
    let folder: string;
    let app: ChildProcess | undefined;
    let output: string;

    before(function () {
      if (process.getuid?.() !== 0) skip(this, 'a namespace of its own needs root');
    });
    beforeEach(() => {
      folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-app-'));
      for (const name of ['data', 'config']) mkdirSync(path.join(folder, name));
      writeFileSync(path.join(folder, 'hosts'), SMALL_SUPERVISOR_HOSTS);
      output = '';
    });
    afterEach(async () => {
      if (app) await end(app);
      app = undefined;
      rmSync(folder, { recursive: true });
    });

    /** Starts it as the image does, in namespaces of its own. @param script runs before it */
    function start(options: object, namespaces: string[], script: string): void {
      writeFileSync(
        path.join(folder, 'data', 'options.json'),
        JSON.stringify({ ...config.options, ...options }),
      );
      const args = [
        'serve',
        '--app',
        path.join(folder, 'data'),
        path.join(folder, 'config', 'deepinfant.yaml'),
      ];
      const command = ['bash', '-c', `${script} && exec "$@"`, path.join(folder, 'hosts')];
      app = spawn('unshare', [...namespaces, ...command, process.execPath, MAIN, ...args], {
        env: { ...process.env, SUPERVISOR_TOKEN: TOKEN },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      for (const stream of [app.stdout!, app.stderr!])
        stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    const printed = (pattern: RegExp): Promise<void> =>
      until(
        () => pattern.test(output),
        () => `${String(pattern)} in\n${output}`,
        60_000,
      );

    describe('with a real Home Assistant behind its Supervisor', () => {
      const home = homeAssistantOfSuite();
      let supervisor: SmallSupervisor;
      let camera: ReturnType<typeof createServer>;

      before(function () {
        needTools(this, 'ffmpeg');
      });
      beforeEach(async () => {
        const quiet = new Float32Array(3 * SAMPLE_RATE);
        const sound = concat([quiet, synthesiseCry({ seed: 1, durationS: 10 }), quiet, quiet, quiet]);
        const file = path.join(folder, 'cry.wav');
        writeFileSync(file, writeWav(sound, { rate: SAMPLE_RATE }));
        camera = createServer((_, response) => {
          const args = [
            '-nostdin',
            '-loglevel',
            'error',
            '-re',
            '-stream_loop',
            '-1',
            '-i',
            file,
            '-f',
            'wav',
            '-',
          ];
          const child = spawn('ffmpeg', args, { stdio: ['ignore', 'pipe', 'inherit'] });
          child.stdout.pipe(response);
          response.on('close', () => child.kill('SIGKILL'));
        }).listen(0, '127.0.0.1');
        await once(camera, 'listening');
        supervisor = new SmallSupervisor(TOKEN, home());
        await supervisor.start();
      });
      afterEach(async () => {
        if (app) await end(app);
        app = undefined;
        camera.closeAllConnections();
        camera.close();
        await supervisor.stop();
      });

      it('hears a camera, notifies a phone and takes its answer, and shows a device once there is a broker', async () => {
        const phone = await Phone.register(home(), 'App Phone');
        const { port } = camera.address() as AddressInfo;
        start(
          {
            babies: [{ name: 'Mia' }],
            cameras: [{ name: 'Nursery', address: `http://127.0.0.1:${port}/nursery.wav` }],
            phones: [phone.notify],
          },
          ['--mount'],
          'mount --bind "$0" /etc/hosts',
        );
        await printed(/Nursery: running/);
        await until(
          () => phone.notifications.length > 0,
          () => `a notification in\n${output}`,
          60_000,
        );
        assert.match(phone.notifications[0].message, /^Mia has been crying for/);
        await phone.tapTitle('Hungry');
        // Until now the Supervisor said that there is none.
        assert.ok(supervisor.asked > 0);
        assert.equal((await home().states()).get('binary_sensor.mia_crying'), undefined);
        supervisor.mqtt = { host: '127.0.0.1', port: home().broker.port, ssl: false, protocol: '3.1.1' };
        await home().untilState(
          'binary_sensor.mia_crying',
          ({ state }) => ['on', 'off'].includes(state),
          60_000,
        );
        await home().untilState('binary_sensor.mia_crying', ({ state }) => state === 'on', 60_000);
        await home().call('button.press', { entity_id: 'button.mia_was_tired' });
        await home().untilState('select.mia_answer', ({ state }) => state === 'tired', 60_000);
        assert.doesNotMatch(output, /faults|MQTT.*cannot/);
      });

      it('reads deepinfant.yaml instead of the options, with what the Supervisor knows', async () => {
        supervisor.mqtt = {
          host: '127.0.0.1',
          port: home().broker.port,
          username: 'addons',
          password: 'any',
          ssl: false,
        };
        const file = path.join(folder, 'config', 'deepinfant.yaml');
        const write = (name: string): void => {
          writeFileSync(
            file,
            `babies: [{ name: Leo }]\nsources:\n  - { type: recording, name: ${name}, path: ../cry.wav }\n  - { type: satellite, name: Den, id: den }\n`,
          );
        };
        write('Cot');
        start(
          { cameras: [{ name: 'Unread', address: 'rtsp://127.0.0.1:9/' }] },
          ['--mount'],
          'mount --bind "$0" /etc/hosts',
        );
        await printed(/Cot: running/);
        await home().untilState('binary_sensor.leo_crying', ({ state }) => state === 'on', 60_000);
        write('Bed');
        await printed(/Configuration: taken up/);
        await printed(/Bed: running/);
        assert.doesNotMatch(output, /Unread/);
      });
    });

    it('lets nobody but the Supervisor see the page, and goes on while that cannot be asked', async function () {
      needTools(this, 'ip');
      // A network of its own: the Supervisor's address, another app's, and its own.
      const addresses = ['127.0.0.1/8', '172.30.32.2/32', '172.30.33.5/32', '172.30.33.6/32'];
      const script = `ip link set lo up && ${addresses
        .slice(1)
        .map(address => `ip addr add ${address} dev lo`)
        .join(' && ')} && mount --bind "$0" /etc/hosts`;
      start({ cameras: [{ name: 'Nursery', address: 'rtsp://127.0.0.1:9/' }] }, ['--net', '--mount'], script);
      await printed(/The Supervisor cannot be asked for the MQTT broker/);
      await printed(/Nursery: (?!starting)/);
      const ask = async (
        from: string,
        where: string,
        headers: Record<string, string> = {},
      ): Promise<string> => {
        const request = { host: '172.30.33.5', port: 8099, path: where, localAddress: from, headers };
        const { stdout } = await promisify(execFile)('nsenter', [
          `--net=/proc/${app!.pid}/ns/net`,
          process.execPath,
          '-e',
          `require('http').get(${JSON.stringify(request)}, async reply => {
            for await (const part of reply) process.stdout.write(part);
            process.stdout.write('\\n' + reply.statusCode);
          })`,
        ]);
        return stdout;
      };
      const ingress = { 'X-Ingress-Path': '/api/hassio_ingress/abc', Host: 'homeassistant.local:8123' };
      assert.match(await ask('172.30.32.2', '/', ingress), /<title>DeepInfant<\/title>[^]*\n200$/);
      assert.match(await ask('172.30.32.2', '/health', ingress), /"source":"Nursery"[^]*\n503$/);
      const tries: Record<string, string>[] = [
        {},
        ingress,
        { Host: 'localhost' },
        { Host: '127.0.0.1', 'X-Forwarded-For': '172.30.32.2' },
      ];
      for (const headers of tries)
        for (const where of ['/', '/state', '/metrics', '/picture?ask=night&room=Baby'])
          assert.match(await ask('172.30.33.6', where, headers), /\n40[13]$/, JSON.stringify(headers));
      assert.doesNotMatch(await ask('172.30.33.6', '/health', { Host: 'localhost' }), /Nursery/);
      assert.equal(app!.exitCode, null);
    });

    it('needs the token that a Supervisor gives', async () => {
      const env = { ...process.env, SUPERVISOR_TOKEN: undefined };
      const args = [MAIN, 'serve', '--app', path.join(folder, 'data')];
      await assert.rejects(
        promisify(execFile)(process.execPath, args, { env }),
        /--app works in Home Assistant's app only/,
      );
    });
  });
});

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'close');
  child.kill('SIGTERM');
  await ended;
}
