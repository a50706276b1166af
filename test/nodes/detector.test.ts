import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { NodeMessage } from 'node-red';
import { nurseryScene, type NurseryScene } from '../../src/synth/scene.js';
import { type AudioChunk, type CryEvent, SAMPLE_RATE, type Scores } from '../../src/values.js';
import { writeWav } from '../audio/wav-writer.js';
import type { LookReply } from '../../src/detect/look-reply.js';
import {
  askDialog,
  errorText,
  type FlowNode,
  type RunningFlow,
  runFlow,
  statusText,
  stopFlow,
} from './flow.js';

const FLOW: FlowNode[] = [
  { id: 'detector', type: 'deepinfant-detector', wires: [['events'], ['scores']] },
  { id: 'events', type: 'probe' },
  { id: 'scores', type: 'probe' },
  { id: 'complete', type: 'complete', scope: ['detector'], wires: [['done']] },
  { id: 'done', type: 'probe' },
];
const AUDIO: FlowNode = {
  id: 'audio',
  type: 'deepinfant-audio',
  kind: 'input',
  speed: 'fast',
  wires: [['detector'], []],
};

const events = (messages: NodeMessage[]): CryEvent[] => messages.map(({ payload }) => payload as CryEvent);
const hasEnded = ({ payload }: NodeMessage): boolean => (payload as CryEvent).state === 'ended';

/** Waits until a state is the last one shown under a node. */
async function untilShown(flow: RunningFlow, state: string): Promise<void> {
  await flow.until(
    'statuses',
    msg => msg === flow.messages('statuses').at(-1) && statusText(msg).endsWith(`status.${state}`),
  );
}

function chunkAt(scene: NurseryScene, startS: number, endS: number, source: string): AudioChunk {
  const samples = scene.samples.slice(startS * SAMPLE_RATE, endS * SAMPLE_RATE);
  return { samples, firstSample: startS * SAMPLE_RATE, at: 1000 * startS, source, lost: 0 };
}

describe('deepinfant-detector', () => {
  let folder: string;
  let scene: NurseryScene;
  let wav: Buffer;
  before(async () => {
    scene = nurseryScene(2);
    wav = writeWav(scene.samples, { rate: SAMPLE_RATE });
    folder = await mkdtemp(path.join(tmpdir(), 'deepinfant-'));
    await writeFile(path.join(folder, 'a.wav'), wav);
    await writeFile(path.join(folder, 'b.wav'), 'This is no sound.');
    await writeFile(
      path.join(folder, 'c.wav'),
      writeWav(new Float32Array(SAMPLE_RATE), { rate: SAMPLE_RATE }),
    );
  });
  after(() => rm(folder, { recursive: true }));
  afterEach(stopFlow);

  /** One cry: started, any number of ongoing, ended; where the scene has it. */
  function assertTheCry(found: CryEvent[]): void {
    assert.deepEqual(
      found.map(({ state }) => state),
      ['started', ...found.slice(1, -1).map(() => 'ongoing'), 'ended'],
    );
    assert.equal(new Set(found.map(({ id }) => id)).size, 1);
    const [{ startS, endS }] = scene.cries;
    const { onsetS, offsetS } = found.at(-1)!;
    assert(Math.abs(onsetS - startS) < 1.5, `onset ${onsetS}, truth ${startS}`);
    assert(Math.abs(offsetS! - endS) < 2.5, `offset ${offsetS ?? NaN}, truth ${endS}`);
  }

  it('tells of the one cry of a recording given as a Buffer', async () => {
    const flow = await runFlow(FLOW);
    flow.send('detector', { payload: wav, topic: 'night', room: 'attic' });
    await flow.until('done');
    assertTheCry(events(flow.messages('events')));
    for (const { topic, room } of flow.messages('events'))
      assert.deepEqual([topic, room], ['night', 'attic']);
    const ends = flow.messages('scores').map(({ payload }) => (payload as Scores).endSample);
    assert(Math.abs(ends.at(-1)! - scene.samples.length) < SAMPLE_RATE);
    await untilShown(flow, 'listening');
  });

  it('finds the same in a file as in the same audio played to it', async () => {
    const flow = await runFlow([AUDIO, ...FLOW]);
    flow.send('detector', { payload: path.join(folder, 'a.wav') });
    await flow.until('events', hasEnded);
    const ofFile = events(flow.messages('events'));
    flow.send('audio', { payload: path.join(folder, 'a.wav'), played: true });
    await flow.until('events', msg => hasEnded(msg) && msg.played === true);
    assert.deepEqual(events(flow.messages('events')).slice(ofFile.length), ofFile);
  });

  it('hears all recordings of a folder, and reports a broken one', async () => {
    const flow = await runFlow(FLOW);
    flow.send('detector', { payload: folder });
    await flow.until('done');
    assertTheCry(events(flow.messages('events')));
    assert.deepEqual([...new Set(flow.messages('scores').map(({ topic }) => topic))], ['a.wav', 'c.wav']);
    const [error, ...others] = flow.messages('errors').map(errorText);
    assert.match(error, /b\.wav/);
    assert.deepEqual(others, []);
  });

  it('tells several sources apart', async () => {
    const flow = await runFlow(FLOW);
    for (let startS = 30; startS < 40; startS++) {
      flow.send('detector', { payload: chunkAt(scene, startS, startS + 1, 'crying') });
      flow.send('detector', { payload: chunkAt(scene, startS - 30, startS - 29, 'quiet') });
    }
    flow.send('detector', { topic: 'crying', complete: true });
    flow.send('detector', { topic: 'quiet', complete: true });
    await flow.until('done', ({ topic }) => topic === 'quiet');
    assert.deepEqual([...new Set(flow.messages('events').map(({ topic }) => topic))], ['crying']);
  });

  it('tells two audio nodes of one name apart, and says once that they have it', async () => {
    const flow = await runFlow(FLOW);
    for (let startS = 28; startS < 55; startS++) {
      const cry = chunkAt(scene, startS, startS + 1, 'cot');
      flow.send('detector', { payload: cry, sourceId: 'node 1' });
      const other = chunkAt(scene, startS - 28, startS - 27, 'cot');
      flow.send('detector', { payload: other, sourceId: 'node 2' });
    }
    await untilShown(flow, 'same-name');
    flow.send('detector', { topic: 'cot', complete: true, sourceId: 'node 1' });
    flow.send('detector', { topic: 'cot', complete: true, sourceId: 'node 2', isLast: true });
    await flow.until('done', ({ isLast }) => isLast === true);
    assertTheCry(events(flow.messages('events')));
    for (const { sourceId } of flow.messages('events')) assert.equal(sourceId, 'node 1');
    const [error, ...others] = flow.messages('errors').map(errorText);
    assert.match(error, /Two sources are called 'cot'\. Rename one/);
    assert.deepEqual(others, []);
    await untilShown(flow, 'listening');
  });

  it('ends a cry when its source is complete', async () => {
    const flow = await runFlow(FLOW);
    flow.send('detector', { payload: chunkAt(scene, 30, 40, 'cot'), topic: 'cot' });
    await flow.until('events', ({ payload }) => (payload as CryEvent).state === 'started');
    await untilShown(flow, 'crying');
    assert(!flow.messages('events').some(hasEnded));
    flow.send('detector', { topic: 'cot', complete: true });
    const { payload } = await flow.until('events', hasEnded);
    assert(Math.abs((payload as CryEvent).offsetS! - 40) < 1);
    await untilShown(flow, 'listening');
  });

  it('takes a source that begins anew as a new recording', async () => {
    const flow = await runFlow(FLOW);
    flow.send('detector', { payload: chunkAt(scene, 30, 40, 'cot') });
    flow.send('detector', { payload: chunkAt(scene, 30, 40, 'cot') });
    flow.send('detector', { topic: 'cot', complete: true, isLast: true });
    await flow.until('done', ({ isLast }) => isLast === true);
    const found = events(flow.messages('events')).filter(({ state }) => state !== 'ongoing');
    assert.deepEqual(
      found.map(({ state }) => state),
      ['started', 'ended', 'started', 'ended'],
    );
    assert.deepEqual(found[2], found[0]);
  });

  it('hears a complete source to its end when it is deployed anew', async () => {
    const flow = await runFlow(FLOW);
    for (let startS = 20; startS < 45; startS++) {
      flow.send('detector', { payload: chunkAt(scene, startS, startS + 1, 'cot') });
    }
    flow.send('detector', { topic: 'cot', complete: true });
    await flow.redeploy({ ...FLOW[0], preset: 'sensitive' });
    const ends = flow.messages('scores').map(({ payload }) => (payload as Scores).endSample);
    assert(Math.abs(ends.at(-1)! - 45 * SAMPLE_RATE) < SAMPLE_RATE);
    assert(hasEnded(flow.messages('events').at(-1)!));
    assert.deepEqual(flow.messages('errors'), []);
  });

  it('ends a cry when it is deployed anew in the midst of it', async () => {
    const flow = await runFlow(FLOW);
    flow.send('detector', { payload: chunkAt(scene, 30, 40, 'cot') });
    await flow.until('events');
    await flow.redeploy({ ...FLOW[0], preset: 'sensitive' });
    await flow.until('events', hasEnded);
    assert.deepEqual(flow.messages('errors'), []);
  });

  it('tells the end of a cry at its next start, once, when a deploy stops all that listen to it', async () => {
    const flow = await runFlow(FLOW);
    const at = Date.now() - 10_000;
    flow.send('detector', { payload: { ...chunkAt(scene, 30, 40, 'cot'), at } });
    await flow.until('events');
    await flow.redeploy();
    const ended = await flow.until('events', hasEnded);
    const { id, durationS, offset, offsetS } = ended.payload as CryEvent;
    assert.equal(ended.topic, 'cot');
    assert(Math.abs(offsetS! - 40) < 1, String(offsetS));
    assert(Math.abs(offset! - at - 10_000) < 1000);
    await flow.redeploy();
    await untilShown(flow, 'listening');
    assert.deepEqual(
      events(flow.messages('events')).map(event => [event.id, event.state]),
      [
        [id, 'started'],
        ...flow
          .messages('events')
          .slice(1, -1)
          .map(() => [id, 'ongoing']),
        [id, 'ended'],
      ],
    );
    assert(durationS > 2);
    assert.deepEqual(flow.messages('errors'), []);
  });

  it('tells the end of a cry at once when it is removed', async () => {
    const flow = await runFlow(FLOW);
    flow.send('detector', { payload: { ...chunkAt(scene, 30, 40, 'cot'), at: Date.now() - 10_000 } });
    await flow.until('events');
    await flow.remove('detector');
    await flow.until('events', hasEnded);
  });

  it('judges by another preset from a message on, and ends a cry that goes on', async () => {
    const flow = await runFlow(FLOW);
    flow.send('detector', { payload: chunkAt(scene, 30, 40, 'cot') });
    await flow.until('events');
    flow.send('detector', { topic: 'Preset', payload: 'Sensitive' });
    await flow.until('events', hasEnded);
    flow.send('detector', { payload: chunkAt(scene, 30, 40, 'cot') });
    await flow.until('events', msg => msg !== flow.messages('events')[0] && !hasEnded(msg));
    assert.deepEqual(flow.messages('errors'), []);
  });

  it('names the presets when it gets another word', async () => {
    const flow = await runFlow(FLOW);
    for (const payload of ['brave', 3, undefined]) flow.send('detector', { topic: 'preset', payload });
    await flow.until('errors', () => flow.messages('errors').length === 3);
    const words = 'is not a preset: send careful, balanced, sensitive.';
    assert.deepEqual(
      flow.messages('errors').map(errorText),
      ["'brave'", '3', 'undefined'].map(said => `DeepInfantError: ${said} ${words}`),
    );
  });

  it('names what it cannot hear', async () => {
    const flow = await runFlow(FLOW);
    flow.send('detector', { payload: { volume: 7 } });
    flow.send('detector', { payload: { ...chunkAt(scene, 0, 1, 'cot'), at: undefined } });
    flow.send('detector', { payload: Buffer.from('This is no sound.') });
    flow.send('detector', { payload: path.join(folder, 'missing.wav') });
    await flow.until('errors', msg => errorText(msg).includes('missing.wav'));
    const [ofTimelessChunk, ofObject, ofBuffer, ofPath] = flow.messages('errors').map(errorText);
    assert.match(ofObject, /of type object/);
    assert.match(ofTimelessChunk, /audio chunk: at is missing; expected a value\.$/);
    assert.match(ofBuffer, /not audio/);
    assert.match(ofPath, /does not exist/);
  });

  it('refuses a chunk between two samples, and goes on with the next one', async () => {
    const flow = await runFlow(FLOW);
    flow.send('detector', { payload: chunkAt(scene, 0, 1, 'cot') });
    flow.send('detector', { payload: { ...chunkAt(scene, 1, 2, 'cot'), firstSample: 16000.5 } });
    flow.send('detector', { payload: chunkAt(scene, 1, 2, 'cot') });
    const isHeard = ({ payload }: NodeMessage): boolean => (payload as Scores).endSample > 1.5 * SAMPLE_RATE;
    await flow.until('scores', isHeard);
    const [error, ...others] = flow.messages('errors').map(errorText);
    assert.match(error, /audio chunk: firstSample is 16000\.5; expected a whole number\.$/);
    assert.deepEqual(others, []);
  });

  it('reports a model that is missing once, however much audio comes', async () => {
    const [detector, ...probes] = FLOW;
    const flow = await runFlow([{ ...detector, model: 'none-such' }, ...probes]);
    flow.send('detector', { payload: chunkAt(scene, 0, 1, 'cot') });
    flow.send('detector', { payload: chunkAt(scene, 1, 2, 'cot') });
    flow.send('detector', { topic: 'cot', complete: true, isLast: true });
    await flow.until('done', ({ isLast }) => isLast === true);
    flow.send('detector', { payload: wav });
    // Those of messages; that at the start has no message that a catch node could get.
    await flow.until('errors');
    flow.send('detector', { payload: chunkAt(scene, 2, 3, 'cot') });
    await flow.redeploy({ ...detector, model: 'none-such', preset: 'careful' });
    const [error, ...others] = flow.messages('errors').map(errorText);
    assert.match(error, /none-such/);
    assert.deepEqual(others, []);
  });

  it('hears a recording whose message says that it is complete', async () => {
    const flow = await runFlow(FLOW);
    flow.send('detector', { payload: path.join(folder, 'c.wav'), complete: true });
    await flow.until('scores');
  });

  it('shows what it hears to those who look, and only then', async () => {
    const flow = await runFlow(FLOW);
    const look = (fromColumn = 0): Promise<LookReply> =>
      askDialog('deepinfant-detector/look', { id: 'detector', fromColumn });
    const hear = async (fromS: number, toS: number): Promise<void> => {
      flow.send('detector', { payload: chunkAt(scene, fromS, toS, 'cot') });
      const isHeard = ({ payload }: NodeMessage): boolean =>
        (payload as Scores).endSample > (toS - 0.5) * SAMPLE_RATE;
      await flow.until('scores', isHeard);
    };
    await hear(0, 2);
    assert.deepEqual(await look(), { sources: [] });
    await hear(2, 4);
    const { sources, view } = await look();
    assert.deepEqual([sources, view!.source, view!.endS], [['cot'], 'cot', 4]);
    assert(view!.scores.length > 0);
    assert(Buffer.from(view!.levels, 'base64').length > 40 * view!.bands);
    assert.match(
      (await askDialog<{ error: string }>('deepinfant-detector/look', { id: 'nobody' })).error,
      /notDeployed/,
    );
  });
});
