import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import { findCameras } from '../../../src/audio/cameras/find.js';
import { findFrigateStreams } from '../../../src/audio/cameras/frigate.js';
import { findGo2rtcStreams } from '../../../src/audio/cameras/go2rtc.js';
import { serverUrl } from '../../../src/get-json.js';
import { OnvifDevice } from '../../onvif/device.js';
import { TestServer } from './json-server.js';

const NEVER = new AbortController().signal;

/** As go2rtc 1.9 tells: one stream that is watched, one that is not, one that has a loudspeaker. */
const STREAMS = {
  cot: {
    producers: [
      {
        id: 1,
        format_name: 'rtsp',
        url: 'rtsp://admin:secret@10.0.0.5/stream1',
        medias: ['video, recvonly, H264', 'audio, recvonly, PCMA/8000', 'audio, sendonly, PCMA/8000'],
      },
    ],
    consumers: [],
  },
  'the door': { producers: [{ url: 'rtsp://admin:secret@10.0.0.6/stream1' }], consumers: null },
  cot_sub: {
    producers: [{ url: 'ffmpeg:cot#audio=aac', medias: ['audio, recvonly, MPEG4-GENERIC/16000/1'] }],
    consumers: null,
  },
};

describe('servers of camera streams', () => {
  let servers: TestServer[] = [];

  async function start(answers: Record<string, unknown>): Promise<string> {
    const server = await TestServer.start(answers);
    servers.push(server);
    return server.host;
  }

  afterEach(async () => {
    await Promise.all(servers.map(server => server.stop()));
    servers = [];
  });

  describe('go2rtc', () => {
    it('tells its streams with their tracks, and no password', async () => {
      const host = await start({
        '/api/streams': STREAMS,
        '/api': { version: '1.9.14', rtsp: { listen: ':8555' } },
      });
      const camera = { host: '127.0.0.1:8555', via: 'go2rtc' };
      assert.deepEqual(await findGo2rtcStreams(host, NEVER), [
        {
          ...camera,
          name: 'cot',
          address: 'rtsp://127.0.0.1:8555/cot',
          tracks: [
            { kind: 'video', codec: 'H264' },
            { kind: 'audio', codec: 'PCMA 8 kHz' },
          ],
        },
        { ...camera, name: 'the door', address: 'rtsp://127.0.0.1:8555/the%20door', tracks: undefined },
        {
          ...camera,
          name: 'cot_sub',
          address: 'rtsp://127.0.0.1:8555/cot_sub',
          tracks: [{ kind: 'audio', codec: 'AAC 16 kHz' }],
        },
      ]);
    });

    it('of versions before 1.3 and of those that tell nothing of themselves is understood, too', async () => {
      const medias = [
        'video, sendonly, 96 H264/90000',
        'audio, sendonly, 8 PCMA/8000',
        'audio, recvonly, 0 PCMU/8000',
      ];
      const old = { producers: [{ type: 'RTSP source', medias }], consumers: null };
      const host = await start({ '/api/streams': { old, locked: null } });
      const [first, second] = await findGo2rtcStreams(`http://${host}`, NEVER);
      assert.equal(first.address, 'rtsp://127.0.0.1:8554/old');
      assert.deepEqual(first.tracks, [
        { kind: 'video', codec: 'H264' },
        { kind: 'audio', codec: 'PCMA 8 kHz' },
      ]);
      assert.equal(second.tracks, undefined);
    });

    for (const listen of ['', ':0', ':118554', ':65536']) {
      it(`that passes nothing on says so: '${listen}'`, async () => {
        const host = await start({ '/api/streams': STREAMS, '/api': { rtsp: { listen } } });
        await assert.rejects(findGo2rtcStreams(host, NEVER), {
          code: 'no-restream',
          message: /listen: ":8554"/,
        });
      });
    }

    it('says what is wrong with an address, a login, another server', async () => {
      const json = (body: string) => (response: ServerResponse) => response.end(body);
      const status = (code: number) => (response: ServerResponse) => response.writeHead(code).end('no');
      const expected: [answer: unknown, code: string, message: RegExp][] = [
        [
          status(401),
          'wants-login',
          /go2rtc at http:\/\/127.* asks for a login\. Enter a stream's address by hand/,
        ],
        [status(500), 'server-error', /go2rtc at http:\/\/127.* does not work \(500 Internal Server Error\)/],
        [undefined, 'not-the-server', /replies 404/],
        [json('<html>'), 'not-the-server', /reply is not JSON/],
        [json('[1]'), 'not-the-server', /lists no streams/],
        [json('null'), 'not-the-server', /lists no streams/],
        [json(`{"a":"${'x'.repeat(9 << 20)}"}`), 'not-the-server', /larger than 8 MB/],
        [(response: ServerResponse) => response.destroy(), 'unreachable', /cannot be reached/],
        [
          (response: ServerResponse) => response.writeHead(301, { location: 'http://127.0.0.1:1/' }).end(),
          'not-the-server',
          /replies 301/,
        ],
      ];
      for (const [answer, code, message] of expected) {
        const host = await start({ '/api/streams': answer });
        await assert.rejects(findGo2rtcStreams(host, NEVER), { code, message });
      }
      const closed = await TestServer.start({});
      await closed.stop();
      await assert.rejects(findGo2rtcStreams(closed.host, NEVER), {
        code: 'unreachable',
        message: /ECONNREFUSED/,
      });
      for (const address of [
        '',
        'a b',
        'ftp://host',
        'file:///etc/passwd',
        'http://u:secret@host',
        'http://',
      ])
        await assert.rejects(
          findGo2rtcStreams(address, NEVER),
          (error: Error & { code: string }) =>
            error.code === 'bad-address' && !error.message.includes('secret'),
        );
    });

    it('that says nothing is given up, at once when told to', async () => {
      const host = await start({ '/api/streams': () => undefined });
      const startedMs = performance.now();
      const stopping = new AbortController();
      const stopped = assert.rejects(findGo2rtcStreams(host, stopping.signal), { name: 'AbortError' });
      stopping.abort();
      await stopped;
      // Else after 5 s.
      assert.ok(performance.now() - startedMs < 4500);
      await assert.rejects(findGo2rtcStreams(host, NEVER), { code: 'unreachable', message: /within 5 s/ });
    });
  });

  describe('Frigate', () => {
    const CONFIG = {
      cameras: { cot: { enabled: true, friendly_name: "Mia's cot" }, door: { enabled: true } },
      go2rtc: {
        streams: { cot: ['rtsp://10.0.0.5/stream1'], door: 'rtsp://10.0.0.6/' },
        rtsp: { username: 'u' },
      },
    };

    it('tells the streams that it passes on, by the names that it shows', async () => {
      const host = await start({ '/api/config': CONFIG, '/api/go2rtc/streams': STREAMS });
      const camera = { host: '127.0.0.1:8554', via: 'frigate' };
      assert.deepEqual(await findFrigateStreams(host, NEVER), [
        {
          ...camera,
          name: "Mia's cot",
          address: 'rtsp://127.0.0.1:8554/cot',
          tracks: [
            { kind: 'video', codec: 'H264' },
            { kind: 'audio', codec: 'PCMA 8 kHz' },
          ],
        },
        { ...camera, name: 'door', address: 'rtsp://127.0.0.1:8554/door', tracks: undefined },
      ]);
    });

    it('that does not tell tracks tells the rest', async () => {
      const host = await start({ '/base/api/config': CONFIG });
      const found = await findFrigateStreams(`http://${host}/base`, NEVER);
      assert.deepEqual(
        found.map(({ name, tracks }) => ({ name, tracks })),
        [
          { name: "Mia's cot", tracks: undefined },
          { name: 'door', tracks: undefined },
        ],
      );
    });

    it('says what is wrong', async () => {
      const bare = await start({ '/api/config': { ...CONFIG, go2rtc: {} } });
      await assert.rejects(findFrigateStreams(bare, NEVER), {
        code: 'no-restream',
        message: /restreams none/,
      });
      const other = await start({ '/api/config': { version: 1 } });
      await assert.rejects(findFrigateStreams(other, NEVER), {
        code: 'not-the-server',
        message: /lists no cameras/,
      });
      const guarded = await start({
        '/api/config': (response: ServerResponse) => response.writeHead(401).end(),
      });
      await assert.rejects(findFrigateStreams(guarded, NEVER), { code: 'wants-login', message: /port 5000/ });
    });
  });

  it('answer at their usual port unless an address says another', () => {
    assert.equal(serverUrl('pi', 1984).href, 'http://pi:1984/');
    assert.equal(serverUrl('pi:80', 1984).href, 'http://pi/');
    assert.equal(serverUrl(' https://pi/x?y ', 1984).href, 'https://pi/x/');
    assert.equal(serverUrl('::1', 5000).href, 'http://[::1]:5000/');
    assert.equal(serverUrl('http://pi//x', 5000).href, 'http://pi//x/');
  });

  it('and ONVIF cameras are found together, each stream once, and what fails keeps nothing from the rest', async function () {
    this.timeout(90_000);
    const config = { cameras: { cot: {} }, go2rtc: { streams: { cot: [] } } };
    const frigate = await start({ '/api/config': config });
    const go2rtc = await start({ '/api/streams': { cot: null, door: null } });
    const device = await OnvifDevice.start({ id: 'camera', profiles: [{ token: 'a', uri: 'rtsp://h/a' }] });
    try {
      const { cameras, problems } = await findCameras({ frigate, go2rtc }, NEVER);
      assert.deepEqual(
        cameras.filter(({ host }) => host.startsWith('127.0.0.1')).map(({ via, address }) => [via, address]),
        [
          ['frigate', 'rtsp://127.0.0.1:8554/cot'],
          ['go2rtc', 'rtsp://127.0.0.1:8554/door'],
          ['onvif', 'rtsp://127.0.0.1/a'],
        ],
      );
      assert.deepEqual(problems, []);
      const failing = await findCameras({ frigate: '127.0.0.1:1', go2rtc: 'a b' }, NEVER);
      assert.equal(failing.problems.length, 2);
      assert.ok(failing.cameras.some(({ address }) => address === 'rtsp://127.0.0.1/a'));
      await assert.rejects(findCameras({ go2rtc }, AbortSignal.abort()), { name: 'AbortError' });
    } finally {
      await device.stop();
    }
  });
});
