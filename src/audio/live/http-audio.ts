import { once } from 'node:events';
import { request as requestHttp, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Readable } from 'node:stream';
import { cameraServer, fillIn, type CameraAddress } from './camera-address.js';
import { ANALYSIS } from './camera-command.js';
import { answerChallenge, canFfmpegLogIn, isStale } from './login.js';
import { soundInParts } from './multipart.js';

/** A stream that is fetched for ffmpeg, and how it is to read that: sound without a header needs options. */
export interface RawAudio {
  /** ffmpeg's options for its input. */
  args: string[];
  body: Readable;
}

/** What an HTTP server answers. */
export interface HttpAnswer {
  status: number;
  /** Logins that it asks for. */
  challenges: string[];
  raw?: RawAudio;
}

/** Files that are sent as `audio/basic` or `audio/L16` begin so, and ffmpeg knows them. */
const HEADERS = [Buffer.from('.snd'), Buffer.from('RIFF')];
const MOST_REDIRECTIONS = 5;
/** An answer that took longer is not asked for again: a restreamer may have begun to fetch the stream for it. */
const SLOW_MS = 3000;
/** Bytes of a playlist that are read: in its first lines it names a stream or a segment. */
const MOST_PLAYLIST_BYTES = 65_536;

/**
 * Asks an HTTP camera for its stream, with its login, to learn whether it is sound without a header, which only the
 * content type explains, or needs a login that ffmpeg does not know. The login goes to no other server.
 * @param timeoutMs until all is known: redirections, the login, and the first bytes of the sound
 * @returns undefined when it does not answer in time, or not in HTTP
 */
export function askHttp(
  address: CameraAddress,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<HttpAnswer | undefined> {
  const beganMs = performance.now();
  return fetchFrom(address, timeoutMs, signal, async ({ status, challenges, answer, needsThisLogin }) => {
    if (status !== 200) {
      answer.destroy();
      return { status, challenges };
    }
    const isSlow = performance.now() - beganMs > SLOW_MS;
    const raw = await soundIn(answer, needsThisLogin || isSlow);
    if (!raw) answer.destroy();
    return { status, challenges, raw };
  });
}

/**
 * Whether a playlist (RFC 8216) names nothing yet, as that of a stream that has only just begun to be made.
 * @param timeoutMs as `askHttp` has it; where there is no answer, this is false
 */
export async function isPlaylistEmpty(
  address: CameraAddress,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const isEmpty = await fetchFrom(address, timeoutMs, signal, async ({ status, answer }) => {
    let text = '';
    if (status === 200)
      for await (const bytes of answer as AsyncIterable<Buffer>) {
        text += bytes.toString('latin1');
        if (text.length > MOST_PLAYLIST_BYTES) break;
      }
    answer.destroy();
    return status === 200 && /^\s*(#EXTM3U|$)/.test(text) && !/^#EXT(INF|-X-STREAM-INF)/m.test(text);
  });
  return isEmpty ?? false;
}

/** A server's answer to the last request, after redirections and a login. */
interface Fetched {
  status: number;
  challenges: string[];
  answer: IncomingMessage;
  /** Whether ffmpeg does not know the login. */
  needsThisLogin: boolean;
}

/** @returns what is read of the answer; undefined as askHttp says */
async function fetchFrom<T>(
  address: CameraAddress,
  timeoutMs: number,
  signal: AbortSignal,
  read: (fetched: Fetched) => Promise<T>,
): Promise<T | undefined> {
  let url = fillIn(address);
  let authorization: string | undefined;
  let needsThisLogin = false;
  let isElsewhere = false;
  let request: ClientRequest | undefined;
  // Not AbortSignal.timeout in AbortSignal.any: Node 20 may collect it as garbage before its time.
  const deadline = setTimeout(() => request?.destroy(new Error('no answer')), timeoutMs);
  try {
    for (let i = 0; i < MOST_REDIRECTIONS; i++) {
      request = requestFor(url, authorization, signal);
      const answer = await answerTo(request);
      const { statusCode: status = 0, headers } = answer;
      if (status >= 300 && status < 400 && headers.location) {
        answer.destroy();
        const next = new URL(headers.location, url).href;
        if (cameraServer(next) !== cameraServer(url)) {
          isElsewhere = true;
          authorization = undefined;
        }
        url = next;
        continue;
      }
      const challenges = challengesIn(answer);
      const isNew = authorization === undefined || isStale(challenges);
      if (status === 401 && isNew && !isElsewhere && address.password !== '') {
        const { pathname, search } = new URL(url);
        needsThisLogin = !canFfmpegLogIn(challenges, address.user);
        const asked = { method: 'GET', uri: pathname + search, count: 1 };
        authorization = answerChallenge(challenges, address, asked);
        if (authorization !== undefined) {
          answer.destroy();
          continue;
        }
      }
      return await read({ status, challenges, answer, needsThisLogin });
    }
  } catch {
    return undefined;
  } finally {
    clearTimeout(deadline);
  }
  return undefined;
}

/** The sound of an answer, where ffmpeg cannot fetch it itself. @param isKept whether it is not to be asked for again */
async function soundIn(answer: IncomingMessage, isKept: boolean): Promise<RawAudio | undefined> {
  const type = answer.headers['content-type'] ?? '';
  const [, quoted, plain] = /^multipart\/.*?;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(type) ?? [];
  const boundary = quoted || plain;
  const parts = boundary ? await soundInParts(answer, boundary) : undefined;
  // A stream of pictures alone, of which ffmpeg says so.
  if (boundary && !parts) return undefined;
  const body = parts?.body ?? answer;
  const args = rawFormat(parts?.type ?? type);
  if (args && !(await beginsWithHeader(body))) return { args, body };
  // What a playlist names is fetched from elsewhere.
  return (parts ?? isKept) && !/mpegurl|dash\+xml/i.test(type) ? { args: ANALYSIS, body } : undefined;
}

function requestFor(url: string, authorization: string | undefined, signal: AbortSignal): ClientRequest {
  return (url.startsWith('https:') ? requestHttps : requestHttp)(url, {
    headers: { 'User-Agent': 'DeepInfant', ...(authorization && { Authorization: authorization }) },
    // Cameras sign their certificates themselves.
    rejectUnauthorized: false,
    agent: false,
    signal,
  });
}

async function answerTo(request: ClientRequest): Promise<IncomingMessage> {
  request.end();
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  answer.on('error', () => undefined);
  request.on('error', () => undefined);
  return answer;
}

function challengesIn({ rawHeaders }: IncomingMessage): string[] {
  return rawHeaders.filter((_, i) => rawHeaders[i - 1]?.toLowerCase() === 'www-authenticate' && i % 2 === 1);
}

async function beginsWithHeader(body: Readable): Promise<boolean> {
  if (body.readableLength === 0) await once(body, 'readable');
  const first = body.read() as Buffer | null;
  if (first) body.unshift(first);
  return HEADERS.some(header => first?.subarray(0, header.length).equals(header));
}

/**
 * ffmpeg's options for the sound of a content type that names sound without a header (RFC 1890, 2586, 3551, 3190, and
 * what Axis and DoorBird send); undefined for all others.
 */
export function rawFormat(contentType: string): string[] | undefined {
  const [type, ...parameters] = contentType.toLowerCase().split(';');
  const numberOf = (name: string): number | undefined => {
    const value = parameters
      .map(text => new RegExp(`^\\s*${name}\\s*=\\s*"?(\\d+)`).exec(text)?.[1])
      .find(Boolean);
    return value === undefined ? undefined : Number(value);
  };
  const name = /^\s*audio\/(?:x-|vnd\.)?([\w.-]+)\s*$/.exec(type)?.[1] ?? '';
  const format = RAW_FORMATS.find(({ names }) => names.test(name));
  if (!format) return undefined;
  if (format.isFixed) return format.args(name);
  const rate =
    numberOf('rate') ?? numberOf('samplerate') ?? numberOf('clock-rate') ?? format.rate?.(name) ?? 8000;
  const channels = numberOf('channels') ?? 1;
  return [...format.args(name), '-ar', String(rate), '-ac', String(channels)];
}

interface RawFormat {
  /** Subtypes without `x-`. */
  names: RegExp;
  args: (name: string) => string[];
  /** In Hz, where it is not 8000 unless the type says so. */
  rate?: (name: string) => number | undefined;
  /** Whether it has one rate, and one channel. */
  isFixed?: true;
}

const RAW_FORMATS: readonly RawFormat[] = [
  // Axis counts kbit/s: 128 is 16 kHz. G.711 without a law is mu-law, as `audio/basic` is.
  {
    names: /^(basic|mu-?law|u-?law|pcmu|g\.?711u?|g\.?711-?mu-?law|axis-mulaw(-\d+)?)$/,
    args: () => ['-f', 'mulaw'],
    rate: name => 125 * Number(/-(\d+)$/.exec(name)?.[1] ?? 64),
  },
  { names: /^(a-?law|pcma|g\.?711a|g\.?711-?a-?law)$/, args: () => ['-f', 'alaw'] },
  { names: /^l8$/, args: () => ['-f', 'u8'] },
  { names: /^l16$/, args: () => ['-f', 's16be'] },
  { names: /^l24$/, args: () => ['-f', 's24be'] },
  { names: /^(pcm|raw)$/, args: () => ['-f', 's16le'] },
  { names: /^g\.?722$/, args: () => ['-f', 'g722'], isFixed: true },
  {
    names: /^g\.?726(-(16|24|32|40))?$/,
    args: name => ['-f', 'g726', '-code_size', String(Number(/-(\d+)$/.exec(name)?.[1] ?? 32) / 8)],
  },
];
