import assert from 'node:assert/strict';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { commandLines, commandLinesOfGroup } from '../command-lines.js';
import { nurseryScene } from '../../src/synth/scene.js';
import { SAMPLE_RATE } from '../../src/values.js';
import { writeWav } from '../audio/wav-writer.js';
import { VirtualMicrophone } from '../microphone/virtual-microphone.js';
import { OnvifDevice } from '../onvif/device.js';
import { RtspCamera } from '../rtsp/rtsp-camera.js';
import { needTools } from '../tools.js';
import { until } from '../until.js';
import { deepinfant, jsonLines, type Line, type Outcome, outcomeOf, start } from './run.js';

/** A process of the command line, and what it wrote so far. */
class Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly outcome: Promise<Outcome>;
  private readonly written = { stdout: '', stderr: '' };

  constructor(...args: string[]) {
    this.child = start(args);
    this.outcome = outcomeOf(this.child);
    for (const stream of ['stdout', 'stderr'] as const)
      this.child[stream].on('data', (part: string) => (this.written[stream] += part));
  }

  /** Waits until it wrote something to a stream, so many times in all. */
  async until(stream: 'stdout' | 'stderr', text: string, times = 1): Promise<void> {
    await until(
      () => this.written[stream].split(text).length > times,
      () => `${times} times '${text}' in ${this.written.stdout}\n${this.written.stderr}`,
      40_000,
    );
  }

  interrupt(): Promise<Outcome> {
    this.child.kill('SIGINT');
    return this.outcome;
  }
}

describe('deepinfant with live sources', function () {
  this.timeout(60_000);
  let microphone: VirtualMicrophone;

  before(async function () {
    needTools(this, 'ffmpeg', 'arecord', 'pulseaudio');
    microphone = await VirtualMicrophone.start();
  });
  after(() => microphone.stop());

  it('hears a cry by a microphone, and ends at Ctrl-C with the cry told as ended', async () => {
    const { samples, cries } = nurseryScene(1);
    const fromS = cries[0].startS - 1;
    const running = new Running('listen', 'mic:cot', '--json');
    await running.until('stderr', 'running');
    void microphone.play(samples.slice(fromS * SAMPLE_RATE, (fromS + 5) * SAMPLE_RATE));
    await running.until('stdout', '"started"');
    const { status, stdout, stderr } = await running.interrupt();
    assert.equal(status, 0);
    const events = jsonLines<NonNullable<Line['events']>[0]>(stdout);
    assert.equal(events.map(({ state }) => state).join(' '), 'started ended');
    assert.equal(stderr.replace(/^\S+ {2}/gm, ''), 'starting\nrunning\nstopped\n');
  });

  describe('hears a cry on what is no sound, and says so soon', () => {
    const cry = nurseryScene(1);
    const fromS = cry.cries[0].startS - 1;
    const scene = cry.samples.slice(fromS * SAMPLE_RATE, (fromS + 10) * SAMPLE_RATE);
    /** What is added to a cry, and how many seconds after its onset it is reported at most; 2.3 s without that. */
    const offsets: [what: string, offset: (second: number) => number, latestS: number][] = [
      ['an offset of 3 %', () => 0.03, 2.8],
      ['an offset of 30 %', () => -0.3, 2.8],
      ['an offset that steps', second => (Math.floor(second / 2) % 2 ? 0.2 : -0.1), 3.5],
      ['hum of 5 Hz', second => 0.5 * Math.sin(2 * Math.PI * 5 * second), 6],
    ];
    /** A quiet cry with that added, which is there before and after it, too. */
    const onOffset = (offset: (second: number) => number): Float32Array =>
      Float32Array.from({ length: 15 * SAMPLE_RATE }, (_, i) => {
        const at = i - 2 * SAMPLE_RATE;
        return offset(i / SAMPLE_RATE) + 0.3 * (scene.at(at < 0 ? scene.length : at) ?? 0);
      });
    const assertHeard = async (source: string, latestS: number, play: () => void): Promise<void> => {
      const running = new Running('listen', source, '--json');
      await running.until('stderr', 'running');
      play();
      await running.until('stdout', '"started"');
      const { stdout } = await running.interrupt();
      const [{ durationS }] = jsonLines<NonNullable<Line['events']>[0]>(stdout);
      assert.ok(durationS < latestS, `${durationS} s after the onset`);
    };

    it('from cameras', async () => {
      await Promise.all(
        offsets.map(async ([, offset, latestS]) => {
          const camera = new RtspCamera();
          await camera.start();
          camera.play(new Float32Array());
          await assertHeard(camera.url, latestS, () => {
            camera.play(onOffset(offset));
          });
          await camera.stop();
        }),
      );
    });

    for (const [what, offset, latestS] of offsets.slice(1))
      // A busy machine plays the sound with gaps, which is heard later.
      it(`from a microphone: ${what}`, async () => {
        await assertHeard('mic:cot', latestS, () => void microphone.play(onOffset(offset)));
      }).retries(2);

    it('from recordings', async () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-offsets-'));
      const formats = ['pcm16', 'pcm24', 'float32', 'pcm16'] as const;
      try {
        for (const [i, [, offset]] of offsets.entries()) {
          const wav = writeWav(onOffset(offset), { rate: SAMPLE_RATE, format: formats[i] });
          writeFileSync(path.join(folder, `${i}.wav`), wav);
        }
        const { stdout } = await deepinfant('classify', folder, '--json');
        const heard = jsonLines(stdout);
        assert.equal(heard.length, offsets.length);
        for (const { events, cry: verdict } of heard) {
          assert.ok(verdict?.isCry);
          assert.ok(Math.abs(events![0].onsetS - 3) < 2, `${events![0].onsetS} s`);
        }
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  });

  it('opens a camera again, shows its password to nobody, and leaves no process behind', async () => {
    const login = { user: 'me', password: 'lullaby-7-secret', scheme: 'Digest' } as const;
    const camera = new RtspCamera({ login });
    await camera.start();
    process.env.DEEPINFANT_CAMERA_PASSWORD = login.password;
    const running = new Running('listen', camera.url.replace('//', '//me@'));
    delete process.env.DEEPINFANT_CAMERA_PASSWORD;
    await running.until('stderr', 'running');
    const ffmpegs = (): string[] =>
      commandLinesOfGroup().filter(line => line.startsWith('ffmpeg') && line.includes('concat'));
    assert.ok(ffmpegs().length > 0);
    assert.ok(!commandLines().some(line => line.includes(login.password)));
    camera.drop();
    await running.until('stderr', 'running', 2);
    const { status, stdout, stderr } = await running.interrupt();
    assert.equal(status, 0);
    assert.match(stdout, /^Heard .+: no cry\.\n$/);
    assert.match(
      stderr,
      /backoff: The camera at 127\.0\.0\.1:\d+ closed the connection\. Next try in 1 s\.\n/,
    );
    assert.ok(!stderr.includes(login.password));
    await until(
      () => ffmpegs().length === 0,
      () => `the end of ${ffmpegs().join('\n')}`,
    );
    await camera.stop();
  });

  it('names the microphones that there are for one that is not there, and takes none for it', async () => {
    const { status, stdout, stderr } = await deepinfant('listen', 'mic:attic');
    assert.deepEqual({ status, stdout }, { status: 1, stdout: '' });
    assert.match(stderr, /^\S+ {2}starting\ndeepinfant: .*attic.*cot.* \(--wait waits for it\.\)\n$/i);
  });

  it('says where the password of a camera comes from', async () => {
    const camera = new RtspCamera({ login: { user: 'me', password: 'lullaby', scheme: 'Digest' } });
    await camera.start();
    const { status, stderr } = await deepinfant('listen', camera.url.replace('//', '//me@'));
    await camera.stop();
    assert.equal(status, 1);
    assert.match(stderr, /environment variable DEEPINFANT_CAMERA_PASSWORD, which is not set\.\n$/);
  });

  it('waits for a source that is not there yet when asked to', async () => {
    const camera = new RtspCamera();
    await camera.start();
    await camera.stop();
    const running = new Running('listen', camera.url, '--wait');
    await running.until('stderr', 'Next try');
    await camera.start();
    await running.until('stderr', 'running');
    assert.equal((await running.interrupt()).status, 0);
    await camera.stop();
  });

  it('refuses a password that everybody can see', async () => {
    const { status, stderr } = await deepinfant('listen', 'rtsp://me:lullaby@192.0.2.1/live');
    assert.equal(status, 2);
    assert.match(
      stderr,
      /^Every user .* DEEPINFANT_CAMERA_PASSWORD, and use rtsp:\/\/me@192\.0\.2\.1\/live\./,
    );
    assert.ok(!stderr.includes('lullaby'));
  });

  it('refuses an address of another scheme', async () => {
    const { status, stderr } = await deepinfant('listen', 'ftp://camera/sound');
    assert.equal(status, 1);
    assert.match(stderr, /^deepinfant: The address of a camera begins with rtsp/);
  });

  it('logs in to cameras to name their streams, as listen takes them', async () => {
    const login = { user: 'me', password: 'lullaby' };
    const device = await OnvifDevice.start({
      id: 'shy-camera',
      scopes: 'onvif://www.onvif.org/name/Shy%20Camera',
      login,
      profiles: [{ token: 'a', uri: 'rtsp://127.0.0.1:554/live' }],
    });
    const without = await deepinfant('devices');
    const lacking = await deepinfant('devices', '--user', 'me');
    process.env.DEEPINFANT_CAMERA_PASSWORD = login.password;
    const withLogin = await deepinfant('devices', '--user', 'me');
    delete process.env.DEEPINFANT_CAMERA_PASSWORD;
    await device.stop();
    assert.match(
      without.stdout,
      /Shy Camera {2}127.*\n.*needs a user name[^]*'deepinfant devices --user NAME' logs in/,
    );
    assert.equal(lacking.status, 2);
    assert.match(lacking.stderr, /^--user needs the password in the environment variable/);
    assert.match(withLogin.stdout, /\n {2}Shy Camera {2}rtsp:\/\/me@127\.0\.0\.1:554\/live {2}/);
    assert.ok(!withLogin.stdout.includes('--user NAME'));
  });

  it('lists microphones, cameras and ffmpeg', async () => {
    const device = await OnvifDevice.start({
      id: 'cot-camera',
      scopes: 'onvif://www.onvif.org/name/Cot%20Camera',
    });
    const [{ status, stdout, stderr }, people] = await Promise.all([
      deepinfant('devices', '--json'),
      deepinfant('devices', '--go2rtc', '127.0.0.1:1'),
    ]);
    await device.stop();
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
    const [found] = jsonLines<{
      microphones: { name: string }[];
      cameras: { name: string }[];
      ffmpeg: string;
    }>(stdout);
    assert.ok(found.microphones.some(({ name }) => name === 'cot'));
    assert.ok(found.cameras.some(({ name }) => name === 'Cot Camera'));
    assert.match(found.ffmpeg, /^\S+$/);
    assert.match(people.stdout, /^Microphones .*\n(.*\n)* {2}cot {2}\(/);
    assert.match(people.stdout, /\n {2}Cot Camera {2}\S+/);
    assert.match(people.stdout, /go2rtc.*127\.0\.0\.1:1/);
    assert.match(people.stdout, /\nffmpeg: \S+\n$/);
  });
});
