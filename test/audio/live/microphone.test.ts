import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { concat } from '../../../src/concat.js';
import { arecord } from '../../../src/audio/live/arecord.js';
import type { Capture, CaptureEnd, StartCapture } from '../../../src/audio/live/capture.js';
import { alsa, pulse } from '../../../src/audio/live/microphone-ffmpeg.js';
import { record, type Recorder } from '../../../src/audio/live/microphone-recorder.js';
import { listMicrophones, NO_MICROPHONES, startMicrophone } from '../../../src/audio/live/microphone.js';
import { isNaudiodonInstalled, portAudio } from '../../../src/audio/live/port-audio.js';
import { runCapture } from '../../../src/audio/live/run-capture.js';
import { SAMPLE_RATE, type AudioFormat } from '../../../src/values.js';
import { VirtualMicrophone } from '../../microphone/virtual-microphone.js';
import { needTools, skip } from '../../tools.js';
import { until } from '../../until.js';

const RECORDERS = {
  naudiodon: portAudio.recorder('cot'),
  arecord: arecord.recorder('cot'),
  'ffmpeg, PulseAudio': pulse.recorder('cot'),
  'ffmpeg, ALSA': alsa.recorder('cot'),
};
type RecorderName = keyof typeof RECORDERS;
const CARD = arecord.recorder('plughw:CARD=Cot,DEV=0');

/** A process that must end has ended after so long: far more than it takes, as a frozen one would never end. */
const END_MS = 5000;

const captures: Capture[] = [];

describe('microphone', function () {
  this.timeout(10_000);
  let microphone: VirtualMicrophone;
  /** Processes that are the fixture's own. */
  let others: string[];

  before(async function () {
    needTools(this, 'arecord', 'pulseaudio', 'ffmpeg', 'ps');
    microphone = await VirtualMicrophone.start();
    others = children();
  });

  // Also those of tests that failed.
  afterEach(async () => {
    await Promise.all(captures.splice(0).map(capture => capture.stop()));
  });

  after(async () => {
    await microphone.stop();
  });

  for (const [name, recorder] of Object.entries(RECORDERS) as [RecorderName, Recorder][]) {
    it(`is heard sample by sample through ${name}`, async function () {
      needRecorder(this, name);
      const played = noise(1);
      const heard = await hearPlayed(microphone, recorder, played);
      const at = indexOf(heard, played.subarray(100, 150)) - 100;
      const same = played.filter((sample, i) => sample === heard[at + i]).length;
      assert.ok(same >= 0.999 * played.length, `${same} of ${played.length} samples`);
    });

    it(`ends at once when ${name} hangs`, async function () {
      needRecorder(this, name);
      const capture = listen(recording(recorder));
      await capture.isHeard();
      microphone.freeze();
      try {
        const began = performance.now();
        await capture.stop();
        assert.ok(performance.now() - began < END_MS);
        assert.deepEqual(children(), others);
      } finally {
        microphone.thaw();
      }
    });

    it(`takes ${name} along when its process is killed`, async function () {
      needRecorder(this, name);
      const program = `require(${JSON.stringify(require.resolve('../../../src/audio/live/microphone-recorder.js'))})
        .record(${JSON.stringify(recorder)}, { format() {}, samples() { console.log('heard'); } }, new AbortController().signal)`;
      const parent = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'ignore'] });
      await once(parent.stdout, 'data');
      const [pid] = children(parent.pid);
      // It has nothing to write then, and no need to.
      if (name === 'naudiodon') microphone.freeze();
      parent.kill('SIGKILL');
      try {
        await until(() => !isRunning(pid), `the end of ${name}`, END_MS);
      } finally {
        microphone.thaw();
      }
    });
  }

  it('is heard at its pitch and level from a card, which is recorded at 48 kHz', async () => {
    assert.deepEqual(CARD.form, { rate: 48000, channels: 2 });
    const played = Float32Array.from(
      { length: 16000 },
      (_, i) => Math.sin((2 * Math.PI * 1000 * i) / 16000 + 0.1) / 2,
    );
    const heard = (await hearPlayed(microphone, CARD, played)).filter(sample => Math.abs(sample) > 1e-3);
    const crossings = heard.filter((sample, i) => i > 0 && sample > 0 !== heard[i - 1] > 0).length;
    const power = heard.reduce((sum, sample) => sum + sample ** 2, 0) / heard.length;
    assert.ok(Math.abs(crossings - 2000) < 20, `${crossings} crossings`);
    assert.ok(Math.abs(10 * Math.log10(power / 0.125)) < 0.1, `${power} power`);
  });

  it('is listed once, with what records it, and the default one', async () => {
    const backend = isNaudiodonInstalled() ? 'PortAudio' : 'ALSA';
    assert.deepEqual(await listMicrophones(), [
      { name: 'cot', backend, isDefault: false },
      { name: 'Cot Microphone', backend: 'ALSA', isDefault: true },
    ]);
  });

  it('is never another one than named', async () => {
    const end = await listen(startMicrophone('cot microphone')).ended;
    assert.deepEqual(end, {
      kind: 'no-device',
      message:
        'There is no microphone cot microphone. Plug it in, or choose another one: cot, Cot Microphone.',
    });
  });

  it('is found again by its name after it was unplugged', async () => {
    const capture = listen(startMicrophone('Cot Microphone'));
    await capture.isHeard();
    await microphone.unplug();
    const end = await capture.ended;
    assert.equal(end.kind, 'disconnected');
    assert.match(end.message, /^The microphone Cot Microphone was disconnected\. ALSA says: /);

    assert.equal((await listen(startMicrophone('Cot Microphone')).ended).kind, 'no-device');

    await microphone.plugIn();
    const again = listen(startMicrophone('Cot Microphone'));
    await again.isHeard();
    await again.stop();
    others = children();
  });

  describe('that goes while there is another one', () => {
    let programs: string;
    let former: string | undefined;

    beforeEach(async () => {
      programs = await mkdtemp(path.join(tmpdir(), 'programs-'));
      former = process.env.PATH;
      microphone.plugInAnother();
    });

    afterEach(async () => {
      process.env.PATH = former;
      await rm(programs, { recursive: true });
      await microphone.unplugOther();
      others = children();
    });

    const ways: [way: string, name: string, programs?: string[]][] = [
      ['naudiodon', 'cot'],
      ['arecord', 'Cot Microphone'],
      ['ffmpeg, PulseAudio', 'Cot Microphone', ['ffmpeg', 'pactl']],
      ['ffmpeg, ALSA', 'cot', ['ffmpeg']],
    ];
    for (const [way, name, only] of ways) {
      it(`is not taken for that by ${way}, and is heard when it is back`, async function () {
        if (way === 'naudiodon') needRecorder(this, way);
        if (way === 'ffmpeg, ALSA') await linkTo(programs, 'pactl');
        const start = startMicrophone(name);
        if (only) {
          for (const program of only) await linkTo(programs, program);
          process.env.PATH = programs;
        }
        const capture = listen(start);
        await capture.isHeard();
        process.env.PATH = former;
        await microphone.unplug();
        if (only) process.env.PATH = programs;
        const end = await capture.ended;
        assert.equal(end.kind, 'no-device', end.message);
        assert.match(
          end.message,
          new RegExp(`^The microphone ${name} is gone\\. The sound server offers Attic .* is not used\\.`),
        );
        assert.equal((await listen(start).ended).kind, 'no-device');

        process.env.PATH = former;
        await microphone.plugIn();
        if (only) process.env.PATH = programs;
        const again = listen(start);
        await again.isHeard();
        await again.stop();
      });
    }

    it('is not taken for that where a person moves it there, or what a filter of its own records goes', async () => {
      const moved = listen(startMicrophone('Cot Microphone'));
      await moved.isHeard();
      microphone.moveStreams('attic');
      assert.match((await moved.ended).message, /^The microphone Cot Microphone is gone\. .* Attic instead/);

      microphone.filter('Clean');
      const filtered = listen(startMicrophone('Clean'));
      await filtered.isHeard();
      await microphone.unplug();
      const end = await filtered.ended;
      assert.equal(end.kind, 'no-device', end.message);
      await microphone.plugIn();
    });

    /** The default microphone goes, or is one no longer: the other one is heard, which is said. */
    async function isFollowed(leave: () => unknown): Promise<void> {
      const start = startMicrophone();
      const capture = listen(start);
      await capture.isHeard();
      assert.equal(capture.formats.at(-1)?.device, 'Cot');
      await leave();
      assert.deepEqual(await capture.ended, {
        kind: 'disconnected',
        message: 'The default microphone (Cot) is gone or no longer the default. Attic is heard from now on.',
      });
      const next = listen(start);
      await next.isHeard();
      assert.equal(next.formats.at(-1)?.device, 'Attic');
      await next.stop();
    }

    it('is that one as soon as that becomes the default, which is said', async () => {
      await isFollowed(() => {
        microphone.setDefault('attic');
      });
      microphone.setDefault('cot');
    });

    it('is followed by that as the default, which is said', async () => {
      await isFollowed(() => microphone.unplug());
      await microphone.plugIn();
    });
  });

  it('is not a loudspeaker as the default when it is gone', async () => {
    const start = startMicrophone();
    const capture = listen(start);
    await capture.isHeard();
    microphone.unplugSource();
    for (const end of [await capture.ended, await listen(start).ended]) {
      assert.equal(end.kind, 'no-device');
      assert.match(
        end.message,
        /^The default microphone .*is gone\. The sound server offers a loudspeaker's sound/,
      );
    }
    await microphone.unplug();
    await microphone.plugIn();
    others = children();
  });

  it('tells that the sound server is gone', async () => {
    const capture = listen(startMicrophone('Cot Microphone'));
    await capture.isHeard();
    await microphone.killServer();
    assert.equal((await capture.ended).kind, 'disconnected');
    const end = await listen(startMicrophone('Cot Microphone')).ended;
    assert.equal(end.kind, 'unreachable');
    assert.match(
      end.message,
      /^The microphone Cot Microphone cannot be recorded: check that the sound server runs/,
    );
    await microphone.startServer();
    others = children();
  });

  it('is told to have failed, and nothing is thrown, where no more files can be opened', () => {
    for (const name of [undefined, 'Cot Microphone']) {
      const { kind, message } = endAfter(
        `try { for (;;) require('node:fs').openSync('/dev/null'); } catch {}`,
        require.resolve('../../../src/audio/live/microphone.js'),
        name,
      );
      assert.equal(kind, 'no-program');
      assert.match(message, /^The capture failed \(spawn .* EMFILE\) and is tried again\. /);
    }
  });

  it('leaves no process behind, whenever it is stopped', async () => {
    for (let i = 0; i < 20; i++) {
      const capture = listen(startMicrophone(i % 2 ? 'Cot Microphone' : undefined));
      await setTimeout(10 * i);
      await Promise.all([capture.stop(), capture.stop()]);
      assert.deepEqual(children(), others);
    }
  });

  describe('with other programs', () => {
    let programs: string;
    let former: string | undefined;

    beforeEach(async () => {
      programs = await mkdtemp(path.join(tmpdir(), 'programs-'));
      former = process.env.PATH;
    });

    afterEach(async () => {
      process.env.PATH = former;
      await rm(programs, { recursive: true });
    });

    it('is recorded by ffmpeg where arecord is missing', async () => {
      for (const program of ['ffmpeg', 'pactl']) {
        const { stdout } = spawnSync('which', [program], { encoding: 'utf8' });
        await symlink(stdout.trim(), path.join(programs, program));
      }
      process.env.PATH = programs;
      const card = (await listMicrophones()).find(({ name }) => name === 'Cot Microphone');
      assert.equal(card?.backend, 'PulseAudio');
      const capture = listen(startMicrophone('Cot Microphone'));
      await capture.isHeard();
      await capture.stop();
    });

    it('may be in use', async () => {
      const busy =
        '#!/bin/sh\necho "arecord: main:831: audio open error: Device or resource busy" >&2\nexit 1\n';
      await writeFile(path.join(programs, 'arecord'), busy, { mode: 0o755 });
      process.env.PATH = `${programs}:${former}`;
      assert.deepEqual(await listen(recording(arecord.recorder('default'))).ended, {
        kind: 'device-busy',
        message: 'audio open error: Device or resource busy',
      });
    });

    it('is looked for by listing once', async () => {
      const log = path.join(programs, 'log');
      for (const program of ['arecord', 'pactl', 'ffmpeg'])
        await writeFile(path.join(programs, program), `#!/bin/sh\necho "$0 $*" >>${log}\n`, { mode: 0o755 });
      process.env.PATH = programs;
      assert.equal((await listen(startMicrophone('cradle')).ended).kind, 'no-device');
      const started = (await readFile(log, 'utf8')).trim().split('\n');
      assert.deepEqual(started, [...new Set(started)]);
    });

    it('is recorded by the next program after one that gave nothing until it was stopped', async () => {
      const { stdout } = spawnSync('which', ['arecord'], { encoding: 'utf8' });
      const opened = path.join(programs, 'opened');
      const hanging = `#!/bin/sh\n[ "$1" = -L ] && exec ${stdout.trim()} -L\ntouch ${opened}\nexec sleep 60\n`;
      await writeFile(path.join(programs, 'arecord'), hanging, { mode: 0o755 });
      process.env.PATH = `${programs}:${former}`;
      const start = startMicrophone('Cot Microphone');
      const hangs = listen(start);
      await until(() => existsSync(opened), 'arecord');
      await hangs.stop();
      // It keeps to that program, which gave something.
      for (let i = 0; i < 2; i++) {
        const capture = listen(start);
        await capture.isHeard();
        await capture.stop();
      }
    });

    it('starts nothing for PortAudio where naudiodon is not installed', async () => {
      // Where nothing that this package depends on is found.
      const root = path.join(__dirname, '../../../..');
      await cp(path.join(root, 'dist/src'), path.join(programs, 'dist/src'), { recursive: true });
      await symlink(path.join(root, 'native'), path.join(programs, 'native'));
      const end = endAfter(
        "require('node:child_process').spawn = program => { throw new Error(program); };",
        path.join(programs, 'dist/src/audio/live/microphone.js'),
      );
      assert.match(end.message, /\(arecord\)/);
    });

    it('is not looked for in a list that PortAudio printed into', async () => {
      const node = process.execPath;
      process.execPath = path.join(programs, 'node');
      const printing = '#!/bin/sh\necho "jack server is not running"\necho "[]"\n';
      await writeFile(process.execPath, printing, { mode: 0o755 });
      try {
        await assert.rejects(portAudio.list(), { code: 'no-program' });
      } finally {
        process.execPath = node;
      }
    });

    it('says what to do where there is none at all', async () => {
      await microphone.unplug();
      process.env.PATH = programs;
      try {
        assert.deepEqual(await listMicrophones(), []);
        for (const name of [undefined, 'cot']) {
          assert.equal((await listen(startMicrophone(name)).ended).message, NO_MICROPHONES);
        }
      } finally {
        process.env.PATH = former;
        await microphone.plugIn();
      }
    });
  });
});

interface Listening extends Capture {
  ended: Promise<CaptureEnd>;
  formats: AudioFormat[];
  /** Resolves when something was heard; rejects if the capture ended before. */
  isHeard(): Promise<void>;
}

function listen(start: StartCapture): Listening {
  const events = new EventEmitter();
  const formats: AudioFormat[] = [];
  const heard = once(events, 'heard');
  const ended = once(events, 'ended').then(([end]) => end as CaptureEnd);
  const capture = start({
    samples: samples => events.emit('heard', samples),
    format: format => formats.push(format),
    ended: end => events.emit('ended', end),
  });
  captures.push(capture);
  return {
    stop: () => capture.stop(),
    ended,
    formats,
    async isHeard() {
      const end = await Promise.race([heard, ended]);
      if ('kind' in end) assert.fail(end.message);
    },
  };
}

/** How a capture of a microphone ends in a process of its own after something was done to that. */
function endAfter(harm: string, module: string, name?: string): CaptureEnd {
  const program = `const { startMicrophone } = require(${JSON.stringify(module)});
    ${harm}
    startMicrophone(${JSON.stringify(name)})({ ended(end) { console.log(JSON.stringify(end)); process.exit(); } });`;
  const limited = 'ulimit -n 200; exec "$0" -e "$1"';
  const { stdout, stderr } = spawnSync('sh', ['-c', limited, process.execPath, program], {
    encoding: 'utf8',
  });
  assert.equal(stderr, '');
  return JSON.parse(stdout) as CaptureEnd;
}

/** A capture by one program. */
function recording(recorder: Recorder): StartCapture {
  return runCapture((listener, signal) => record(recorder, listener, signal));
}

/** What is recorded from before samples are played until after. */
async function hearPlayed(
  microphone: VirtualMicrophone,
  recorder: Recorder,
  played: Float32Array,
): Promise<Float32Array> {
  const parts: Float32Array[] = [];
  const stopping = new AbortController();
  const events = new EventEmitter();
  const samples = (heard: Float32Array): void => {
    parts.push(heard);
    events.emit('heard');
  };
  const ended = record(recorder, { samples, format: () => undefined }, stopping.signal);
  await once(events, 'heard');
  await microphone.play(played);
  // What was played last may still be on its way, before the silence that follows it.
  const count = (): number => parts.reduce((sum, { length }) => sum + length, 0);
  const enough = count() + 0.3 * SAMPLE_RATE;
  await until(
    () => count() >= enough,
    () => `${enough} samples, now ${count()}`,
    5000,
  );
  stopping.abort();
  await ended;
  return concat(parts);
}

/** Noise of 16 bits at 16 kHz. */
function noise(seconds: number): Float32Array {
  return Float32Array.from(
    { length: seconds * 16000 },
    () => Math.round((Math.random() - 0.5) * 32768) / 32768,
  );
}

/** Makes one of the system's programs the only ones, with others linked so, of a folder that is a PATH. */
async function linkTo(folder: string, program: string): Promise<void> {
  const { stdout } = spawnSync('which', [program], { encoding: 'utf8' });
  await symlink(stdout.trim(), path.join(folder, program));
}

/** Where a part of some samples begins; -1 if it isn't there. */
function indexOf(samples: Float32Array, part: Float32Array): number {
  return samples.findIndex((_, at) => part.every((sample, i) => sample === samples[at + i]));
}

function needRecorder(context: Mocha.Context, name: RecorderName): void {
  if (name === 'naudiodon' && !isNaudiodonInstalled())
    skip(context, 'naudiodon not found; npm install naudiodon');
}

/** The running processes that a process started. */
function children(parent = process.pid): string[] {
  const { pid, stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', String(parent)], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && line !== String(pid))
    .sort();
}

/** Not ended, not even as a zombie that waits for whoever took it over. */
function isRunning(pid: string): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '--pid', pid], { encoding: 'utf8' });
  return stdout !== '' && !stdout.startsWith('Z');
}
