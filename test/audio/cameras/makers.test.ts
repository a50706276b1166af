import assert from 'node:assert/strict';
import { cameraAddress, MAKERS } from '../../../src/audio/cameras/makers.js';
import { parseCameraAddress } from '../../../src/audio/live/camera-address.js';

describe('makers of cameras', () => {
  it('make addresses from a host', () => {
    const made = {
      tapo: 'rtsp://10.0.0.5:554/stream2',
      reolink: 'rtsp://10.0.0.5:554/Preview_01_sub',
      'reolink-old': 'rtsp://10.0.0.5:554/h264Preview_01_sub',
      amcrest: 'rtsp://10.0.0.5:554/cam/realmonitor?channel=1&subtype=1',
      hikvision: 'rtsp://10.0.0.5:554/Streaming/Channels/102',
      foscam: 'rtsp://10.0.0.5:88/videoSub',
      eufy: 'rtsp://10.0.0.5:554/live0',
    };
    for (const [maker, address] of Object.entries(made))
      assert.equal(cameraAddress(maker, '10.0.0.5'), address);
  });

  it('take a channel, the large stream, and the name of a stream', () => {
    assert.equal(
      cameraAddress('reolink', 'nvr.local', { channel: 7, large: true }),
      'rtsp://nvr.local:554/Preview_07_main',
    );
    assert.equal(
      cameraAddress('hikvision', 'nvr', { channel: 12 }),
      'rtsp://nvr:554/Streaming/Channels/1202',
    );
    assert.equal(
      cameraAddress('go2rtc', 'pi', { stream: " Mia's cot/$& " }),
      "rtsp://pi:8554/Mia's%20cot%2F%24%26",
    );
    assert.equal(cameraAddress('axis', 'cam', { large: true }), 'rtsp://cam:554/axis-media/media.amp');
  });

  it('take hosts of every kind, with a port of their own', () => {
    assert.equal(cameraAddress('eufy', ' cam_1.local '), 'rtsp://cam_1.local:554/live0');
    assert.equal(cameraAddress('eufy', '10.0.0.5:8554'), 'rtsp://10.0.0.5:8554/live0');
    assert.equal(cameraAddress('eufy', 'fe80::1'), 'rtsp://[fe80::1]:554/live0');
    assert.equal(cameraAddress('eufy', '[2001:db8::1]:7'), 'rtsp://[2001:db8::1]:7/live0');
  });

  it('say what is not a host name, without the password in it', () => {
    const hosts = [
      '',
      'a b',
      'a/b',
      'host:0',
      'host:65536',
      '[::1',
      '[nonsense]',
      'rtsp://host/',
      'a\nb',
      '-@-',
    ];
    for (const host of hosts) assert.throws(() => cameraAddress('tapo', host), { code: 'bad-address' }, host);
    assert.throws(
      () => cameraAddress('tapo', 'rtsp://user:secret@host/'),
      (error: Error) =>
        !error.message.includes('secret') && error.message.includes("'…@host/' is not a host name"),
    );
  });

  it('say what else is missing', () => {
    assert.throws(() => cameraAddress('nest', 'host'), {
      code: 'unknown-maker',
      message: /Known are .*tapo/,
    });
    assert.throws(() => cameraAddress('unifi', 'host'), { code: 'no-stream-name', message: /KEY/ });
    for (const channel of [0, 1.5, 100, NaN])
      assert.throws(() => cameraAddress('dahua', 'host', { channel }), { code: 'bad-channel' });
  });

  it('make addresses that a camera source takes, and name a public source each', () => {
    for (const { id, setUp, sources } of MAKERS) {
      for (const large of [false, true]) {
        const address = cameraAddress(id, 'camera.local', { stream: 'cot', large });
        assert.equal(parseCameraAddress(address).url.replace(':554', ''), address.replace(':554', ''), id);
      }
      assert.ok(setUp.length > 0 && sources.length > 0, id);
      for (const source of sources) assert.equal(new URL(source).protocol, 'https:', id);
    }
    assert.equal(new Set(MAKERS.map(({ id }) => id)).size, MAKERS.length);
  });
});
