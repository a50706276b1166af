import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { parseCameraAddress } from '../../../src/audio/live/camera-address.js';
import { startCamera } from '../../../src/audio/live/camera-capture.js';
import type { CaptureEnd } from '../../../src/audio/live/capture.js';
import { readResponse } from '../../../src/audio/live/rtsp-probe.js';
import { RtspCamera } from '../../rtsp/rtsp-camera.js';
import { needTools } from '../../tools.js';
import { assertEnds, gapIn, Listening } from './camera-listening.js';

const LOGIN = { user: 'admin', password: 'lullaby' };

/** An RTSP server that gives the same answer to every request, and keeps what it received. */
class FixedServer {
  received = '';
  private readonly server: Server;

  constructor(status: string, headers: readonly string[]) {
    this.server = createServer(socket => {
      socket.on('error', () => undefined);
      socket.on('data', data => {
        const text = data.toString('latin1');
        this.received += text;
        const sequence = /CSeq: \d+/.exec(text)?.[0] ?? 'CSeq: 1';
        socket.write(['RTSP/1.0 ' + status, sequence, ...headers, '', ''].join('\r\n'));
      });
    });
  }

  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `rtsp://127.0.0.1:${(this.server.address() as AddressInfo).port}/live`;
  }

  stop(): void {
    this.server.close();
  }
}

async function endOf(url: string): Promise<CaptureEnd> {
  const end = await new Promise<CaptureEnd>(resolve => {
    startCamera(parseCameraAddress(url, LOGIN))({
      samples: () => undefined,
      format: () => undefined,
      ended: resolve,
    });
  });
  assert(!end.message.includes(LOGIN.password));
  return end;
}

describe('the login of an RTSP camera', () => {
  before(function () {
    needTools(this, 'ffmpeg');
  });

  it('does not go to the server that a camera redirects to', async () => {
    const thief = new FixedServer('401 Unauthorized', ['WWW-Authenticate: Basic realm="camera"']);
    const location = await thief.start();
    const camera = new FixedServer('302 Found', [`Location: ${location}`]);
    try {
      const { kind, message } = await endOf(await camera.start());
      assert.equal(kind, 'bad-address');
      assert.match(message, /redirects to another server, rtsp:\/\/127\.0\.0\.1:\d+\/live/);
      assert.equal(thief.received, '');
    } finally {
      thief.stop();
      camera.stop();
    }
  });

  it('is named when its scheme is not known', async () => {
    const challenge = 'WWW-Authenticate: Digest realm="camera", nonce="1", algorithm=SHA-1';
    const camera = new FixedServer('401 Unauthorized', [challenge]);
    try {
      const { kind, message } = await endOf(await camera.start());
      assert.equal(kind, 'not-a-stream');
      assert.match(message, /not known here \(Digest SHA-1\)\. Let go2rtc fetch the stream/);
    } finally {
      camera.stop();
    }
  });

  it('is tried when one of several schemes is known', async () => {
    const challenges = [
      'Digest realm="camera", nonce="1", algorithm="SHA-256"',
      'Digest realm="camera", nonce="2"',
    ];
    const camera = new FixedServer(
      '401 Unauthorized',
      challenges.map(challenge => `WWW-Authenticate: ${challenge}`),
    );
    try {
      assert.equal((await endOf(await camera.start())).kind, 'wrong-password');
    } finally {
      camera.stop();
    }
  });
});

describe('readResponse', () => {
  it('reads status, redirection and logins', () => {
    const head =
      'RTSP/1.0 302 Found\r\nCSeq: 1\r\nLOCATION: rtsp://b/\r\nWWW-Authenticate: Basic realm="x"\r\n\r\nbody';
    assert.deepEqual(readResponse(head), {
      status: 302,
      location: 'rtsp://b/',
      challenges: ['Basic realm="x"'],
    });
  });

  it('gives nothing for what is not RTSP', () => {
    for (const text of ['', 'HTTP/1.1 200 OK\r\n\r\n', '\0\0\0', 'RTSP/1.0 abc'])
      assert.equal(readResponse(text), undefined);
  });
});

describe('a Digest that ffmpeg cannot answer', function () {
  before(function () {
    needTools(this, 'ffmpeg');
  });

  for (const algorithms of [['SHA-256'], ['MD5', 'SHA-256'], ['SHA-256', 'MD5'], ['MD5']] as const)
    it(`is answered: ${algorithms.join(', then ')}`, async () => {
      const login = { user: 'me@home', password: 'p@ss "w/örd' };
      const camera = new RtspCamera({ video: true, login: { scheme: 'Digest', algorithms, ...login } });
      await camera.start();
      const listening = new Listening(camera.url, login);
      await listening.hear(0.5);
      assert.equal(gapIn(listening.samples), 0);
      await listening.stop();
      const wrong = new Listening(camera.url, { ...login, password: 'hunter2' });
      await assertEnds(wrong, 'wrong-password', new RegExp(`login by Digest ${algorithms[0]}`));
      assert.equal(camera.wrongLogins, 1);
      await camera.stop();
    });
});
