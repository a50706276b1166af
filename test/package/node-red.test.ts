import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { freePort } from '../free-port.js';
import { Mosquitto } from '../home-assistant/mosquitto.js';
import { messageOf } from '../../src/errors.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { synthesiseCry } from '../../src/synth/cry.js';
import { SAMPLE_RATE, type CryEvent } from '../../src/values.js';
import { writeWav } from '../audio/wav-writer.js';
import { isInstalled, needTools, skip } from '../tools.js';
import { until } from '../until.js';
import { checkExamplesAt, HOURS } from '../nodes/example-hours.js';
import { MANIFEST, npm, pack, PACK_FOLDER } from './npm.js';

const DEMO = path.join(PACKAGE_ROOT, 'examples', '1 - Nursery demo.json');

/** The oldest and the newest pair that is supported. */
const PAIRS = [
  { nodeRed: '4.1', node: '20' },
  { nodeRed: '5', node: '24' },
];

interface NodeSet {
  module: string;
  types: string[];
  enabled: boolean;
  err?: string;
}

for (const { nodeRed, node } of PAIRS) {
  describe(`Node-RED ${nodeRed} on Node ${node} with the packed package`, function () {
    this.timeout(300_000);
    // Kept between runs: Node-RED and Node are large.
    const userDir = path.join(PACKAGE_ROOT, '.cache', `node-red-${nodeRed}-node-${node}`);
    const installed = (...parts: string[]): string => path.join(userDir, 'node_modules', ...parts);
    const nodePackage = `node-${process.platform}-${process.arch}`;
    const nodeBinary = installed(nodePackage, 'bin', 'node');
    const eventsFile = path.join(userDir, 'events.jsonl');
    /** Undefined where no broker is installed. */
    let broker: Mosquitto | undefined;
    let nodeRedProcess: ChildProcess | undefined;
    let client: MqttClient | undefined;
    let log = '';
    let url: string;

    before(async function () {
      const tarball = await packInto(userDir);
      // Without one npm would install into the project around this folder.
      writeFileSync(path.join(userDir, 'package.json'), '{ "private": true }\n');
      const packages = [tarball, `node-red@${nodeRed}`, `${nodePackage}@${node}`];
      try {
        await npm(
          userDir,
          'install',
          '--ignore-scripts',
          '--no-package-lock',
          '--prefer-offline',
          ...packages,
        );
      } catch (error) {
        skip(this, `could not install Node-RED: ${messageOf(error)}`);
      }
      const port = await freePort();
      url = `http://127.0.0.1:${port}`;
      rmSync(eventsFile, { force: true });
      if (isInstalled('mosquitto')) {
        broker = new Mosquitto(await freePort());
        await broker.start();
      }
      const flow = [...demoFlow(eventsFile), ...entitiesFlow(broker?.port)];
      writeFileSync(path.join(userDir, 'flows.json'), JSON.stringify(flow));
      const settings = {
        uiHost: '127.0.0.1',
        uiPort: port,
        userDir,
        flowFile: 'flows.json',
        telemetry: { enabled: false },
      };
      const settingsFile = path.join(userDir, 'settings.js');
      writeFileSync(settingsFile, `module.exports = ${JSON.stringify(settings)};\n`);
      const started = spawn(nodeBinary, [installed('node-red', 'red.js'), '--settings', settingsFile]);
      nodeRedProcess = started;
      for (const stream of [started.stdout, started.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => (log += text));
      await nodeRedUntil(
        // It may listen only after that.
        () => log.includes('Started flows') && log.includes('now running at'),
        () => `its flows; it wrote ${log}`,
      );
    });

    after(async () => {
      await client?.endAsync(true);
      await end('SIGTERM');
      await broker?.stop();
    });

    async function end(signal: NodeJS.Signals): Promise<void> {
      if (nodeRedProcess?.exitCode !== null || nodeRedProcess.signalCode !== null) return;
      const closed = once(nodeRedProcess, 'close');
      nodeRedProcess.kill(signal);
      await closed;
    }

    afterEach(function () {
      if (this.currentTest?.state === 'failed') console.log(log);
    });

    /** Waits for what the process brings about. */
    async function nodeRedUntil(holds: () => boolean | Promise<boolean>, what: () => string): Promise<void> {
      const isThere = async (): Promise<boolean> => {
        assert.equal(nodeRedProcess?.exitCode, null, 'Node-RED ended');
        return holds();
      };
      await until(isThere, what, 120_000);
    }

    async function ask<T>(what: string): Promise<T> {
      const response = await fetch(`${url}/${what}`, { headers: { accept: 'application/json' } });
      return (await response.json()) as T;
    }

    it('is the pair that it says', async () => {
      assert.match(execFileSync(nodeBinary, ['--version'], { encoding: 'utf8' }), new RegExp(`^v${node}\\.`));
      const { version } = await ask<{ version: string }>('settings');
      assert.ok(version.startsWith(`${nodeRed}.`), version);
    });

    it('loads every node', async () => {
      const sets = (await ask<NodeSet[]>('nodes')).filter(({ module }) => module === MANIFEST.name);
      assert.deepEqual(
        sets.flatMap(({ types }) => types).sort(),
        Object.keys(MANIFEST['node-red'].nodes).sort(),
      );
      for (const { enabled, err } of sets) assert.deepEqual([enabled, err], [true, undefined]);
    });

    it('runs the demo flow to the end of the cry and its reason', async () => {
      const events = (): CryEvent[] =>
        existsSync(eventsFile)
          ? readFileSync(eventsFile, 'utf8')
              .split('\n')
              .slice(0, -1)
              .map(line => JSON.parse(line) as CryEvent)
          : [];
      await nodeRedUntil(
        () => events().some(({ state }) => state === 'ended'),
        () =>
          `the end of the cry; events were ${events()
            .map(({ state }) => state)
            .join(' ')}`,
      );
      const states = events().map(({ state }) => state);
      assert.equal(states[0], 'started');
      assert.equal(states.indexOf('ended'), states.length - 1);
      for (const { reason } of events()) assert.ok(reason && reason.tip !== '');
      assert.doesNotMatch(log, /\[error\]/);
    });

    // The examples in the Node-RED of this checkout, which is the oldest: ../nodes/examples.test.js.
    if (nodeRed === '5')
      for (const [hour, minute] of HOURS)
        it(`shows in the examples what they promise, at ${hour}:${String(minute).padStart(2, '0')}`, async function () {
          needTools(this, 'mosquitto');
          const program = { node: nodeBinary, nodeRed: installed('node-red', 'red.js') };
          await checkExamplesAt([hour, minute], { program, modules: path.join(userDir, 'node_modules') });
        });

    it('has the command line', () => {
      const main = installed(MANIFEST.name, MANIFEST.bin.deepinfant);
      const version = execFileSync(nodeBinary, [main, '--version'], { encoding: 'utf8' });
      assert.equal(version.trim(), MANIFEST.version);
    });

    it('classifies a recording and listens to it without TensorFlow.js', () => {
      assert.ok(!existsSync(installed('@tensorflow')));
      const main = installed(MANIFEST.name, MANIFEST.bin.deepinfant);
      const file = path.join(userDir, 'cry.wav');
      writeFileSync(file, writeWav(synthesiseCry({ seed: 1, durationS: 6 }), { rate: SAMPLE_RATE }));
      const hear = (...args: string[]): string =>
        execFileSync(nodeBinary, [main, ...args, file], { encoding: 'utf8' });
      const { cry } = JSON.parse(hear('classify', '--json')) as { cry: { isCry: boolean } };
      assert.ok(cry.isCry);
      const events = hear('listen', '--fast', '--json').trim().split('\n');
      assert.equal((JSON.parse(events.at(-1)!) as CryEvent).state, 'ended');
    });

    // It relies on how Node-RED's own MQTT nodes work.
    it('announces the device, takes what is asked for, and is known to be gone, beside another MQTT node', async function () {
      needTools(this, 'mosquitto');
      client = await connectAsync(broker!.url);
      const last = new Map<string, string>();
      const published = (): string => `it, among ${[...last].map(pair => pair.join(' ')).join('\n')}`;
      client.on('message', (topic, payload) => last.set(topic, payload.toString()));
      await client.subscribeAsync(['homeassistant/#', 'deepinfant/#']);
      await nodeRedUntil(() => last.get('deepinfant/v1/mia/node') === 'online', published);
      const { components } = JSON.parse(last.get('homeassistant/device/deepinfant_mia/config')!) as {
        components: object;
      };
      assert.ok('crying' in components);
      await client.publishAsync('deepinfant/v1/mia/preset/set', 'sensitive');
      const state = (): string => last.get('deepinfant/v1/mia/state') ?? '';
      await nodeRedUntil(() => state().includes('"preset":"sensitive"'), published);
      // The other node has a connection of its own.
      await nodeRedUntil(() => last.get('deepinfant/other') === 'heard', published);
      await end('SIGKILL');
      await until(() => last.get('deepinfant/v1/mia/node') === 'offline', published, 30_000);
    });

    it('can be used as a library', () => {
      const program = `require('${MANIFEST.name}').loadClassifier().then(model => console.log(model.manifest.name))`;
      const name = execFileSync(nodeBinary, ['--eval', program], { cwd: userDir, encoding: 'utf8' });
      assert.equal(name.trim(), 'crynet');
    });
  });
}

/** Packs the package, named after its content, so that npm sees when it is another one. */
async function packInto(folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const bytes = readFileSync(path.join(PACK_FOLDER, (await pack()).filename));
  const name = `deepinfant-${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}.tgz`;
  writeFileSync(path.join(folder, name), bytes);
  return `./${name}`;
}

/** A device of Home Assistant, made after another node has opened the connection to the broker. */
function entitiesFlow(port: number | undefined): object[] {
  if (port === undefined) return [];
  const placed = { z: 'mqtt tab', x: 0, y: 0, wires: [] };
  return [
    { id: 'mqtt tab', type: 'tab', label: 'MQTT' },
    { id: 'mqtt', type: 'mqtt-broker', broker: '127.0.0.1', port: String(port), protocolVersion: '5' },
    {
      ...placed,
      id: 'hears',
      type: 'mqtt in',
      topic: 'deepinfant/v1/mia/state',
      broker: 'mqtt',
      wires: [['change']],
    },
    {
      ...placed,
      id: 'change',
      type: 'change',
      rules: [
        { t: 'set', p: 'payload', pt: 'msg', to: 'heard', tot: 'str' },
        { t: 'set', p: 'topic', pt: 'msg', to: 'deepinfant/other', tot: 'str' },
      ],
      wires: [['says']],
    },
    // Kept for who subscribes later: a preset that was chosen in an earlier run may change nothing now.
    { ...placed, id: 'says', type: 'mqtt out', broker: 'mqtt', retain: 'true' },
    {
      ...placed,
      id: 'entities',
      type: 'deepinfant-entities',
      name: 'Mia',
      broker: 'mqtt',
      wires: [[], [], []],
    },
  ];
}

/** The demo played as fast as it can be heard, its events written to a file. */
function demoFlow(eventsFile: string): object[] {
  const flow = JSON.parse(readFileSync(DEMO, 'utf8')) as {
    id: string;
    type: string;
    z?: string;
    wires?: string[][];
  }[];
  const tab = flow.find(({ type }) => type === 'tab')!.id;
  const file = {
    id: 'events-file',
    type: 'file',
    z: tab,
    filename: eventsFile,
    filenameType: 'str',
    appendNewline: true,
    createDir: false,
    overwriteFile: 'false',
    wires: [[]],
  };
  const changed = flow.map(item => {
    if (item.type === 'deepinfant-audio') return { ...item, speed: 'fast' };
    if (item.type === 'deepinfant-reason') return { ...item, wires: [[...item.wires![0], file.id]] };
    return item;
  });
  return [...changed, file];
}
