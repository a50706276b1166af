import assert from 'node:assert/strict';
import type { NodeMessage } from 'node-red';
import type { AudioChunk, SourceHealth, SourceState } from '../../src/values.js';
import { homeAssistantOfSuite } from '../home-assistant/home-assistant.js';
import { GstServer } from '../rtsp/gst-server.js';
import { needTools } from '../tools.js';
import { askDialog, type FlowNode, type RunningFlow, runFlow, statusText, stopFlow } from './flow.js';

/** Ten or more characters of a token of HLS. */
const HLS_TOKEN = /hls\/[\da-f]{10,}/;

/** A camera by its address, as the integration 'Generic Camera' of Home Assistant has it. */
const ADVANCED = { framerate: 2, verify_ssl: true, rtsp_transport: 'tcp', authentication: 'basic' };

describe('deepinfant-audio with a camera of Home Assistant', function () {
  this.timeout(90_000);
  const home = homeAssistantOfSuite();
  let server: GstServer;
  let flow: RunningFlow;
  let secret: string;

  before(async function () {
    needTools(this, 'ffmpeg', 'gst-rtsp-server');
    server = await GstServer.start();
    for (const stream of ['aac-h264', 'pcma-h264'])
      await home().addIntegration(
        'generic',
        { stream_source: server.url(stream), advanced: ADVANCED },
        { confirmed_ok: true },
      );
  });
  after(() => server.stop());
  afterEach(stopFlow);

  async function run(entity: string, token = home().token): Promise<void> {
    const nodes: FlowNode[] = [
      { id: 'hass', type: 'deepinfant-hass', url: home().url },
      {
        id: 'audio',
        type: 'deepinfant-audio',
        kind: 'hassCamera',
        hass: 'hass',
        entity,
        wires: [['chunks'], ['states']],
      },
      { id: 'chunks', type: 'probe' },
      { id: 'states', type: 'probe' },
    ];
    secret = token;
    flow = await runFlow(nodes, { hass: { token } });
  }
  const inState =
    (...states: SourceState[]) =>
    ({ payload }: NodeMessage): boolean =>
      states.includes((payload as SourceHealth).state);

  function assertNoSecret(): void {
    for (const probe of ['states', 'errors', 'statuses']) {
      const told = JSON.stringify(flow.messages(probe));
      assert.doesNotMatch(told, HLS_TOKEN);
      assert.ok(!told.includes(secret), probe);
    }
  }

  it('is heard, and heard again over a restart of Home Assistant, without a secret in any message', async () => {
    await run('camera.127_0_0_1');
    await flow.until('states', inState('running'));
    assert.deepEqual(flow.messages('errors'), [], 'heard at the first try');
    const heard = ({ payload }: NodeMessage): boolean =>
      payload !== undefined && (payload as AudioChunk).samples.some(sample => Math.abs(sample) > 0.01);
    const { topic } = await flow.until('chunks', heard);
    assert.equal(topic, 'camera.127_0_0_1');
    const before = flow.messages('states').length;
    await home().restart();
    await flow.until(
      'states',
      msg => flow.messages('states').indexOf(msg) >= before && inState('backoff', 'stalled')(msg),
    );
    const lost = flow.messages('chunks').length;
    await flow.until('chunks', msg => flow.messages('chunks').indexOf(msg) > lost && heard(msg));
    assertNoSecret();
  });

  it('shows that a camera has no sound that Home Assistant passes on', async () => {
    await run('camera.127_0_0_1_2');
    const { payload } = await flow.until('states', inState('failed'));
    const { trouble, error } = payload as SourceHealth;
    assert.equal(trouble, 'no-audio', error);
    assert.match(error!, /^Home Assistant has a picture of camera\.127_0_0_1_2 but no sound\./);
    assertNoSecret();
  });

  for (const [token, text] of [
    ['not-a-token', 'wrongToken'],
    ['', 'badAddress'],
  ] as const)
    it(`shows that it is Home Assistant's login that is refused, not the camera's: ${text}`, async () => {
      await run('camera.127_0_0_1', token);
      await flow.until('statuses', msg => statusText(msg).endsWith(`:deepinfant-hass.status.${text}`));
    });

  it('says of a camera that is none what Home Assistant says', async () => {
    await run('camera.nowhere');
    const { payload } = await flow.until('states', inState('backoff', 'failed'));
    assert.match((payload as SourceHealth).error!, /^Home Assistant refused: .*found/i);
  });

  it('offers the cameras in the dialog, and tests one', async () => {
    await run('camera.127_0_0_1');
    const { offers } = await askDialog<{ offers: { id: string }[] }>('deepinfant-hass/cameras', {
      id: 'hass',
    });
    assert.deepEqual(
      offers.map(({ id }) => id),
      ['camera.127_0_0_1', 'camera.127_0_0_1_2'],
    );
    const question = { kind: 'hassCamera', hass: 'hass', entity: 'camera.127_0_0_1' };
    const { sentence, error } = await askDialog<{ sentence?: string; error?: string }>(
      'deepinfant-audio/test',
      question,
    );
    assert.match(sentence ?? error!, /test\.heard/);
    const { error: missing } = await askDialog<{ error: string }>('deepinfant-audio/test', {
      ...question,
      hass: 'nothing',
    });
    assert.match(missing, /says\.deploy/);
  });
});
