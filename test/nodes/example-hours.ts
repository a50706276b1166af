import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { synthesiseCry } from '../../src/synth/cry.js';
import { SAMPLE_RATE } from '../../src/values.js';
import { writeWav } from '../audio/wav-writer.js';
import { freePort } from '../free-port.js';
import { Mosquitto } from '../home-assistant/mosquitto.js';
import { cryAt, HOUR_MS, MINUTE_MS } from '../reason/cries.js';
import { exampleFlows } from './editor.js';
import { NodeRedProcess, type Program } from './node-red-process.js';
import { Satellite } from './satellite.js';

/** Hours of the day at which the examples are tried. */
export const HOURS: readonly (readonly [hour: number, minute: number])[] = [
  [3, 0],
  [9, 0],
  [15, 40],
  [20, 15],
];

/**
 * Runs all example flows at an hour of the day, gives them cries, presses their buttons, and checks what they show.
 * @param modules folder of installed modules that has the nodes; without one they are this checkout's
 */
export async function checkExamplesAt(
  [hour, minute]: readonly [number, number],
  { program, modules }: { program?: Program; modules?: string } = {},
): Promise<void> {
  const noon = Math.floor(Date.now() / (24 * HOUR_MS)) * 24 * HOUR_MS;
  const shiftMs = noon + hour * HOUR_MS + minute * MINUTE_MS - Date.now();
  const now = (): number => Date.now() + shiftMs;
  const flows = exampleFlows();
  const nodes = [...flows.values()].flat();
  const named = (example: number, name: string): (typeof nodes)[number] =>
    [...flows.values()][example - 1].find(node => node.name === name)!;

  const userDir = mkdtempSync(path.join(tmpdir(), 'deepinfant-'));
  if (modules !== undefined) symlinkSync(modules, path.join(userDir, 'node_modules'));
  const recording = path.join(userDir, 'cry.wav');
  writeFileSync(recording, writeWav(synthesiseCry({ seed: 1, durationS: 6 }), { rate: SAMPLE_RATE }));
  const broker = new Mosquitto(await freePort());
  writeFileSync(path.join(userDir, 'flows.json'), JSON.stringify(onTrial(nodes, broker.port)));
  const nodeRed = new NodeRedProcess(
    userDir,
    modules === undefined ? {} : { nodesDir: [] },
    {
      TZ: 'UTC',
      CLOCK_SHIFT_MS: String(shiftMs),
      NODE_OPTIONS: `--require ${path.join(__dirname, 'clock-shift.js')}`,
    },
    program,
  );

  const post = async (where: string, body: object = {}): Promise<void> => {
    const { ok } = await fetch(nodeRed.url + where, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(20_000),
    });
    assert.ok(ok, where);
  };
  const press = (example: number, name: string): Promise<void> => post(`inject/${named(example, name).id}`);
  /** How far what each debug node showed was seen, in characters of the output. */
  const seen = new Map<string, number>();
  /** What a debug node shows after what was seen of it last. */
  const see = async (name: string, pattern: string): Promise<string> => {
    const message = new RegExp(`\\[debug:${name}\\](?:(?!\\[debug:)[^])*?(?:${pattern}).*`);
    const from = seen.get(name) ?? 0;
    const found = await nodeRed.until(message, from);
    seen.set(name, from + found.index + found[0].length);
    return found[0];
  };
  /** @returns the onset, which names the cry */
  const cry = async (
    example: number,
    minutes: number,
    state = 'started',
    onset = now() + minutes * MINUTE_MS,
  ): Promise<number> => {
    await post(`cry/${example}`, {
      ...cryAt(onset),
      id: `${example}@${onset}`,
      state,
      offset: state === 'ended' ? Math.max(onset, now()) : undefined,
    });
    return onset;
  };

  let satellite: Satellite | undefined;
  try {
    await broker.start();
    satellite = await Satellite.start('nursery', broker.url, path.join(userDir, 'feed.json'));
    await nodeRed.start();

    await nodeRed.until(/noted: change/);
    const onset = await cry(1, 0);
    const first = await see('in words', 'nappy change');
    assert.match(first, /(maybe|probably) hungry \(\d+%\)\. .*last feed was 4 h/, first);
    await press(1, 'it was hunger');
    await see('outcome', 'counted\\. The likeliest reason was right in 1 of 1 answered cries');
    await cry(1, 1);
    const learned = await see('in words', 'nappy change');
    assert.ok(percentOf(learned) > percentOf(first), `${first} ${learned}`);
    await cry(1, 0, 'ended', onset);
    await see('in words', 'cried for');
    await cry(1, 2);
    // It was hunger, so the baby was fed when the cry ended.
    assert.match(await see('in words', 'answer suggests a feed'), /(maybe|probably) needs to burp/);
    await press(1, 'fed just now');
    await see('outcome', 'noted: feed');
    await cry(1, 3);
    assert.match(await see('in words', 'last feed was'), /: ((maybe|probably) needs to burp|not sure why)/);

    await post('recording', { path: recording });
    await see('cry and reason', 'cried for');
    await see('heard to the end', 'cry\\.wav');

    await press(3, 'fed');
    await cry(3, 1);
    await see('reason', "label: '(burping|unsure)'");

    await cry(4, 0);
    await see('notification', '(maybe|probably) hungry \\(\\d+%\\)');
    await press(4, 'fed just now');
    await see('outcome', 'noted: feed');
    await cry(4, 1);
    await see('why not', 'not notified: hunger has only \\d+%');

    await cry(5, 0);
    await see('cries of 5', '(maybe|probably) hungry');

    await cry(6, 0, 'ended');
    await see('clip', 'undefined');
    await press(6, 'since yesterday');
    await see('in words', 'one cry|1 cry');
    for (const name of ['last night', 'the last weeks', 'right so far?', 'the newest cry']) {
      await press(6, name);
      await see('in words', '\\.');
    }

    await satellite.says('mia', 'state', '"health":"running"');
    satellite.feed.pushCry({ ...cryAt(now()), source: 'Cot' });
    await see('in words', 'Mia has been crying');
    await satellite.says('mia', 'state', '"crying":"ON"');
    await satellite.ask('mia', 'answer', 'hungry');
    await see('outcome', 'counted');
    await satellite.ask('mia', 'listening', 'OFF');
    await satellite.says('nursery', 'listening/set', 'OFF');
    await satellite.ask('mia', 'preset', 'sensitive');
    await satellite.says('nursery', 'preset/set', 'sensitive');
    await satellite.leave();
    await satellite.says('mia', 'state', '"health":"stalled"');
    assert.doesNotMatch(
      nodeRed.output.replace(/.*(deepinfant-(notify|light|hass)|mqtt-broker).*/g, ''),
      /\[error\]/,
    );
  } finally {
    await nodeRed.stop();
    await satellite?.stop();
    await broker.stop();
    rmSync(userDir, { recursive: true });
  }
}

/** The flows with debug nodes that write to the console, a broker, no sound of their own, and ways to give them cries. */
function onTrial(
  nodes: readonly { id: string; type: string; [setting: string]: unknown }[],
  brokerPort: number,
): object[] {
  const reasons = nodes.filter(({ type }) => type === 'deepinfant-reason');
  const inputs = reasons.flatMap(({ id, z }, i) => {
    // The second example has recordings instead.
    const at = `cry${i + 1}`;
    return [
      { id: at, type: 'http in', url: `/cry/${i + 1}`, method: 'post', z, wires: [[id, `${at}-taken`]] },
      { id: `${at}-taken`, type: 'http response', z },
    ];
  });
  const [, classifying] = nodes.filter(({ type }) => type === 'deepinfant-detector');
  const { z } = classifying;
  const recordings = [
    {
      id: 'recording',
      type: 'http in',
      url: '/recording',
      method: 'post',
      z,
      wires: [['file', 'file-taken']],
    },
    { id: 'file-taken', type: 'http response', z },
    {
      id: 'file',
      type: 'change',
      z,
      rules: [{ t: 'move', p: 'payload.path', pt: 'msg', to: 'payload', tot: 'msg' }],
      wires: [[classifying.id]],
    },
  ];
  const probe = [
    { id: 'probe', type: 'link in', z, links: [], wires: [['probed']] },
    { id: 'probed', type: 'debug', z, name: 'cries of 5', active: true, complete: 'text', targetType: 'msg' },
  ];
  const all = [...nodes, ...inputs, ...recordings, ...probe] as typeof nodes;
  return all.map(node => {
    if (node.type === 'debug') return { ...node, console: true };
    if (node.type === 'deepinfant-audio') return { ...node, autoStart: false };
    if (node.type === 'mqtt-broker') return { ...node, broker: '127.0.0.1', port: String(brokerPort) };
    // Home Assistant is not there: what leaves for it is shown instead.
    if (node.type === 'link out' && node.name === 'cries' && node.z === fifth(nodes))
      return { ...node, links: [...(node.links as string[]), 'probe'] };
    return node;
  });
}

function fifth(nodes: readonly { id: string; type: string; [setting: string]: unknown }[]): string {
  return nodes.find(({ type, label }) => type === 'tab' && label === 'Home Assistant')!.id;
}

function percentOf(text: string): number {
  return Number(/\((\d+)%\)/.exec(text)?.[1]);
}
