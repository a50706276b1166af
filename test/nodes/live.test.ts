import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import type { NodeMessage } from 'node-red';
import { synthesiseCry } from '../../src/synth/cry.js';
import {
  type AudioChunk,
  type CryEvent,
  SAMPLE_RATE,
  type SourceHealth,
  type SourceState,
} from '../../src/values.js';
import { RtspCamera } from '../rtsp/rtsp-camera.js';
import { needTools } from '../tools.js';
import { until } from '../until.js';
import { askDialog, errorText, type FlowNode, runFlow, statusText, stopFlow } from './flow.js';

const LOGIN = { user: 'admin', password: 'pa55 wörd/@' };

describe('deepinfant-audio with a camera', function () {
  this.timeout(20_000);
  let camera: RtspCamera;

  before(function () {
    needTools(this, 'ffmpeg');
  });
  beforeEach(async () => {
    camera = new RtspCamera({ login: { ...LOGIN, scheme: 'Digest' } });
    await camera.start();
  });
  afterEach(async () => {
    await stopFlow();
    await camera.stop();
  });

  function flowOf(settings: object = {}): FlowNode[] {
    return [
      {
        id: 'audio',
        type: 'deepinfant-audio',
        name: 'nursery',
        kind: 'camera',
        url: camera.url,
        ...settings,
        wires: [['chunks'], ['states']],
      },
      { id: 'chunks', type: 'probe' },
      { id: 'states', type: 'probe' },
    ];
  }

  const nodeOf = ({ status }: NodeMessage): string => (status as { source: { id: string } }).source.id;
  const inState =
    (state: SourceState) =>
    ({ payload }: NodeMessage): boolean =>
      (payload as SourceHealth).state === state;

  const isStepped = ({ payload }: NodeMessage): boolean => (payload as SourceHealth).clockSteps > 0;

  it('sends what it hears, opens the camera again when it drops, and keeps time', async () => {
    const flow = await runFlow(flowOf(), { audio: LOGIN });
    await flow.until('states', inState('running'));
    await flow.until('chunks', ({ payload }) => (payload as AudioChunk).firstSample > SAMPLE_RATE);
    camera.drop();
    const backoff = await flow.until('states', inState('backoff'));
    assert.match((backoff.payload as SourceHealth).error!, /closed the connection/);
    const isAfterGap = ({ payload }: NodeMessage): boolean => (payload as AudioChunk).lost > 0;
    const { payload } = await flow.until('chunks', isAfterGap);
    const { at, firstSample } = payload as AudioChunk;
    const first = flow.messages('chunks')[0].payload as AudioChunk;
    assert.ok(Math.abs(at - first.at - (1000 * firstSample) / SAMPLE_RATE) < 100);
    // A busy machine hears late, but not for ever.
    const ageMs = (): number => {
      const last = flow.messages('chunks').at(-1)!.payload as AudioChunk;
      return Date.now() - last.at - (1000 * last.samples.length) / SAMPLE_RATE;
    };
    await until(
      () => Math.abs(ageMs()) < 1000,
      () => `sound of now, not of ${ageMs()} ms ago`,
    );
    let next = 0;
    for (const message of flow.messages('chunks')) {
      const chunk = message.payload as AudioChunk;
      assert.equal(message.topic, 'nursery');
      assert.equal(chunk.firstSample, next + chunk.lost);
      next = chunk.firstSample + chunk.samples.length;
    }
    flow.send('audio', { payload: 'how are you?', room: 'attic' });
    const answer = await flow.until('states', ({ room }) => room === 'attic');
    const health = answer.payload as SourceHealth;
    assert.deepEqual([health.state, health.restarts], ['running', 1]);
    assert.deepEqual(health.format, { codec: 'pcm_s16be', sampleRate: 16_000, channels: 1 });
    assert.deepEqual(flow.messages('errors').length, 1, 'one outage is reported once');
  });

  it('closes the camera and opens it again as messages say', async () => {
    const flow = await runFlow(flowOf(), { audio: LOGIN });
    await flow.until('states', inState('running'));
    flow.send('audio', { topic: 'listen', payload: false });
    await flow.until('states', inState('stopped'));
    await flow.until('chunks', msg => msg.complete === true);
    const heard = flow.messages('chunks').length;
    for (let i = 0; i < 2; i++) flow.send('audio', { topic: 'listen', payload: true });
    await flow.until('chunks', msg => flow.messages('chunks').indexOf(msg) > heard);
  });

  const hearOneCry = async (setClock: () => void): Promise<void> => {
    const [audio, ...probes] = flowOf();
    const flow = await runFlow(
      [
        { ...audio, wires: [['detector', 'chunks'], ['states']] },
        { id: 'detector', type: 'deepinfant-detector', wires: [['events'], []] },
        { id: 'events', type: 'probe' },
        ...probes,
      ],
      { audio: LOGIN },
    );
    camera.play(new Float32Array());
    await flow.until('chunks');
    const eventOf = ({ payload }: NodeMessage): CryEvent => payload as CryEvent;
    camera.play(synthesiseCry({ seed: 1, durationS: 60 }));
    const beganS = camera.offeredS;
    const started = eventOf(await flow.until('events'));
    setClock();
    const isLong = (msg: NodeMessage): boolean => eventOf(msg).durationS > started.durationS + 2;
    await flow.until('events', isLong);
    camera.play(new Float32Array());
    const cryS = camera.offeredS - beganS;
    const ended = eventOf(await flow.until('events', msg => eventOf(msg).state === 'ended'));
    const events = flow.messages('events').map(eventOf);
    assert.deepEqual([...new Set(events.map(({ id }) => id))], [started.id]);
    assert.deepEqual(
      events.map(({ state }) => state).filter(state => state !== 'ongoing'),
      ['started', 'ended'],
    );
    // The step is not counted as crying.
    assert.ok(Math.abs(ended.durationS - cryS) < 2, `${ended.durationS} s of ${cryS} s`);
    flow.send('audio', { topic: 'status' });
    const { payload } = await flow.until('states', msg => msg.topic === 'nursery' && isStepped(msg));
    assert.equal((payload as SourceHealth).clockSteps, 1);
    assert.equal((payload as SourceHealth).lostS, 0);
  };

  it('has one cry heard where the camera sets its clock in the middle of it', () =>
    hearOneCry(() => {
      camera.clockErrorS = 5;
    })).timeout(60_000);

  for (const stepS of [5, -3, -30])
    it(`has one cry heard where the camera's sender reports step by ${stepS} s in the middle of it`, async () => {
      await camera.stop();
      // ffmpeg takes the time from them where there is a picture, too.
      camera = Object.assign(new RtspCamera({ login: { ...LOGIN, scheme: 'Digest' }, video: true }), {
        audioOnlyStatus: 454,
        wallClockErrorS: 0,
      });
      await camera.start();
      await hearOneCry(() => {
        camera.wallClockErrorS = stepS;
      });
    }).timeout(60_000);

  it('stays off over a restart when it was switched off, and does not open the camera before', async () => {
    const flow = await runFlow(flowOf(), { audio: LOGIN });
    await flow.until('states', inState('running'));
    flow.send('audio', { topic: 'listen', payload: false });
    await flow.until('states', inState('stopped'));
    await camera.untilViewers(0);
    const requests = camera.requests.length;
    const before = flow.messages('states').length;
    const isNew = (msg: NodeMessage): boolean => flow.messages('states').indexOf(msg) >= before;
    await flow.redeploy();
    await flow.until('states', msg => isNew(msg) && inState('stopped')(msg));
    assert.deepEqual(flow.messages('states').slice(before).filter(inState('starting')), []);
    assert.equal(camera.requests.length, requests);
    flow.send('audio', { topic: 'listen', payload: true });
    await flow.until('states', msg => isNew(msg) && inState('running')(msg));
    const after = flow.messages('states').length;
    await flow.redeploy();
    await flow.until(
      'states',
      msg => flow.messages('states').indexOf(msg) >= after && inState('running')(msg),
    );
  });

  it('completes the source when the node goes, so that a cry is told as ended', async () => {
    const flow = await runFlow(flowOf(), { audio: LOGIN });
    await flow.until('chunks');
    await flow.redeploy({ id: 'audio', type: 'deepinfant-audio', name: 'attic' });
    const complete = await flow.until('chunks', msg => msg.complete === true);
    assert.deepEqual([complete.topic, complete.payload], ['nursery', undefined]);
    await flow.until('chunks', ({ topic }) => topic === 'attic');
    await camera.untilViewers(1);
  });

  it('closes a source that is just being opened when it goes, whatever becomes of its file', async () => {
    camera.answerDelayMs = 20_000;
    const flow = await runFlow(flowOf(), { audio: LOGIN });
    await until(() => camera.viewers > 0, 'a viewer');
    // It cannot be removed as a file.
    mkdirSync(path.join(flow.userDir, 'deepinfant', 'listening-audio.json', 'x'), { recursive: true });
    await flow.remove('audio');
    await camera.untilViewers(0);
    assert.equal(((await flow.until('states', inState('stopped'))).payload as SourceHealth).positionS, 0);
    assert.deepEqual(flow.messages('chunks'), []);
  });

  it('leaves no file behind when it goes', async () => {
    const flow = await runFlow(flowOf(), { audio: LOGIN });
    await flow.until('states', inState('running'));
    flow.send('audio', { topic: 'listen', payload: false });
    const kept = path.join(flow.userDir, 'deepinfant', 'listening-audio.json');
    await until(() => existsSync(kept), kept);
    await flow.redeploy();
    assert.ok(existsSync(kept), 'deployed anew');
    await flow.remove('audio');
    await until(
      () => !existsSync(kept),
      () => `the end of ${kept}`,
    );
  });

  it('opens a camera once for two nodes', async () => {
    const [audio, ...probes] = flowOf();
    const twin = { ...audio, id: 'twin', name: 'twin' };
    const flow = await runFlow([audio, twin, ...probes], { audio: LOGIN, twin: LOGIN });
    await flow.until('chunks', ({ topic }) => topic === 'nursery');
    await flow.until('chunks', ({ topic }) => topic === 'twin');
    await camera.untilViewers(1);
  });

  it('says what needs a person, and shows no password anywhere', async () => {
    const secret = 'hunter2secret';
    const flow = await runFlow(flowOf(), { audio: { ...LOGIN, password: secret } });
    const failed = await flow.until('states', inState('failed'));
    assert.match((failed.payload as SourceHealth).error!, /password/i);
    assert.match(errorText(await flow.until('errors')), /password/i);
    await flow.until(
      'statuses',
      msg => msg === flow.messages('statuses').at(-1) && statusText(msg) === 'deepinfant-audio.status.failed',
    );
    for (const probe of ['states', 'errors', 'statuses'])
      assert.ok(!JSON.stringify(flow.messages(probe)).includes(secret), probe);
  });

  it('refuses an address that is none as it starts', async () => {
    const urls = ['', 'file:///etc/passwd', '/etc/passwd', 'ftp://camera/sound'];
    const [audio, ...probes] = flowOf();
    const flow = await runFlow([...urls.map((url, i) => ({ ...audio, id: `audio${i}`, url })), ...probes]);
    const told = await flow.until('states', inState('failed'));
    assert.equal((told.payload as SourceHealth).trouble, 'bad-address');
    for (const i of urls.keys())
      await flow.until(
        'statuses',
        msg => nodeOf(msg) === `audio${i}` && statusText(msg) === 'deepinfant-audio.status.failed',
      );
  });

  it('names a camera without a name by its address, without a password that stands in it', async () => {
    const url = camera.url.replace('//', `//${LOGIN.user}:${encodeURIComponent(LOGIN.password)}@`);
    const flow = await runFlow(flowOf({ name: '', url }));
    const { topic } = await flow.until('chunks');
    assert.equal(topic, camera.url);
  });

  describe('answers the dialog', () => {
    interface Tested {
      sentence?: string;
      spectrogram?: string;
      error?: string;
    }
    const test = (question: object): Promise<Tested> =>
      askDialog('deepinfant-audio/test', { kind: 'camera', url: camera.url, ...LOGIN, ...question });

    it('with what a test hears, beside the node that hears the same camera', async () => {
      const flow = await runFlow(flowOf(), { audio: LOGIN });
      await flow.until('chunks');
      const { sentence, spectrogram, error } = await test({});
      assert.equal(error, undefined);
      assert.equal(sentence, 'deepinfant-audio.test.heard');
      assert.match(spectrogram!, /^<svg/);
      await camera.untilViewers(1);
    });

    it('with what is wrong', async () => {
      await runFlow([]);
      assert.match((await test({ password: 'wrong' })).error!, /password/i);
      assert.match((await test({ url: 'file:///etc/passwd' })).error!, /address/);
      assert.match((await test({ url: '' })).error!, /address/);
      await camera.stop();
      assert.match((await test({})).error!, /127\.0\.0\.1/);
    });

    it('with a password that it knows for the camera that it was given for, and for no other', async () => {
      const flow = await runFlow(flowOf(), { audio: LOGIN });
      await flow.until('chunks');
      const known = { id: 'audio', password: '__PWRD__' };
      assert.equal((await test(known)).sentence, 'deepinfant-audio.test.heard');
      const other = new RtspCamera({ login: { ...LOGIN, scheme: 'Digest' } });
      await other.start();
      assert.equal(
        (await test({ ...known, url: other.url.replace('127.0.0.1', 'localhost') })).error,
        'deepinfant-audio.test.password',
      );
      assert.deepEqual(other.requests, []);
      await other.stop();
    });

    it('with makers and addresses', async () => {
      await runFlow([]);
      const { makers } = await askDialog<{ makers: { id: string; needsStream: boolean }[] }>(
        'deepinfant-audio/makers',
      );
      assert.ok(makers.length > 10 && makers.every(({ needsStream }) => typeof needsStream === 'boolean'));
      assert.match(
        (
          await askDialog<{ address: string }>('deepinfant-audio/address', {
            maker: 'tapo',
            host: '10.0.0.9',
          })
        ).address,
        /^rtsp:\/\/10\.0\.0\.9:554\//,
      );
      assert.match((await askDialog<Tested>('deepinfant-audio/address', { maker: 7 })).error!, /maker/);
    });
  });
});
