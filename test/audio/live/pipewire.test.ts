import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import type { Capture, CaptureEnd } from '../../../src/audio/live/capture.js';
import { startMicrophone } from '../../../src/audio/live/microphone.js';
import type { AudioFormat } from '../../../src/values.js';
import { record } from '../../../src/audio/live/microphone-recorder.js';
import { pulse } from '../../../src/audio/live/microphone-ffmpeg.js';
import { ServerStream } from '../../../src/audio/live/sound-server.js';
import { PipeWire } from '../../microphone/pipewire.js';
import { needTools } from '../../tools.js';

/** What PipeWire calls its microphones. */
const COT = 'cot Audio/Source/Virtual sink';

describe('microphone under PipeWire', function () {
  this.timeout(20_000);
  let pipeWire: PipeWire;
  let unplug: () => void;
  const captures: Capture[] = [];

  before(async function () {
    needTools(this, 'ffmpeg', 'pulseaudio', 'pipewire');
    pipeWire = await PipeWire.start();
    await pipeWire.plugIn('attic');
  });
  beforeEach(async () => {
    unplug = await pipeWire.plugIn('cot', true);
  });
  afterEach(async () => {
    await Promise.all(captures.splice(0).map(capture => capture.stop()));
  });
  after(() => pipeWire.stop());

  function start(name?: string): {
    heard: Promise<unknown>;
    ended: Promise<CaptureEnd>;
    formats: AudioFormat[];
  } {
    const events = new EventEmitter();
    const formats: AudioFormat[] = [];
    const heard = once(events, 'heard');
    const ended = once(events, 'ended').then(([end]) => end as CaptureEnd);
    const capture = startMicrophone(name)({
      samples: () => events.emit('heard'),
      format: format => formats.push(format),
      ended: end => events.emit('ended', end),
    });
    captures.push(capture);
    return { heard, ended, formats };
  }

  it('that goes is not another one, and is heard again when it is back', async () => {
    const first = start(COT);
    await first.heard;
    unplug();
    assert.match((await first.ended).message, /^The microphone cot .* (was disconnected|is gone)\./);
    assert.equal((await start(COT).ended).kind, 'no-device');
    unplug = await pipeWire.plugIn('cot');
    await start(COT).heard;
    unplug();
  });

  for (const [what, change] of [
    ['is chosen', () => pipeWire.setDefault('attic')],
    [
      'is left',
      () => {
        unplug();
      },
    ],
  ] as const)
    it(`is another one as the default as soon as that ${what}, which is said`, async () => {
      const first = start();
      await first.heard;
      assert.match(first.formats.at(-1)!.device!, /^cot /);
      await change();
      const { kind, message } = await first.ended;
      assert.equal(kind, 'disconnected');
      assert.match(message, /\(cot .*\) is gone or no longer the default\. attic .* is heard from now on\.$/);
      const next = start();
      await next.heard;
      assert.match(next.formats.at(-1)!.device!, /^attic /);
      if (what === 'is chosen') unplug();
    });

  it('is known to be moved where it may be', async () => {
    const stream = new ServerStream(true);
    const stopping = new AbortController();
    const events = new EventEmitter();
    // Only the mark, not the wish to stay.
    const environment = { PULSE_PROP: stream.environment.PULSE_PROP!.replace(/ node\.\S+/g, '') };
    const listener = { samples: () => events.emit('heard'), format: () => undefined };
    const recorded = record(pulse.recorder('cot'), listener, stopping.signal, environment);
    await once(events, 'heard');
    const origin = await stream.origin(stopping.signal);
    assert.deepEqual(origin?.sources, ['cot']);
    const moved = stream.moved(origin, stopping.signal);
    unplug();
    assert.deepEqual((await moved)?.sources, ['attic']);
    stopping.abort();
    await recorded;
  });
});
