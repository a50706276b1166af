import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeMessage } from 'node-red';
import type { WaitUntil } from '../../nodes/audio-messages.js';
import { demoScene } from '../../src/audio/demo.js';
import type { PlaybackState } from '../../src/audio/playback.js';
import { type AudioChunk, SAMPLE_RATE } from '../../src/values.js';
import { tone } from '../audio/signals.js';
import { writeWav } from '../audio/wav-writer.js';
import { errorText, type FlowNode, runFlow, statusText, stopFlow } from './flow.js';

const WAV = writeWav(tone(440, SAMPLE_RATE, 2.5 * SAMPLE_RATE), { rate: SAMPLE_RATE });

function audioFlow(settings: object): FlowNode[] {
  return [
    { id: 'audio', type: 'deepinfant-audio', speed: 'fast', ...settings, wires: [['chunks'], ['states']] },
    { id: 'chunks', type: 'probe' },
    { id: 'states', type: 'probe' },
  ];
}

const isComplete = (msg: NodeMessage): boolean => msg.complete === true;
const states = (messages: NodeMessage[]): string[] =>
  messages.map(({ payload }) => `${(payload as PlaybackState).source} ${(payload as PlaybackState).state}`);
describe('deepinfant-audio', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'deepinfant-'));
    await writeFile(path.join(folder, 'a.wav'), WAV);
    await writeFile(path.join(folder, 'b.wav'), 'This is no sound.');
    await writeFile(path.join(folder, 'c.wav'), WAV);
  });
  after(() => rm(folder, { recursive: true }));
  afterEach(stopFlow);

  it('plays a Buffer as chunks that follow each other, and says that it is complete', async () => {
    const flow = await runFlow(audioFlow({ kind: 'input' }));
    flow.send('audio', { payload: WAV, filename: '/nursery/night.wav', room: 'attic' });
    const complete = await flow.until('chunks', isComplete);

    const chunks = flow.messages('chunks').slice(0, -1);
    let nextSample = 0;
    for (const { topic, payload, room } of chunks) {
      const chunk = payload as AudioChunk;
      assert.equal(topic, 'night.wav');
      assert.equal(chunk.source, 'night.wav');
      assert.equal(room, 'attic');
      assert.equal(chunk.firstSample, nextSample);
      nextSample += chunk.samples.length;
    }
    assert.equal(nextSample, 2.5 * SAMPLE_RATE);
    assert.deepEqual(
      { topic: complete.topic, payload: complete.payload, room: complete.room },
      { topic: 'night.wav', payload: undefined, room: 'attic' },
    );
    assert.deepEqual(states(flow.messages('states')), [
      'night.wav starting',
      'night.wav running',
      'night.wav ended',
    ]);
    assert.equal((flow.messages('states').at(-1)!.payload as PlaybackState).positionS, 2.5);
  });

  it('plays a file when the flow starts', async () => {
    const flow = await runFlow(audioFlow({ kind: 'recording', path: path.join(folder, 'a.wav') }));
    const complete = await flow.until('chunks', isComplete);
    assert.equal(complete.topic, 'a.wav');
  });

  it('waits for a message when it shall not play at the start', async () => {
    const flow = await runFlow(
      audioFlow({ kind: 'recording', path: path.join(folder, 'a.wav'), autoStart: false }),
    );
    flow.send('audio', { payload: 'now', asked: true });
    await flow.until('chunks', msg => isComplete(msg) && msg.asked === true);
    assert.equal(states(flow.messages('states')).filter(state => state.endsWith('starting')).length, 1);
  });

  it('calls a single recording after the node, when that has a name', async () => {
    const flow = await runFlow(
      audioFlow({ kind: 'recording', path: path.join(folder, 'a.wav'), name: 'Nursery cam' }),
    );
    const complete = await flow.until('chunks', isComplete);
    assert.equal(complete.topic, 'Nursery cam');
  });

  it('tells files of one name apart by their folders', async () => {
    const nights = await mkdtemp(path.join(tmpdir(), 'deepinfant-'));
    for (const night of ['monday', 'tuesday']) {
      await mkdir(path.join(nights, night));
      await writeFile(path.join(nights, night, 'a.wav'), WAV);
    }
    const flow = await runFlow(audioFlow({ kind: 'recording', path: nights, name: 'Nights' }));
    await flow.until('chunks', msg => isComplete(msg) && msg.topic === path.join('tuesday', 'a.wav'));
    await rm(nights, { recursive: true });
    assert.equal(flow.messages('chunks').find(isComplete)!.topic, path.join('monday', 'a.wav'));
  });

  it('plays a folder, and reports a broken file without leaving out the others', async () => {
    const flow = await runFlow(audioFlow({ kind: 'recording', path: folder }));
    await flow.until('chunks', msg => isComplete(msg) && msg.topic === 'c.wav');
    assert.deepEqual(states(flow.messages('states')), [
      'a.wav starting',
      'a.wav running',
      'a.wav ended',
      'b.wav starting',
      'b.wav failed',
      'c.wav starting',
      'c.wav running',
      'c.wav ended',
    ]);
    const [error, ...others] = flow.messages('errors').map(errorText);
    assert.match(error, /b\.wav/);
    assert.deepEqual(others, []);
  });

  it('plays one message after the other', async () => {
    const flow = await runFlow(audioFlow({ kind: 'input' }));
    flow.send('audio', { payload: path.join(folder, 'c.wav') });
    flow.send('audio', { payload: path.join(folder, 'a.wav') });
    await flow.until('chunks', msg => isComplete(msg) && msg.topic === 'a.wav');
    assert.equal(flow.messages('chunks').findIndex(isComplete), 3);
  });

  it('waits for all who receive it, also behind a fork, and for nobody as it stops', async () => {
    const ends: (() => void)[] = [];
    const receive = ({ waitUntil }: NodeMessage): void => {
      (waitUntil as WaitUntil | undefined)?.(new Promise<void>(resolve => ends.push(resolve)));
    };
    const [audio, ...probes] = audioFlow({ kind: 'input' });
    const fork = { ...audio, wires: [['chunks', 'others'], ['states']] };
    const flow = await runFlow([fork, ...probes, { id: 'others', type: 'probe' }], {}, receive);
    flow.send('audio', { payload: WAV });
    await flow.until('others');
    const received = (): number[] => ['chunks', 'others'].map(probe => flow.messages(probe).length);
    for (let sent = 1; sent <= 2; sent++) {
      await sleep(30);
      assert.deepEqual(received(), [sent, sent]);
      assert.equal(ends.length, 2);
      ends.pop()!();
      await sleep(30);
      assert.deepEqual(received(), [sent, sent], 'the other one still works');
      ends.pop()!();
    }
    await flow.until('others', () => flow.messages('others').length === 3);
    await stopFlow();
    assert.deepEqual(flow.messages('errors'), []);
    // For afterEach, which stops a flow.
    await runFlow([]);
  });

  it('names what it cannot play', async () => {
    const flow = await runFlow(audioFlow({ kind: 'input' }));
    flow.send('audio', { payload: 7 });
    flow.send('audio', { payload: Buffer.from('This is no sound.'), topic: 'letter' });
    flow.send('audio', { payload: path.join(folder, 'missing.wav') });
    await flow.until('errors', msg => errorText(msg).includes('missing.wav'));
    const [ofNumber, ofBuffer, ofPath] = flow.messages('errors').map(errorText);
    assert.match(ofNumber, /of type number; send a Buffer/);
    assert.match(ofBuffer, /not audio/);
    assert.match(ofPath, /does not exist/);
    const { source, state, error } = flow.messages('states').at(-1)!.payload as PlaybackState;
    assert.deepEqual([source, state], [path.join(folder, 'missing.wav'), 'failed']);
    assert.match(error!, /does not exist/);
    await flow.until(
      'statuses',
      msg => msg === flow.messages('statuses').at(-1) && statusText(msg) === 'node-red:common.status.error',
    );
  });

  it('stops at once when its flow is stopped in the midst of a recording', async () => {
    const flow = await runFlow(audioFlow({ kind: 'demo', speed: 'realTime' }));
    await flow.until('chunks', ({ payload }) => payload !== undefined);
    const start = performance.now();
    await stopFlow();
    // The demo lasts a minute.
    assert(performance.now() - start < 15_000);
    assert.deepEqual(flow.messages('errors'), []);
    // For afterEach, which stops a flow.
    await runFlow([]);
  });
});

describe('demoScene', () => {
  it('is made only once', () => {
    assert.equal(demoScene(), demoScene());
  });
});
