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

  for (const stream of ['tracks.ts', 'tracks.mkv'])
    it(`is heard on the track that sounds: ${stream}`, async () => {
      camera = new HttpCamera();
      await camera.start();
      const listening = new Listening(`${camera.url}/${stream}`);
      await until(() => rms(listening.samples.slice(-8000)) > 0.05, 'the second track', 20_000);
      await listening.stop();
      assert.equal(listening.formats.at(-1)!.track, 2);
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
