import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer, type Server } from 'node:tls';
import type { AudioFormat, SourceTrouble } from '../../../src/values.js';
import { GstServer } from '../../rtsp/gst-server.js';
import { HttpCamera } from '../../rtsp/http-camera.js';
import { RtspCamera } from '../../rtsp/rtsp-camera.js';
import { needTools } from '../../tools.js';
import { assertEnds, gapIn, Listening } from './camera-listening.js';
import { rms } from '../signals.js';

function block(durationMs: number): void {
  const endMs = performance.now() + durationMs;
  while (performance.now() < endMs);
}

/** Numbers of this process's children, also of dead ones that nobody has waited for. */
function children(): string[] {
  return readdirSync('/proc').filter(pid => {
    try {
      // The name may hold anything but ends at the last parenthesis; state and parent follow.
      return (
        readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[1] === String(process.pid)
      );
    } catch {
      return false; // No process, or gone meanwhile.
    }
  });
}

/** A server that decrypts what it gets, and passes it on to a port. */
function makeTls(context: Mocha.Context, port: number): Server {
  const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=camera', '-keyout', '-'];
  needTools(context, 'openssl');
  const { stdout: pem } = spawnSync('openssl', args);
  return createServer({ key: pem, cert: pem }, encrypted => {
    const plain = connect(port, '127.0.0.1');
    encrypted.pipe(plain).pipe(encrypted);
    encrypted.on('error', () => plain.destroy());
  });
}

describe('startCamera', function () {
  let camera: RtspCamera | undefined;

  async function start(...tracks: ConstructorParameters<typeof RtspCamera>): Promise<RtspCamera> {
    camera = new RtspCamera(...tracks);
    await camera.start();
    return camera;
  }

  before(function () {
    needTools(this, 'ffmpeg');
  });
  afterEach(async () => {
    await camera?.stop();
    camera = undefined;
    if (process.platform === 'linux') assert.deepEqual(children(), [], 'processes are left');
  });

  it('hears every sample of the sound alone, within half a second', async () => {
    const { url, requests } = await start({ video: true });
    const listening = new Listening(url);
    await listening.hear(0.5);
    await listening.stop();
    console.log(`      first sample after ${Math.round(listening.firstAfterMs)} ms`);
    assert.deepEqual(requests, ['OPTIONS', 'DESCRIBE', 'SETUP audio TCP', 'PLAY']);
    assert.deepEqual(listening.formats, [{ codec: 'pcm_s16be', sampleRate: 16000, channels: 1 }]);
    assert.equal(gapIn(listening.samples), 0);
  });

  it('hears G.711', async () => {
    const { url } = await start({ audio: 'PCMA' });
    const listening = new Listening(url);
    await listening.hear(0.5);
    await listening.stop();
    assert.deepEqual(listening.formats, [{ codec: 'pcm_alaw', sampleRate: 8000, channels: 1 }]);
    assert(rms(listening.samples) > 0.1);
  });

  it('tells nothing after it was stopped, and may be stopped twice and at once', async () => {
    const { url } = await start();
    const listening = new Listening(url);
    void listening.ended.then(() => assert.fail('it ended'));
    await listening.hear(0.2);
    // What the camera, late then, sends at once lies ready and unread when it is stopped.
    block(50);
    await sleep(1);
    block(100);
    const stopped = listening.stop();
    const { length } = listening.samples;
    await stopped;
    await listening.stop();
    assert.equal(listening.samples.length, length);
    const never = new Listening(url);
    await never.stop();
    assert.equal(never.samples.length, 0);
  });

  it('leaves no process after 20 starts and stops', async () => {
    const { url } = await start();
    for (let i = 0; i < 20; i++) {
      const listening = new Listening(url);
      await (i % 4 > 0 ? sleep(5 * i) : listening.hear(0.01));
      await listening.stop();
      assert.deepEqual(children(), []);
    }
  });

  it('hears over TLS, whoever signed the certificate', async function () {
    const { url } = await start();
    const tls = makeTls(this, Number(new URL(url).port));
    tls.listen(0, '127.0.0.1');
    await once(tls, 'listening');
    const listening = new Listening(`rtsps://127.0.0.1:${(tls.address() as AddressInfo).port}/live`);
    await listening.hear(0.1);
    await listening.stop();
    tls.close();
  });

  describe('a camera that misbehaves', () => {
    it('is asked for all media when it refuses the sound alone', async () => {
      const { url, requests } = Object.assign(await start({ video: true }), { audioOnlyStatus: 454 });
      const listening = new Listening(url);
      await listening.hear(0.5);
      await listening.stop();
      assert.deepEqual(requests.slice(-3), ['SETUP video TCP', 'SETUP audio TCP', 'PLAY']);
      assert.equal(gapIn(listening.samples), 0);
    });

    for (const transportStatus of [461, 400, 406])
      it(`is asked for UDP when it refuses TCP with ${transportStatus}`, async () => {
        const { url } = Object.assign(await start(), { transports: ['UDP'], transportStatus });
        const listening = new Listening(url);
        await listening.hear(0.5);
        await listening.stop();
        assert.equal(gapIn(listening.samples), 0);
      });

    it('keeps the time over what it did not send', async () => {
      await start();
      const listening = new Listening(camera!.url);
      await listening.hear(0.5);
      camera!.sends = 'nothing';
      const startS = camera!.offeredS;
      await sleep(1000);
      camera!.sends = 'all';
      const withheldS = camera!.offeredS - startS;
      await listening.hear(1 + withheldS);
      await listening.stop();
      const gapS = gapIn(listening.samples) / 16000;
      assert(Math.abs(gapS - withheldS) < 0.1, `a gap of ${gapS} s, not of ${withheldS} s`);
    });

    it('is disconnected when the connection breaks', async () => {
      await start();
      const listening = new Listening(camera!.url);
      await listening.hear(0.1);
      camera!.drop();
      await assertEnds(listening, 'disconnected', /closed the connection/);
    });

    it('can be stopped when its sound ends and its picture goes on, or garbage comes', async () => {
      Object.assign(await start({ video: true }), { audioOnlyStatus: 454 });
      const listening = new Listening(camera!.url);
      await listening.hear(0.1);
      for (const sends of ['video', 'garbage'] as const) {
        camera!.sends = sends;
        await sleep(300);
      }
      await listening.stop();
    });

    it('says what is wrong', async () => {
      await start();
      const ends = async (kind: SourceTrouble, message: RegExp): Promise<void> => {
        await assertEnds(new Listening(camera!.url), kind, message);
      };
      camera!.describeStatus = 404;
      await ends('not-found', /no stream at rtsp:\/\/127\.0\.0\.1:\d+\/live\. The path/);
      camera!.describeStatus = 403;
      await ends('wrong-password', /does not accept the user name and password/);
      camera!.describeStatus = 503;
      await ends('not-a-stream', /too busy/);
      camera!.describeStatus = 418;
      await ends('not-a-stream', /ffmpeg says: .*418/);
      camera!.describeStatus = 200;
      camera!.transports = [];
      await ends('not-a-stream', /over neither TCP nor UDP/);
      camera!.transportStatus = 400;
      await ends('not-a-stream', /refuses the request for its stream \(400/);
      camera!.answers = 'garbage';
      await ends('not-a-stream', /not as a camera does/);
      await camera!.stop();
      await ends('unreachable', /Nothing listens at 127\.0\.0\.1:\d+\./);
    });

    it('is waited for, and not for ever', async () => {
      const cameras = Array.from({ length: 3 }, () => new RtspCamera({ video: true }));
      const [shy, mute, frozen] = cameras;
      await Promise.all(cameras.map(camera => camera.start()));
      shy.feedsAudioOnly = false;
      mute.answers = 'nothing';
      const [fromShy, fromMute, fromFrozen] = cameras.map(
        camera => new Listening(camera.url, undefined, { openMs: camera === mute ? 4000 : 8000 }),
      );
      await fromFrozen.hear(0.1);
      frozen.sends = 'nothing';
      await assertEnds(fromMute, 'not-a-stream', /restart the camera/);
      await assertEnds(fromFrozen, 'disconnected', /stopped sending/);
      // It agreed to send the sound alone; now it is asked for all media.
      await fromShy.hear(0.1);
      await fromShy.stop();
      await Promise.all(cameras.map(camera => camera.stop()));
    });

    it('says when it has a picture but no sound', async () => {
      const { url } = await start({ audio: null, video: true });
      await assertEnds(new Listening(url), 'no-audio', /Switch the microphone on/);
    });

    it('says when its name is unknown', async () => {
      const listening = new Listening('rtsp://no-such-camera.invalid/live');
      await assertEnds(
        listening,
        'unreachable',
        /No device in this network is called no-such-camera\.invalid/,
      );
    });

    it('says when it is asked for encryption that it lacks', async () => {
      const { url } = Object.assign(await start(), { answers: 'garbage' });
      await assertEnds(new Listening(url.replace('rtsp', 'rtsps')), 'not-a-stream', /begins with rtsp:\/\//);
    });
  });

  describe('a password', () => {
    const login = { user: 'me@home', password: 'p@ss:w/o?r#d%41 \'"\\ä&=+$' };

    for (const scheme of ['Basic', 'Digest'] as const)
      it(`is told by ${scheme}, and neither in a process list nor in a message`, async () => {
        const { url } = await start({ login: { scheme, ...login } });
        const listening = new Listening(url, login);
        await listening.hear(0.1);
        const secrets = [login.password, encodeURIComponent(login.password), 'p%40ss', 'p@ss'];
        for (const pid of [...children(), String(process.pid)])
          for (const file of ['cmdline', 'environ']) {
            const shown = readFileSync(`/proc/${pid}/${file}`, 'utf8');
            for (const secret of secrets) assert(!shown.includes(secret), `in ${file}`);
          }
        assert.equal(children().length, 1);
        await listening.stop();
        camera!.describeStatus = 418;
        const { message } = await new Listening(url, login).ended;
        for (const secret of secrets) assert(!message.includes(secret), message);
      });

    it('may be as long as is accepted', async () => {
      const long = { user: 'viewer', password: 'x'.repeat(120) };
      const { url } = await start({ login: { scheme: 'Digest', ...long } });
      const listening = new Listening(url, long);
      await listening.hear(0.1);
      await listening.stop();
    });

    it('that is wrong is asked for, and tried no more than once', async () => {
      const { url, requests } = await start({ login: { scheme: 'Digest', ...login } });
      const listening = new Listening(url, { ...login, password: 'hunter2' });
      await assertEnds(listening, 'wrong-password', /Enter those that were set for the camera/);
      assert.deepEqual(requests, ['DESCRIBE', 'OPTIONS', 'DESCRIBE', 'DESCRIBE']);
    });
  });

  describe('ffmpeg', () => {
    const pathBefore = process.env.PATH;
    let folder: string;
    before(() => {
      folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-camera-'));
    });
    afterEach(() => {
      process.env.PATH = pathBefore;
    });
    after(() => {
      rmSync(folder, { recursive: true });
    });

    it('that is missing is asked for', async () => {
      process.env.PATH = folder;
      const listening = new Listening('rtsp://127.0.0.1:1/live');
      await assertEnds(listening, 'no-program', /apt install ffmpeg/);
    });

    it('older than 5 is given no options, and hears all the same', async () => {
      const script = [
        '#!/bin/sh',
        `PATH='${pathBefore}'`,
        'script=$(cat)',
        'case "$script" in *option*)',
        '  echo "[concat @ 0x1] [error] Line 3: unknown keyword \'option\'" >&2',
        '  exit 1',
        'esac',
        'exec ffmpeg "$@" <<END',
        '$script',
        'END',
      ];
      writeFileSync(path.join(folder, 'ffmpeg'), script.join('\n'));
      chmodSync(path.join(folder, 'ffmpeg'), 0o755);
      process.env.PATH = `${folder}:${pathBefore}`;
      const { url } = Object.assign(await start(), { transports: ['TCP'] });
      const listening = new Listening(url);
      await listening.hear(0.1);
      await listening.stop();
    });
  });
});

describe('startCamera over HTTP', function () {
  const login = { user: 'viewer', password: 'pä/s' };
  let camera: HttpCamera;
  before(async function () {
    needTools(this, 'ffmpeg');
    camera = new HttpCamera(login.password);
    await camera.start();
  });
  after(() => camera.stop());

  for (const [stream, codec] of [
    ['live.aac', 'aac'],
    ['live.mp3', 'mp3'],
    ['live.m3u8', 'aac'],
  ])
    it(`hears ${stream}`, async () => {
      const listening = new Listening(`${camera.url}/${stream}`, login);
      await listening.hear(0.5);
      await listening.stop();
      console.log(`      first sample after ${Math.round(listening.firstAfterMs)} ms`);
      assert.deepEqual(listening.formats, [{ codec, sampleRate: 16000, channels: 1 }]);
      assert(rms(listening.samples) > 0.05);
    });

  it('says what is wrong', async () => {
    const ends = (name: string, kind: SourceTrouble, message: RegExp): Promise<void> =>
      // Once to learn what it sends, and once to hear it, the silent one is waited for in vain.
      assertEnds(
        new Listening(`${camera.url}/${name}`, login, { openMs: name === 'silent' ? 2000 : 5000 }),
        kind,
        message,
      );
    await Promise.all([
      ends('silent', 'unreachable', /does not answer/),
      ends('nothing.aac', 'not-found', /no stream at http/),
      ends('page.html', 'not-a-stream', /not as a camera does/),
      ends('picture.ts', 'no-audio', /picture but no sound/),
      ends('recording.wav', 'disconnected', /it is a recording/),
      assertEnds(new Listening(`${camera.url}/live.aac`), 'wrong-password', /user name and password/),
    ]);
  });

  it('is disconnected when the connection breaks', async () => {
    const listening = new Listening(`${camera.url}/live.aac`, login);
    await listening.hear(0.1);
    camera.drop();
    await assertEnds(listening, 'disconnected', /closed the connection/);
  });
});

describe("startCamera at GStreamer's server", function () {
  const FORMATS: Record<string, AudioFormat> = {
    pcma: { codec: 'pcm_alaw', sampleRate: 8000, channels: 1 },
    pcmu: { codec: 'pcm_mulaw', sampleRate: 8000, channels: 1 },
    aac: { codec: 'aac', sampleRate: 16000, channels: 1 },
    // Always so in RTP (RFC 7587).
    opus: { codec: 'opus', sampleRate: 48000, channels: 2 },
    l16: { codec: 'pcm_s16be', sampleRate: 16000, channels: 1 },
  };
  const login = { user: 'viewer', password: 'pä@ss' };
  before(function () {
    needTools(this, 'ffmpeg', 'gst-rtsp-server');
  });

  for (const [scheme, suffix, what] of [
    ['Basic', '', 'sound'],
    ['Digest', '-h264', 'sound and picture'],
  ] as const)
    it(`hears five codecs of ${what}, with ${scheme}`, async () => {
      const server = await GstServer.start({ scheme, ...login });
      try {
        const hear = async ([stream, format]: [string, AudioFormat]): Promise<void> => {
          const listening = new Listening(server.url(`${stream}${suffix}`), login);
          await listening.hear(0.3);
          await listening.stop();
          assert.deepEqual(listening.formats, [format]);
          assert(rms(listening.samples) > 0.1);
        };
        await Promise.all(Object.entries(FORMATS).map(hear));
        const wrong = new Listening(server.url('pcma'), { ...login, password: 'hunter2' });
        await assertEnds(wrong, 'wrong-password', /user name and password/);
        await assertEnds(new Listening(server.url('none'), login), 'not-found', /no stream at/);
      } finally {
        await server.stop();
      }
    });
});
