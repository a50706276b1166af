import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import { printableText, type FoundCamera } from '../../../src/audio/cameras/found.js';
import { findOnvifCameras } from '../../../src/audio/cameras/onvif.js';
import { envelope, OnvifDevice, type DeviceOptions } from '../../onvif/device.js';

const LOGIN = { user: 'baby', password: 'grün&5' };
const PROFILES = [{ token: 'a', uri: 'rtsp://h/a' }];

/** Of what this machine's networks have, the tests' devices, by name. */
async function find(login: typeof LOGIN | undefined, signal: AbortSignal): Promise<Map<string, FoundCamera>> {
  const cameras = await findOnvifCameras(login, signal);
  return new Map(cameras.filter(({ host }) => host === '127.0.0.1').map(camera => [camera.name, camera]));
}

describe('ONVIF cameras', function () {
  this.timeout(90_000);
  const never = new AbortController().signal;
  let devices: Record<string, OnvifDevice> = {};

  async function start(...all: DeviceOptions[]): Promise<void> {
    for (const options of all) devices[options.id] = await OnvifDevice.start(options);
  }

  async function stop(): Promise<void> {
    await Promise.all(Object.values(devices).map(device => device.stop()));
    devices = {};
  }

  describe('of many kinds at once', () => {
    let found: Map<string, FoundCamera>;
    let tookMs: number;

    before(async () => {
      const video = { encoding: 'H264', width: 1920, height: 1080 };
      const audio = { encoding: 'AAC', sampleRate: 16 };
      const match = (xAddrs: string, address: string): string =>
        envelope(
          `<d:ProbeMatches><d:ProbeMatch><a:EndpointReference><a:Address>${address}</a:Address></a:EndpointReference>` +
            `<d:XAddrs>${xAddrs}</d:XAddrs></d:ProbeMatch></d:ProbeMatches>`,
        );
      const instead = (broken: string, body: string): DeviceOptions['answer'] => {
        return (action, response) => {
          if (action === broken) response.end(body);
          return action === broken;
        };
      };
      await start(
        {
          id: 'malformed',
          matches: () => [
            '',
            'not XML',
            Buffer.alloc(60_000, '<a>'),
            envelope(''),
            envelope('<d:ProbeMatches/>'),
            envelope('<__proto__><probeMatch/></__proto__>'),
            match('', 'urn:none'),
            match('nonsense file:///etc/passwd https://127.0.0.1/', 'urn:other'),
          ],
        },
        {
          id: 'nursery',
          scopes: 'onvif://www.onvif.org/location/home onvif://www.onvif.org/name/Mia%27s%20room',
          login: LOGIN,
          clockAheadMs: 3 * 3600_000,
          profiles: [
            { token: 'silent', video: { ...video, width: 640, height: 360 }, uri: 'rtsp://192.0.2.1/silent' },
            { token: 'large', audio, video, uri: 'rtsp://192.0.2.1/large' },
            {
              token: '1',
              audio,
              video: { ...video, width: 640, height: 480 },
              uri: 'rtsp://baby:pass@192.0.2.1:8554/small?a=1&b=2',
            },
          ],
        },
        {
          id: 'recorder',
          profiles: [
            {
              token: 'a',
              name: 'Cot',
              source: 's1',
              uri: 'rtsp://h/cot',
              audio: { encoding: 'G711', sampleRate: 8000 },
            },
            { token: 'b', name: 'Door', source: 's2', uri: 'rtsp://h/door', video },
          ],
        },
        { id: 'evil', scopes: `onvif://www.onvif.org/name/%1B[2J%0A${'x'.repeat(200)}`, profiles: PROFILES },
        { id: 'locked', login: { ...LOGIN, password: 'other' }, profiles: PROFILES },
        { id: 'no-time', answer: instead('GetSystemDateAndTime', '<html>hello') },
        { id: 'no-services', answer: instead('GetServices', envelope('')) },
        { id: 'no-profiles' },
        { id: 'no-uri', profiles: PROFILES, answer: instead('GetStreamUri', envelope('')) },
        { id: 'file', profiles: [{ token: 'a', uri: 'file:///etc/passwd' }] },
        { id: 'mute', answer: () => true },
        {
          id: 'endless',
          answer: (_, response) => {
            const more = (): void => {
              while (response.writable && response.write(Buffer.alloc(65_536, 'x')));
            };
            response.on('drain', more);
            more();
            return true;
          },
        },
      );
      const startedMs = performance.now();
      found = await find(LOGIN, never);
      tookMs = performance.now() - startedMs;
    });

    after(stop);

    it('tells the cheapest stream with sound, without user and password, at the address that answered', () => {
      assert.deepEqual(found.get("Mia's room"), {
        name: "Mia's room",
        host: '127.0.0.1',
        via: 'onvif',
        address: 'rtsp://127.0.0.1:8554/small?a=1&b=2',
        tracks: [
          { kind: 'audio', codec: 'AAC 16 kHz' },
          { kind: 'video', codec: 'H264 640x480' },
        ],
      });
    });

    it('tells every camera of a recorder, and a stream that has no picture', () => {
      assert.deepEqual(found.get('recorder: Cot'), {
        name: 'recorder: Cot',
        host: '127.0.0.1',
        via: 'onvif',
        address: 'rtsp://127.0.0.1/cot',
        tracks: [{ kind: 'audio', codec: 'G711 8 kHz' }],
      });
      assert.deepEqual(found.get('recorder: Door')!.tracks, [{ kind: 'video', codec: 'H264 1920x1080' }]);
    });

    it('tries a wrong password once', () => {
      const { problem, address } = found.get('locked')!;
      assert.equal(problem?.message, 'It does not accept this user name and password.');
      assert.equal(address, undefined);
      assert.deepEqual(devices.locked.asked, ['GetSystemDateAndTime', 'GetServices']);
    });

    it('says of what speaks nonsense that it did not name its stream', () => {
      for (const name of ['no-time', 'no-services', 'no-profiles', 'no-uri', 'file']) {
        const { problem, address } = found.get(name)!;
        assert.match(problem!.message, /^It did not name its stream: .+\. Choose its brand/);
        assert.equal(address, undefined);
      }
    });

    it('does not wait for what is silent, nor read what never ends', () => {
      // It gives up after 8 s; what has no end would hold it up until the test's own.
      assert.ok(tookMs < 15_000, `${tookMs} ms`);
      assert.match(found.get('mute')!.problem!.message, /Network timeout/);
      assert.match(found.get('endless')!.problem!.message, /answers without end/);
    });

    it('makes names printable', () => {
      const name = printableText(`[2J ${'x'.repeat(200)}`);
      assert.equal(name.length, 80);
      assert.equal(found.get(name)!.address, 'rtsp://127.0.0.1/a');
    });

    it('leaves out what answers malformed', () => {
      assert.equal(found.size, 12, [...found.keys()].join());
    });
  });

  describe('one by one', () => {
    afterEach(stop);

    it('says that a login is wanted', async () => {
      await start({ id: 'locked', login: LOGIN, profiles: PROFILES });
      const found = await find(undefined, never);
      assert.match(found.get('locked')!.problem!.message, /^It needs a user name and password/);
    });

    it('ends at once when it is told to', async () => {
      await start({ id: 'mute', answer: () => true });
      const stopping = new AbortController();
      const finding = find(undefined, stopping.signal);
      const startedMs = performance.now();
      setTimeout(() => {
        stopping.abort();
      }, 500);
      await assert.rejects(finding, { name: 'AbortError' });
      // Else it waits for answers for 2 s, and for the device for 3 s.
      assert.ok(performance.now() - startedMs < 4500);
      await assert.rejects(find(undefined, stopping.signal), { name: 'AbortError' });
    });
  });
});
