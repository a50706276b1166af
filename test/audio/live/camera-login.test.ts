import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { parseCameraAddress } from '../../../src/audio/live/camera-address.js';
import { startCamera } from '../../../src/audio/live/camera-capture.js';
import type { CaptureEnd } from '../../../src/audio/live/capture.js';
import { answerChallenge } from '../../../src/audio/live/login.js';
import { readResponse } from '../../../src/audio/live/rtsp-probe.js';
import { RtspCamera, type Login } from '../../rtsp/rtsp-camera.js';
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

  const user = 'me@home';
  const inputs: [what: string, offer: Partial<Login>][] = [
    ...([['SHA-256'], ['MD5', 'SHA-256'], ['SHA-256', 'MD5'], ['MD5'], ['SHA-512-256']] as const).map(
      (algorithms): [string, Partial<Login>] => [algorithms.join(', then '), { algorithms }],
    ),
    ['MD5-sess', { algorithms: ['MD5-sess'], qop: 'auth' }],
    ['SHA-256-sess', { algorithms: ['SHA-256-sess'], qop: 'auth, auth-int' }],
    ['MD5, protecting bodies, too', { qop: 'auth-int' }],
    ['SHA-256, protecting bodies, too', { algorithms: ['SHA-256'], qop: 'auth-int' }],
    ['SHA-256, each once', { algorithms: ['SHA-256'], qop: 'auth', isOneTime: true }],
    ['MD5, each once', { isOneTime: true }],
    ['SHA-256 among others in one header', { algorithms: ['SHA-256'], isCombined: true }],
    ['MD5 among others in one header', { isCombined: true }],
    ['MD5 for a realm with quotes', { realm: 'the "cot", nonce=1', qop: 'auth' }],
    ['SHA-256 for a realm with quotes', { algorithms: ['SHA-256'], realm: 'the \\ "cot", algorithm=MD5' }],
    ['MD5 for a user with quotes', { user: 'Zoë "me"' }],
    ['SHA-256 for a user with quotes', { algorithms: ['SHA-256'], user: 'Zoë \\ "me"' }],
  ];
  for (const [what, offer] of inputs)
    it(`is answered: ${what}`, async () => {
      const login: Login = { scheme: 'Digest', user, password: 'p@ss "w/örd', ...offer };
      const camera = new RtspCamera({ video: true, login });
      await camera.start();
      const listening = new Listening(camera.url, login);
      await listening.hear(0.3);
      assert.equal(gapIn(listening.samples), 0);
      await listening.stop();
      const refused = camera.wrongLogins;
      assert.equal(refused > 0, offer.isOneTime === true, 'only where each is good once');
      const wrong = new Listening(camera.url, { ...login, password: 'hunter2' });
      const [algorithm = ''] = offer.algorithms ?? [];
      await assertEnds(wrong, 'wrong-password', new RegExp(`login by .*Digest ${algorithm}`.trim()));
      assert.equal(camera.wrongLogins, refused + 1);
      await camera.stop();
    });

  for (const [transportStatus, video] of [
    [461, false],
    [400, true],
    [406, false],
  ] as const)
    it(`is answered over UDP, where TCP is refused with ${transportStatus}`, async () => {
      const login: Login = { scheme: 'Digest', user, password: 'secret', algorithms: ['SHA-256'] };
      const camera = new RtspCamera({ video, login });
      Object.assign(camera, { transports: ['UDP'], transportStatus });
      await camera.start();
      const listening = new Listening(camera.url, login);
      await listening.hear(0.3);
      await listening.stop();
      await camera.stop();
    });
});

describe('answerChallenge', () => {
  it('answers a challenge once more with another count, and none that it does not know', () => {
    const login = { user: 'Mufasa', password: 'Circle of Life' };
    const request = { method: 'GET', uri: '/dir/index.html' };
    const offer = 'Digest realm="http-auth@example.org", qop="auth", algorithm=SHA-256, nonce="7yp"';
    for (const [count, counter] of [
      [1, '00000001'],
      [26, '0000001a'],
    ] as const) {
      const answer = answerChallenge(['Negotiate', offer], login, { ...request, count });
      assert.match(answer!, new RegExp(`nonce="7yp", .*qop=auth, nc=${counter}, cnonce="[0-9a-f]{16}"$`));
    }
    for (const unknown of ['Negotiate', 'Digest realm="x", nonce="1", algorithm=SHA-1', 'Bearer', '', '"'])
      assert.equal(answerChallenge([unknown], login, { ...request, count: 1 }), undefined);
    // RFC 2069, the example of section 2.4 as it was corrected.
    const old = answerChallenge(
      [
        'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
      ],
      { user: 'Mufasa', password: 'CircleOfLife' },
      { ...request, count: 1 },
    );
    assert.match(old!, /response="1949323746fe6a43ef61f9606e7febea"/);
  });
});
