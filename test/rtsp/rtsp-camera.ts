import { createHash, randomBytes } from 'node:crypto';
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../until.js';
import { sampleAt } from './positions.js';

/** Who may watch. */
export interface Login {
  scheme: 'Basic' | 'Digest';
  user: string;
  password: string;
  /** Algorithms of the Digest, one header each, in order; MD5, without saying so, if not given. */
  algorithms?: readonly ('MD5' | 'SHA-256' | 'MD5-sess' | 'SHA-256-sess' | 'SHA-512-256')[];
  /** Qualities of protection of the Digest. */
  qop?: string;
  realm?: string;
  /** Whether each challenge may be answered once; the next request is told that its login is stale. */
  isOneTime?: boolean;
  /** Whether all challenges are in one header, between logins that nobody knows here. */
  isCombined?: boolean;
}

/** Challenges that were answered and may not be again. */
const usedNonces = new Set<string>();
const HASHES: Record<string, string> = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' };

type TrackName = 'video' | `audio${'' | '2' | '3'}`;
type Codec = keyof typeof AUDIO;
/** Sends an RTP packet, or an RTCP report where its other channel or port is. */
type Send = (packet: Buffer, isReport?: boolean) => void;

const PACKET_MS = 20;
/** A sender report comes each second. */
const PACKETS_PER_REPORT = 50;
/** Seconds from 1900, where NTP begins, to 1970. */
const NTP_EPOCH_S = 2_208_988_800;
/** Pictures come with every second packet. */
const PACKETS_PER_PICTURE = 2;
/** The timestamps begin anew after 4 s of L16. It is not 0, which ffmpeg takes for none. */
const FIRST_TIMESTAMP = 2 ** 32 - 2 ** 16;
const REALM = 'camera';
const SESSION = '12345678';
const REASONS: Record<number, string> = {
  200: 'OK',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  454: 'Session Not Found',
  461: 'Unsupported Transport',
  503: 'Service Unavailable',
};

/** A grey picture of 64 by 64 as x264 made it: its sequence and picture parameters, and the picture. */
const [SPS, PPS, PICTURE] = [
  'Z0LACtxCbARAAAADAEAAAAyDxIng',
  'aM4PLIA=',
  'ZYiEBLyYoAAgLycnJ11111111111114A=',
].map(unit => Buffer.from(unit, 'base64'));

interface AudioCodec {
  type: number;
  rate: number;
  /** Writes the sample of a position. */
  sample: (position: number, payload: Buffer, at: number) => void;
  bytes: number;
  rtpmap: string;
  fmtp?: string;
  /** What a packet carries before its samples. */
  head?: Buffer;
}

/** RTP payload types and clocks, RFC 3551; L16 at 16 kHz has a dynamic type. */
const AUDIO = {
  L16: { type: 97, rate: 16000, sample: l16, bytes: 2, rtpmap: 'L16/16000/1' },
  PCMA: { type: 8, rate: 8000, sample: pcma, bytes: 1, rtpmap: 'PCMA/8000/1' },
  PCMU: { type: 0, rate: 8000, sample: pcma, bytes: 1, rtpmap: 'PCMU/8000/1' },
  L8: { type: 98, rate: 8000, sample: pcma, bytes: 1, rtpmap: 'L8/8000/1' },
  // What the rtpmap says of the rate is wrong.
  'L16 at 16 kHz, said to be 8 kHz': { type: 97, rate: 16000, sample: l16, bytes: 2, rtpmap: 'L16/8000/1' },
  'L16 at 8 kHz, said to be 16 kHz': { type: 97, rate: 8000, sample: l16, bytes: 2, rtpmap: 'L16/16000/1' },
  'PCMA at 16 kHz': { type: 8, rate: 16000, sample: pcma, bytes: 1, rtpmap: 'PCMA/8000/1' },
  // No AAC is in there.
  'AAC with wrong headers': {
    type: 99,
    rate: 16000,
    sample: pcma,
    bytes: 1,
    rtpmap: 'MPEG4-GENERIC/16000/1',
    fmtp: 'streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=1408',
    head: Buffer.from([0xff, 0xff]),
  },
  'AAC without a head': {
    type: 99,
    rate: 16000,
    sample: pcma,
    bytes: 1,
    rtpmap: 'MPEG4-GENERIC/16000/1',
    fmtp: 'streamtype=5;profile-level-id=1;mode=AAC-hbr;config=1408',
  },
  'LATM of two programs': {
    type: 99,
    rate: 16000,
    sample: pcma,
    bytes: 1,
    rtpmap: 'MP4A-LATM/16000/1',
    fmtp: 'cpresent=0;config=ffffffffffff',
  },
} as const satisfies Record<string, AudioCodec>;
const AUDIO_NAMES = ['audio', 'audio2', 'audio3'] as const;
const VIDEO = { type: 96, rate: 90000 } as const;

function l16(position: number, payload: Buffer, at: number): void {
  payload.writeInt16BE(sampleAt(position), 2 * at);
}

/** A buzz: all code words in turn. */
function pcma(position: number, payload: Buffer, at: number): void {
  payload[at] = position & 0xff;
}

/**
 * An RTSP camera (RFC 2326) on loopback that can be told to misbehave, before it is started or at any time later.
 *
 * It is live: its clock starts with `start` and runs on whether or not anybody watches. Packet n of 20 ms holds the sound
 * of that time in any session, so that what is not sent is missing in the sequence numbers and timestamps, too. L16
 * carries the signal of positions.ts, where 1 s is 16000 positions.
 *
 *     const camera = new RtspCamera({ video: true });
 *     await camera.start();
 *     camera.sends = 'video';   // the sound stops, the picture goes on
 *     camera.drop();            // the connection breaks
 *     await camera.stop();      // refuses connections; `start` begins again on the same port
 */
export class RtspCamera {
  /** Status that answers DESCRIBE, such as 404 or 503. */
  describeStatus = 200;
  /** Status that answers a SETUP of the sound without the picture, such as 454. */
  audioOnlyStatus = 200;
  /** Transports that are accepted; the others are answered with 461. */
  transports: readonly ('TCP' | 'UDP')[] = ['TCP', 'UDP'];
  /** What it answers to any other transport. */
  transportStatus = 461;
  /** How it answers: as a camera, never (a half-open connection), or in bytes that are no RTSP, after which it hangs up. */
  answers: 'rtsp' | 'nothing' | 'garbage' = 'rtsp';
  /** What it sends of the tracks that play: all, the pictures alone, nothing (frozen), or random bytes in between. */
  sends: 'all' | 'video' | 'nothing' | 'garbage' = 'all';
  /** Whether it sends anything to those that have not set up the picture. */
  feedsAudioOnly = true;
  /** What each audio track carries: its signal, silence, or nothing at all. */
  sounds: readonly ('signal' | 'silence' | 'nothing')[] = [];
  /** Seconds by which the timestamps are wrong from now on. */
  clockErrorS = 0;
  /** How fast its clock of timestamps runs. */
  clockSpeed = 1;
  /** Counts its streams: each has a source, sequence numbers and timestamps of its own (RFC 3550, 8). */
  stream = 0;
  /** Seconds by which the wall clock of its sender reports is wrong; without it, it sends none. */
  wallClockErrorS: number | undefined;
  /** How long each connection waits for its first answer. */
  answerDelayMs = 0;
  /** How long the sound takes after PLAY. */
  playDelayMs = 0;
  /** How often a user name and password were wrong. */
  wrongLogins = 0;
  /** All requests so far: 'DESCRIBE', 'SETUP audio TCP', 'PLAY' and so on. */
  readonly requests: string[] = [];

  private readonly audio: readonly AudioCodec[];
  private readonly hasVideo: boolean;
  private readonly login: Login | undefined;
  /** What L16 carries instead of the signal, from a packet on, and silence after it. */
  private played: { samples: Float32Array; from: number } | undefined;
  private packets = 0;
  /** In ms since 1970. */
  private startedAt = 0;
  /** How much sound it has had to send since it was switched on, in real time, whether it sent it or not. */
  offeredS = 0;
  private readonly sessions = new Set<Session>();
  private server: Server | undefined;
  private ticking: NodeJS.Timeout | undefined;
  private port = 0;

  /** @param tracks `audio` is L16 if not given, `null` for a camera without sound; up to three tracks */
  constructor(tracks: { audio?: Codec | readonly Codec[] | null; video?: boolean; login?: Login } = {}) {
    const codecs = tracks.audio === null ? [] : [tracks.audio ?? 'L16'].flat();
    this.audio = codecs.map(codec => AUDIO[codec]);
    this.hasVideo = tracks.video ?? false;
    this.login = tracks.login;
  }

  /** Address without credentials. */
  get url(): string {
    return `rtsp://127.0.0.1:${this.port}/live`;
  }

  /** Number of connections. */
  get viewers(): number {
    return this.sessions.size;
  }

  /** Resolves when it has so many connections: whoever has gone is still connected until the socket closes. */
  async untilViewers(count: number): Promise<void> {
    await until(
      () => this.viewers === count,
      () => `${count} viewers, has ${this.viewers}`,
    );
  }

  async start(): Promise<void> {
    this.server = createServer(socket => {
      this.accept(socket);
    });
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
    this.startedAt = Date.now();
    this.packets = 0;
    this.ticking = setInterval(() => {
      for (; (this.packets + 1) * PACKET_MS <= Date.now() - this.startedAt; this.packets++) {
        this.sendPacket(this.packets);
        this.offeredS = ((this.packets + 1) * PACKET_MS) / 1000;
      }
    }, PACKET_MS / 2);
  }

  /** Has its L16 carry these samples from now on, 16 kHz, and silence when they are over. */
  play(samples: Float32Array): void {
    this.played = { samples, from: this.packets };
  }

  /** Breaks all connections, and goes on listening. */
  drop(): void {
    for (const session of this.sessions) session.socket.destroy();
  }

  /** Switches it off. */
  async stop(): Promise<void> {
    clearInterval(this.ticking);
    const server = this.server;
    if (!server) return;
    this.server = undefined;
    const closed = once(server, 'close');
    server.close();
    this.drop();
    await closed;
  }

  private accept(socket: Socket): void {
    const session = new Session(socket);
    this.sessions.add(session);
    socket.on('error', () => {
      // It comes with 'close'.
    });
    socket.on('close', () => {
      this.sessions.delete(session);
      session.close();
    });
    socket.on('data', bytes => {
      if (this.answers === 'garbage') socket.end(randomBytes(1000));
      if (this.answers !== 'rtsp') return;
      for (const request of session.read(bytes)) void this.answer(session, request);
    });
  }

  private async answer(session: Session, request: Request): Promise<void> {
    const { method, track, headers } = request;
    if (session.isFirst && this.answerDelayMs > 0) await sleep(this.answerDelayMs);
    session.isFirst = false;
    this.requests.push(method === 'SETUP' ? `SETUP ${track} ${transportIn(headers)}` : method);
    if (method === 'OPTIONS') {
      request.reply(200, { Public: 'OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN' });
      return;
    }
    const challenges = this.login && challengesTo(request, this.login);
    if (challenges) {
      if (headers.authorization) this.wrongLogins++;
      request.reply(401, { 'WWW-Authenticate': challenges });
      return;
    }
    switch (method) {
      case 'DESCRIBE':
        if (this.describeStatus === 200)
          request.reply(
            200,
            { 'Content-Base': `${this.url}/`, 'Content-Type': 'application/sdp' },
            this.sdp(),
          );
        else request.reply(this.describeStatus);
        return;
      case 'SETUP':
        await this.setUp(session, request);
        return;
      case 'PLAY':
        request.reply(session.tracks.size > 0 ? 200 : 454, { Session: SESSION });
        await sleep(this.playDelayMs);
        session.plays = session.tracks.size > 0;
        return;
      default:
        request.reply(200, { Session: SESSION });
    }
  }

  private async setUp(session: Session, request: Request): Promise<void> {
    const { track, headers } = request;
    const wanted = headers.transport ?? '';
    const transport = transportIn(headers);
    if (!track) request.reply(404);
    else if (!this.transports.includes(transport)) request.reply(this.transportStatus);
    else if (track.startsWith('audio') && !session.tracks.has('video') && this.audioOnlyStatus !== 200)
      request.reply(this.audioOnlyStatus);
    else {
      const accepted =
        transport === 'TCP' ? session.sendInterleaved(track, wanted) : await session.sendUdp(track, wanted);
      request.reply(200, { Session: SESSION, Transport: accepted });
    }
  }

  private sdp(): string {
    const lines = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=camera', 'c=IN IP4 0.0.0.0', 't=0 0'];
    if (this.hasVideo)
      lines.push(
        `m=video 0 RTP/AVP ${VIDEO.type}`,
        `a=rtpmap:${VIDEO.type} H264/${VIDEO.rate}`,
        `a=fmtp:${VIDEO.type} packetization-mode=1;sprop-parameter-sets=${SPS.toString('base64')},${PPS.toString('base64')}`,
        'a=control:video',
      );
    this.audio.forEach(({ type, rtpmap, fmtp }, i) => {
      lines.push(`m=audio 0 RTP/AVP ${type}`, `a=rtpmap:${type} ${rtpmap}`);
      if (fmtp) lines.push(`a=fmtp:${type} ${fmtp}`);
      lines.push(`a=control:${AUDIO_NAMES[i]}`);
    });
    return lines.map(line => `${line}\r\n`).join('');
  }

  private sendPacket(n: number): void {
    if (this.sends === 'nothing') return;
    for (const session of this.sessions) {
      if (!session.plays || (!this.feedsAudioOnly && !session.tracks.has('video'))) continue;
      if (this.sends === 'garbage') session.socket.write(randomBytes(1000));
      if (this.sends !== 'video')
        this.audio.forEach((codec, i) => {
          const sound = this.sounds[i] ?? 'signal';
          if (sound !== 'nothing')
            session.tracks.get(AUDIO_NAMES[i])?.(this.audioPacket(codec, n, sound === 'silence'));
        });
      if (n % PACKETS_PER_REPORT === 0) this.sendReports(session, n);
      if (n % PACKETS_PER_PICTURE === 0)
        for (const packet of this.pictures(n / PACKETS_PER_PICTURE)) session.tracks.get('video')?.(packet);
    }
  }

  private sendReports(session: Session, n: number): void {
    if (this.wallClockErrorS === undefined) return;
    // When the packet was due: a busy machine sends it late, which is no error of the camera's clock.
    const wallS = (this.startedAt + n * PACKET_MS) / 1000 + this.wallClockErrorS;
    const passedS = (n * PACKET_MS) / 1000 + this.clockErrorS;
    this.audio.forEach(({ type, rate }, i) =>
      session.tracks.get(AUDIO_NAMES[i])?.(senderReport(type, wallS, passedS * rate), true),
    );
    session.tracks.get('video')?.(senderReport(VIDEO.type, wallS, passedS * VIDEO.rate), true);
  }

  private audioPacket({ type, rate, sample, bytes, head }: AudioCodec, n: number, isSilent: boolean): Buffer {
    const length = (rate * PACKET_MS) / 1000;
    const samples = Buffer.alloc(bytes * length, bytes === 1 ? 0xd5 : 0);
    const { played } = this;
    for (let i = 0; i < length && !isSilent; i++)
      if (played && sample === l16) {
        const value = played.samples.at((n - played.from) * length + i) ?? 0;
        samples.writeInt16BE(Math.round(32767 * value), 2 * i);
      } else sample(n * length + i, samples, i);
    const payload = head ? Buffer.concat([head, samples]) : samples;
    const { stream, clockSpeed, clockErrorS } = this;
    return rtp({
      type,
      source: type + stream,
      sequence: n + 30_000 * stream,
      timestamp: clockSpeed * (n * length + clockErrorS * rate) + 987_654_321 * stream,
      payload,
    });
  }

  private pictures(n: number): Buffer[] {
    const timestamp = ((n * PACKETS_PER_PICTURE * PACKET_MS) / 1000 + this.clockErrorS) * VIDEO.rate;
    return [SPS, PPS, PICTURE].map((payload, i) =>
      rtp({ type: VIDEO.type, sequence: 3 * n + i, timestamp, payload, isLast: i === 2 }),
    );
  }
}

/** RFC 3550, 5.1. */
function rtp(packet: {
  type: number;
  source?: number;
  sequence: number;
  timestamp: number;
  payload: Buffer;
  isLast?: boolean;
}): Buffer {
  const header = Buffer.alloc(12);
  header[0] = 0x80;
  header[1] = packet.type | (packet.isLast ? 0x80 : 0);
  header.writeUInt16BE(packet.sequence & 0xffff, 2);
  header.writeUInt32BE((FIRST_TIMESTAMP + packet.timestamp) >>> 0, 4);
  header.writeUInt32BE(packet.source ?? packet.type, 8);
  return Buffer.concat([header, packet.payload]);
}

/** RFC 3550, 6.4.1. */
function senderReport(source: number, wallS: number, timestamp: number): Buffer {
  const report = Buffer.alloc(28);
  report[0] = 0x80;
  report[1] = 200;
  report.writeUInt16BE(report.length / 4 - 1, 2);
  report.writeUInt32BE(source, 4);
  report.writeUInt32BE(Math.floor(wallS) + NTP_EPOCH_S, 8);
  report.writeUInt32BE(Math.floor((wallS % 1) * 2 ** 32), 12);
  report.writeUInt32BE((FIRST_TIMESTAMP + timestamp) >>> 0, 16);
  return report;
}

/** What to answer where the request does not prove to know the password (RFC 2617, 7616); undefined where it does. */
export function challengesTo(
  { method, headers }: { method?: string; headers: { authorization?: string } },
  login: Login,
): string[] | undefined {
  const given = headers.authorization ?? '';
  if (login.scheme === 'Basic') {
    const wanted = `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
    return given === wanted ? undefined : [`Basic realm="${REALM}"`];
  }
  const fields = new Map(
    Array.from(
      given.matchAll(/([\w-]+)=(?:"((?:[^"\\]|\\.)*)"|([^" ,]*))/g),
      ([, name, quoted, plain]: (string | undefined)[]) => [name, plain ?? quoted?.replace(/\\(.)/g, '$1')],
    ),
  );
  const field = (name: string): string => fields.get(name) ?? '';
  const { user, password, algorithms, qop, realm = REALM, isOneTime, isCombined } = login;
  const algorithm = field('algorithm') || 'MD5';
  const nonce = field('nonce');
  // What comes as bytes of UTF-8 is here as Latin 1.
  const hash = (...parts: string[]): string =>
    createHash(HASHES[algorithm.replace('-sess', '')] ?? 'md5')
      .update(parts.join(':'), 'latin1')
      .digest('hex');
  const bytes = (text: string): string => Buffer.from(text).toString('latin1');
  const plainSecret = hash(bytes(user), realm, bytes(password));
  const secret = algorithm.endsWith('-sess') ? hash(plainSecret, nonce, field('cnonce')) : plainSecret;
  const asked = hash(method ?? '', field('uri'), ...(field('qop') === 'auth-int' ? [hash('')] : []));
  const middle = field('qop') ? [nonce, field('nc'), field('cnonce'), field('qop')] : [nonce];
  const isRight =
    (algorithms ?? ['MD5']).some(one => one === algorithm) &&
    (qop ?? '').split(', ').includes(field('qop')) &&
    [bytes(user), user].includes(field('username')) &&
    field('response') === hash(secret, ...middle, asked);
  const isStale = isRight && usedNonces.has(nonce);
  if (isOneTime && isRight) usedNonces.add(nonce);
  if (isRight && !isStale) return undefined;
  const quote = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;
  const challenge = [
    `Digest realm=${quote(realm)}, nonce="${randomBytes(8).toString('hex')}"`,
    ...(qop === undefined ? [] : [`qop="${qop}"`]),
    ...(isStale ? ['stale=true'] : []),
  ].join(', ');
  const challenges = algorithms?.map(one => `${challenge}, algorithm=${one}`) ?? [challenge];
  return isCombined ? [['Negotiate', ...challenges, 'NTLM'].join(', ')] : challenges;
}

function transportIn({ transport = '' }: Request['headers']): 'TCP' | 'UDP' {
  return transport.includes('/TCP') ? 'TCP' : 'UDP';
}

interface Request {
  method: string;
  track: TrackName | undefined;
  /** By names in lower case. */
  headers: Partial<Record<string, string>>;
  reply(status: number, headers?: Record<string, string | string[]>, body?: string): void;
}

/** A connection, and where the packets of its tracks go. */
class Session {
  readonly tracks = new Map<TrackName, Send>();
  plays = false;
  isFirst = true;
  private received = Buffer.alloc(0);
  private udp: UdpSocket | undefined;

  constructor(readonly socket: Socket) {}

  /** The requests that are whole; what else a viewer sends are RTCP packets, and those are skipped. */
  *read(bytes: Buffer): Generator<Request> {
    this.received = Buffer.concat([this.received, bytes]);
    for (;;) {
      const isPacket = this.received[0] === 0x24;
      if (isPacket && this.received.length < 4) return;
      const end = isPacket ? 4 + this.received.readUInt16BE(2) : this.received.indexOf('\r\n\r\n') + 4;
      if (end < 4 || this.received.length < end) return;
      const text = this.received.toString('utf8', 0, end);
      this.received = this.received.subarray(end);
      if (!isPacket) yield this.parse(text);
    }
  }

  private parse(text: string): Request {
    const [first, ...lines] = text.trim().split('\r\n');
    const [method, url] = first.split(' ');
    const headers = Object.fromEntries(
      lines.map(line => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
    ) as Request['headers'];
    const track = (['video', ...AUDIO_NAMES] as const).find(name => url.endsWith(`/${name}`));
    return {
      method,
      track,
      headers,
      reply: (status, replyHeaders = {}, body = '') => {
        const all = { CSeq: headers.cseq ?? '', ...replyHeaders, 'Content-Length': String(body.length) };
        const head = Object.entries(all).flatMap(([name, values]) =>
          [values].flat().map(value => `${name}: ${value}\r\n`),
        );
        this.socket.write(`RTSP/1.0 ${status} ${REASONS[status] ?? 'Error'}\r\n${head.join('')}\r\n${body}`);
      },
    };
  }

  /** @returns the header that accepts the wanted transport */
  sendInterleaved(track: TrackName, wanted: string): string {
    const channel = Number(/interleaved=(\d+)/.exec(wanted)?.[1] ?? 0);
    this.tracks.set(track, (packet, isReport) => {
      const header = Buffer.from([
        0x24,
        isReport ? channel + 1 : channel,
        packet.length >> 8,
        packet.length & 0xff,
      ]);
      this.socket.write(Buffer.concat([header, packet]));
    });
    return `RTP/AVP/TCP;unicast;interleaved=${channel}-${channel + 1}`;
  }

  /** @returns the header that accepts the wanted transport */
  async sendUdp(track: TrackName, wanted: string): Promise<string> {
    const udp = (this.udp ??= createSocket('udp4'));
    if (this.tracks.size === 0) {
      udp.bind(0, '127.0.0.1');
      await once(udp, 'listening');
    }
    const port = Number(/client_port=(\d+)/.exec(wanted)?.[1]);
    this.tracks.set(track, (packet, isReport) => {
      if (!this.socket.destroyed) udp.send(packet, isReport ? port + 1 : port, '127.0.0.1');
    });
    const own = udp.address().port;
    return `RTP/AVP;unicast;client_port=${port}-${port + 1};server_port=${own}-${own + 1}`;
  }

  close(): void {
    this.tracks.clear();
    this.udp?.close();
  }
}
