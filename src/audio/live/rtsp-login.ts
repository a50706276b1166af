import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { guard } from '../../guard.js';
import { fillIn, type CameraAddress } from './camera-address.js';
import { answerChallenge, isStale } from './login.js';
import { connectTo } from './rtsp-probe.js';

const GUEST = 'deepinfant';
/** A head that is longer is not RTSP's. */
const MOST_HEAD_BYTES = 65_536;
/** A request is sent so often: without a login, with one, and with a new one where that had become too old. */
const MOST_TRIES = 3;

/**
 * Logs in to an RTSP camera for an ffmpeg that cannot: it knows no Digest but that with MD5, and takes the last of several
 * that a camera offers. This stands between the two on loopback, lets in only who knows a password of its own, and adds
 * the camera's login to each request (RFC 2326, 7616).
 */
export class RtspLogin {
  private readonly token = randomBytes(16).toString('hex');
  private readonly sockets = new Set<Socket>();
  private readonly server = createServer(
    guard((client: Socket) => {
      this.accept(client);
    }),
  );

  constructor(private readonly address: CameraAddress) {}

  /** @returns the address for ffmpeg */
  async open(): Promise<CameraAddress> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    // A connection that could not be accepted, as where no more files can be opened: ffmpeg reports it.
    this.server.on('error', () => undefined);
    const url = `rtsp://${this.local}${pathOf(fillIn(this.address))}`;
    return { url, user: GUEST, password: this.token };
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private get local(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  private accept(client: Socket): void {
    const camera = connectTo(this.address.url);
    for (const [socket, other] of [
      [client, camera],
      [camera, client],
    ]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
    const asked = new Map<string, { request: Message; tries: number }>();
    let challenges: string[] = [];
    /** How often the challenges were answered. */
    let answers = 0;
    let isLoggedIn = false;
    const ask = (request: Message, tries: number): void => {
      asked.set(request.header('cseq') ?? '', { request, tries });
      camera.write(this.withLogin(request, challenges, ++answers), 'latin1');
    };
    const fromClient = new RtspReader();
    const fromCamera = new RtspReader();
    client.on(
      'data',
      guard((bytes: Buffer) => {
        for (const part of fromClient.push(bytes)) {
          if (Buffer.isBuffer(part)) camera.write(part);
          else if (this.isGuest(part)) ask(part, 1);
          else
            client.write(
              `RTSP/1.0 401 Unauthorized\r\nCSeq: ${part.header('cseq') ?? ''}\r\nWWW-Authenticate: Basic realm="${GUEST}"\r\n\r\n`,
            );
        }
      }),
    );
    camera.on(
      'data',
      guard((bytes: Buffer) => {
        for (const part of fromCamera.push(bytes)) {
          if (Buffer.isBuffer(part)) {
            client.write(part);
            continue;
          }
          const sequence = part.header('cseq') ?? '';
          const { request, tries = MOST_TRIES } = asked.get(sequence) ?? {};
          asked.delete(sequence);
          const isRefused = / 401\b/.test(part.first);
          // Where a login was sent and never accepted, the password is wrong: it is not sent again.
          const isNew = challenges.length === 0 || (isLoggedIn && tries === 1);
          const offered = part.headers('www-authenticate');
          if (isRefused && request && tries < MOST_TRIES && (isNew || isStale(offered))) {
            challenges = offered;
            answers = 0;
            ask(request, tries + 1);
            continue;
          }
          isLoggedIn ||= !isRefused && challenges.length > 0;
          client.write(this.forClient(part), 'latin1');
        }
      }),
    );
  }

  private isGuest(request: Message): boolean {
    const wanted = `Basic ${Buffer.from(`${GUEST}:${this.token}`).toString('base64')}`;
    return request.header('authorization') === wanted;
  }

  private withLogin(request: Message, challenges: readonly string[], count: number): string {
    const [method, url, version] = request.first.split(' ');
    const { host } = new URL(this.address.url);
    const scheme = new URL(this.address.url).protocol;
    const uri = url.replace(`rtsp://${this.local}`, () => `${scheme}//${host}`);
    const authorization = answerChallenge(challenges, this.address, { method, uri, count });
    return request.text({
      first: `${method} ${uri} ${version}`,
      without: 'authorization',
      more: authorization === undefined ? [] : [`Authorization: ${authorization}`],
    });
  }

  /** The camera's own addresses lead here. */
  private forClient(answer: Message): string {
    const { hostname } = new URL(this.address.url);
    const own = new RegExp(
      `rtsps?://(?:[^@/\\s]*@)?${hostname.replace(/[.[\]]/g, '\\$&')}(?::\\d+)?(?=[/\\s;,]|$)`,
      'gi',
    );
    return answer.text({
      first: answer.first,
      without: 'www-authenticate',
      more: [],
      change: text => text.replace(own, () => `rtsp://${this.local}`),
    });
  }
}

function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}

/** A request or response. */
class Message {
  private readonly lines: string[];
  readonly first: string;

  constructor(
    head: string,
    private readonly body: string,
  ) {
    [this.first, ...this.lines] = head.split('\r\n').filter(Boolean);
  }

  header(name: string): string | undefined {
    return this.headers(name).at(0);
  }

  /** @param name in lower case */
  headers(name: string): string[] {
    return this.lines
      .filter(line => line.toLowerCase().startsWith(`${name}:`))
      .map(line => line.slice(name.length + 1).trim());
  }

  text({
    first,
    without,
    more,
    change = text => text,
  }: {
    first: string;
    without: string;
    more: string[];
    change?: (text: string) => string;
  }): string {
    const left = new RegExp(`^(content-length|${without}):`, 'i');
    const body = change(this.body);
    const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body, 'latin1')}`];
    const lines = [...this.lines.filter(line => !left.test(line)).map(change), ...more, ...length];
    return [first, ...lines, '', body].join('\r\n');
  }
}

/** Cuts what comes over a connection into messages and the packets between them (RFC 2326, 10.12). */
class RtspReader {
  private rest: Buffer = Buffer.alloc(0);

  *push(bytes: Buffer): Generator<Buffer | Message> {
    this.rest = Buffer.concat([this.rest, bytes]);
    for (;;) {
      const part = this.next();
      if (part === undefined) return;
      yield part;
    }
  }

  private next(): Buffer | Message | undefined {
    const { rest } = this;
    if (rest[0] === 0x24) {
      if (rest.length < 4 || rest.length < 4 + rest.readUInt16BE(2)) return undefined;
      return this.take(4 + rest.readUInt16BE(2));
    }
    const end = rest.indexOf('\r\n\r\n');
    // What is neither is passed on as it is.
    if (end < 0) return rest.length > MOST_HEAD_BYTES ? this.take(rest.length) : undefined;
    const head = rest.toString('latin1', 0, end);
    const length = Number(/^content-length:\s*(\d+)/im.exec(head)?.[1] ?? 0);
    // A camera's replies are short: one that announces more is passed on as it comes.
    if (length > MOST_HEAD_BYTES) return this.take(rest.length);
    if (rest.length < end + 4 + length) return undefined;
    const all = this.take(end + 4 + length);
    return new Message(head, all.toString('latin1', end + 4));
  }

  private take(length: number): Buffer {
    const taken = this.rest.subarray(0, length);
    this.rest = this.rest.subarray(length);
    return taken;
  }
}
