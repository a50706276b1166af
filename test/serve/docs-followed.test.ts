import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { concat } from '../../src/concat.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import type { PageState } from '../../src/serve/page-state.js';
import { synthesiseCry } from '../../src/synth/cry.js';
import { SAMPLE_RATE } from '../../src/values.js';
import { writeWav } from '../audio/wav-writer.js';
import { start } from '../cli/run.js';
import { freePort } from '../free-port.js';
import { homeAssistantOfSuite } from '../home-assistant/home-assistant.js';
import { Phone } from '../home-assistant/phone.js';
import { until } from '../until.js';

/** The YAML of a page of docs/, oldest first. */
function yamlOf(page: string): string[] {
  const text = readFileSync(path.join(PACKAGE_ROOT, 'docs', page), 'utf8');
  return [...text.matchAll(/^```yaml\n([^]*?)^```/gm)].map(([, yaml]) => yaml);
}

/** A text of the docs with what is the reader's own in the place of what stands there. */
function withOwn(text: string, own: readonly (readonly [theirs: string, own: string])[]): string {
  return own.reduce((changed, [theirs, ours]) => {
    assert.ok(changed.includes(theirs), `the docs no longer have ${theirs}`);
    return changed.replaceAll(theirs, ours);
  }, text);
}

describe('The docs, followed word by word', function () {
  this.timeout(120_000);
  const home = homeAssistantOfSuite();
  let folder: string;
  let running: ChildProcess[];
  let output: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-docs-'));
    running = [];
    output = '';
    const quiet = new Float32Array(8 * SAMPLE_RATE);
    const sound = concat([quiet, synthesiseCry({ seed: 1, durationS: 10 }), quiet]);
    for (const name of ['home', 'board']) {
      mkdirSync(path.join(folder, name));
      writeFileSync(path.join(folder, name, 'cry.wav'), writeWav(sound, { rate: SAMPLE_RATE }));
    }
  });
  afterEach(async () => {
    for (const child of running) await end(child);
    rmSync(folder, { recursive: true });
  });

  /** Starts a service of its own, and says at which port its page is. */
  async function serve(name: string, yaml: string): Promise<{ child: ChildProcess; port: number }> {
    const port = await freePort();
    const file = path.join(folder, name, 'deepinfant.yaml');
    writeFileSync(file, `${yaml}\nfolder: data\npage: { port: ${port} }\n`);
    const child = start(['serve', file]);
    running.push(child);
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output += `${name}: ${text}`));
    return { child, port };
  }
  async function health(port: number): Promise<{ status: number; text: string }> {
    try {
      const reply = await fetch(`http://127.0.0.1:${port}/health`);
      return { status: reply.status, text: await reply.text() };
    } catch (error) {
      // It has not started yet.
      return { status: 0, text: String(error) };
    }
  }
  const isCrying = (): Promise<unknown> =>
    home().untilState('binary_sensor.mia_crying', ({ state }) => state === 'on', 60_000);

  it('docs/serve.md: sources, phones, lights and entities', async () => {
    const began = performance.now();
    const [anna, ben] = [await Phone.register(home(), 'Anna'), await Phone.register(home(), 'Ben')];
    const [yaml] = yamlOf('serve.md');
    const secrets = { camera: 'lullaby', home_assistant: home().token, mqtt: 'any' };
    writeFileSync(
      path.join(folder, 'home', 'secrets.yaml'),
      Object.entries(secrets)
        .map(([name, secret]) => `${name}: ${secret}\n`)
        .join(''),
    );
    const { port } = await serve(
      'home',
      withOwn(yaml, [
        ['rtsp://192.168.1.20/stream2', 'rtsp://127.0.0.1:9/stream2'],
        ['type: microphone', 'type: recording\n    path: cry.wav'],
        ['http://homeassistant.local:8123', home().url],
        ['mqtt://192.168.1.5:1883', home().broker.url],
      ]),
    );
    await until(
      () => anna.notifications.length > 0,
      () => output,
      60_000,
    );
    assert.match(anna.notifications[0].message, /^Mia has been crying for/);
    await isCrying();
    await home().untilState('sensor.mia_health_cot', ({ state }) => state === 'running');
    await anna.tapTitle('Hungry');
    await home().untilState('select.mia_answer', ({ state }) => state === 'hungry');
    console.log(`      ${Math.round((performance.now() - began) / 1000)} s to an answered notification`);
    await home().call('button.press', { entity_id: 'button.mia_feed' });
    const memory = path.join(folder, 'home', 'data', 'baby-Mia', 'memory.json');
    await until(
      () => readFileSync(memory, 'utf8').includes('"feed"'),
      'the feed that Home Assistant reported',
    );
    assert.deepEqual(ben.notifications, [], 'he would be notified after two minutes');
    // Nobody is at the camera's address.
    const { status, text } = await health(port);
    assert.equal(status, 503);
    const { sources, connections } = JSON.parse(text) as PageState;
    assert.match(sources.find(({ source }) => source === 'Nursery')!.state, /^(backoff|failed|starting)$/);
    assert.deepEqual(
      connections.map(({ name, trouble }) => [name, trouble]),
      [
        ['Home Assistant', null],
        ['MQTT, Mia', null],
      ],
    );
  });

  it('docs/mqtt.md: a satellite, and the service that receives its cries, as two processes', async () => {
    const began = performance.now();
    const broker = ['mqtt://192.168.1.5:1883', home().broker.url] as const;
    const [board, receiver] = yamlOf('mqtt.md');
    const recording = ['type: microphone, name: Cot', 'type: recording, name: Cot, path: cry.wav'] as const;
    const startBoard = () => serve('board', withOwn(board, [broker, recording]));
    const satellite = await startBoard();
    const { port } = await serve('home', withOwn(receiver, [broker]));
    await until(
      async () => (await health(port)).status === 200,
      () => output,
      60_000,
    );
    await isCrying();
    console.log(`      ${Math.round((performance.now() - began) / 1000)} s to a cry in Home Assistant`);
    await end(satellite.child, 'SIGKILL');
    await until(
      async () => /"state":"stalled"/.test((await health(port)).text),
      () => output,
      60_000,
    );
    assert.equal((await health(port)).status, 503);
    await home().untilState('binary_sensor.mia_crying', ({ state }) => state === 'unavailable', 60_000);
    await startBoard();
    await until(
      async () => (await health(port)).status === 200,
      () => output,
      60_000,
    );
    await isCrying();
    assert.doesNotMatch(output, /expected|faults/);
  });
});

async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'close');
  child.kill(signal);
  await ended;
}
