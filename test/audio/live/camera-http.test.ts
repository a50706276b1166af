import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { askHttp, rawFormat } from '../../../src/audio/live/http-audio.js';
import { HttpCamera, RAW_STREAMS } from '../../rtsp/http-camera.js';
import { needTools } from '../../tools.js';
import { until } from '../../until.js';
import { rms } from '../signals.js';
import { assertEnds, Listening } from './camera-listening.js';

const LOGIN = { user: 'viewer', password: 'pä/s' };

describe('an HTTP camera', function () {
  let camera: HttpCamera | undefined;
  before(function () {
    needTools(this, 'ffmpeg');
  });
  afterEach(async () => {
    await camera?.stop();
    camera = undefined;
  });

  it('is heard where only the content type says what it sends', async () => {
    camera = new HttpCamera(LOGIN.password);
    await camera.start();
    const { url } = camera;
    const hear = async (type: string): Promise<void> => {
      const listening = new Listening(`${url}/raw?${encodeURIComponent(type)}`, LOGIN);
      await listening.hear(0.5, 50_000);
      await listening.stop();
      assert(rms(listening.samples) > 0.05, type);
    };
    await Promise.all(Object.keys(RAW_STREAMS).map(hear));
  }).timeout(60_000);

  it('is heard where what it calls audio/basic has a header all the same', async () => {
    camera = new HttpCamera();
    await camera.start();
    const listening = new Listening(`${camera.url}/basic.au`);
    await listening.hear(0.5);
    await listening.stop();
    assert(rms(listening.samples) > 0.05);
    assert.deepEqual(listening.formats, [{ codec: 'pcm_mulaw', sampleRate: 8000, channels: 1 }]);
  });

  it('is heard where its sound comes in parts, alone or between pictures', async () => {
    camera = new HttpCamera(LOGIN.password);
    await camera.start();
    const { url } = camera;
    const hear = async (name: string): Promise<void> => {
      const listening = new Listening(`${url}/${name}`, LOGIN);
      await listening.hear(0.5, 50_000);
      await listening.stop();
      assert(rms(listening.samples.slice(-4000)) > 0.05, name);
    };
    const l16 = encodeURIComponent('audio/L16;rate=16000;channels=1');
    const names = ['parts?audio/basic', `parts?${l16}`, 'parts-of-any-length?audio/PCMA'];
    await Promise.all([...names, `parts-with-pictures?${l16}`, 'parts-with-pictures?audio/G722'].map(hear));
  }).timeout(60_000);

  it('is asked once where its answer takes long, as it may begin to fetch the stream for it', async () => {
    camera = Object.assign(new HttpCamera(), { delayMs: 4000 });
    await camera.start();
    const { url } = camera;
    const names = ['live.aac', 'live.mp3', 'live.ts', 'raw?audio/basic'];
    await Promise.all(
      names.map(async name => {
        const listening = new Listening(`${url}/${name}`);
        await listening.hear(0.3, 40_000);
        await listening.stop();
      }),
    );
    assert.equal(camera.requests, names.length);
  }).timeout(60_000);

  it('is waited for while its playlist is empty', async () => {
    const head = '#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:0\n';
    for (const emptyPlaylists of [
      ['', head],
      [head, '#EXTM3U\n', ''],
    ]) {
      camera = Object.assign(new HttpCamera(LOGIN.password), { emptyPlaylists });
      await camera.start();
      const listening = new Listening(`${camera.url}/live.m3u8`, LOGIN);
      await listening.hear(0.3);
      await listening.stop();
      await camera.stop();
    }
    camera = undefined;
  }).timeout(60_000);

  it('is heard where it redirects to another server, which the login does not go to', async () => {
    const other = new HttpCamera();
    const locked = new HttpCamera('another');
    camera = new HttpCamera(LOGIN.password);
    await Promise.all([camera.start(), other.start(), locked.start()]);
    camera.elsewhere = other.url;
    const listening = new Listening(`${camera.url}/moved/raw?audio/basic`, LOGIN);
    await listening.hear(0.3);
    await listening.stop();
    camera.elsewhere = locked.url;
    const refused = await askHttp(
      { url: `${camera.url}/moved/raw?audio/basic`, ...LOGIN },
      10_000,
      new AbortController().signal,
    );
    assert.equal(refused?.status, 401);
    assert.equal(locked.wrongLogins, 0);
    await Promise.all([other.stop(), locked.stop()]);
  });

  for (const [stream, track] of [
    ['tracks.ts', 2],
    ['tracks.mkv', 2],
    ['hum.mkv', 2],
    ['programs.ts', 3],
  ] as const)
    it(`is heard on the track that sounds: ${stream}`, async () => {
      camera = new HttpCamera();
      await camera.start();
      const listening = new Listening(`${camera.url}/${stream}`);
      await until(
        () => listening.formats.at(-1)?.track === track && rms(listening.samples.slice(-4000)) > 0.05,
        `track ${track}`,
        20_000,
      );
      await listening.stop();
    }).timeout(30_000);

  it('is heard with a Digest, whichever it offers in whatever order', async () => {
    const offers = [['SHA-256'], ['MD5', 'SHA-256'], ['SHA-256', 'MD5'], ['MD5']] as const;
    const hear = async (algorithms: (typeof offers)[number]): Promise<void> => {
      const what = algorithms.join(', then ');
      const digest = new HttpCamera(LOGIN.password, { scheme: 'Digest', algorithms });
      await digest.start();
      try {
        const listening = new Listening(`${digest.url}/live.aac`, LOGIN);
        await listening.hear(0.3, 40_000);
        await listening.stop();
        assert.equal(digest.wrongLogins, 0, what);
        const wrong = new Listening(`${digest.url}/live.aac`, { ...LOGIN, password: 'hunter2' });
        await assertEnds(wrong, 'wrong-password', new RegExp(`login by Digest ${algorithms[0]}`));
        assert.equal(digest.wrongLogins, 1, what);
      } finally {
        await digest.stop();
      }
    };
    await Promise.all(offers.map(hear));
  }).timeout(60_000);
});

describe('askHttp', () => {
  it('is over in time where a server sends a head and no sound', async () => {
    const server = createServer((_, response) => {
      response.writeHead(200, { 'Content-Type': 'audio/basic' });
      response.flushHeaders();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const start = performance.now();
    const answer = await askHttp({ url, user: '', password: '' }, 300, new AbortController().signal);
    assert.equal(answer, undefined);
    // Else it would wait until the server gave up, minutes later.
    assert(performance.now() - start < 15_000);
    server.closeAllConnections();
    server.close();
  });
});

describe('rawFormat', () => {
  it('reads rate and channels, and leaves to ffmpeg what has a header', () => {
    assert.deepEqual(rawFormat('audio/L16;rate=44100;channels=2'), [
      '-f',
      's16be',
      '-ar',
      '44100',
      '-ac',
      '2',
    ]);
    assert.deepEqual(rawFormat('Audio/BASIC'), ['-f', 'mulaw', '-ar', '8000', '-ac', '1']);
    for (const type of ['audio/aac', 'audio/mpeg', 'audio/wav', 'video/mp4', 'multipart/x-mixed-replace', ''])
      assert.equal(rawFormat(type), undefined);
  });
});
