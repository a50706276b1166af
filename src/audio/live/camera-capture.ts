import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { messageOf } from '../../errors.js';
import { SAMPLE_RATE, type AudioFormat } from '../../values.js';
import { INSTALL_FFMPEG } from '../ffmpeg.js';
import { cameraServer, redact, secretUrl, type CameraAddress } from './camera-address.js';
import type { CaptureEnd, CaptureListener, StartCapture } from './capture.js';
import { runCapture, type CaptureWork } from './run-capture.js';
import { explainEnd, type FfmpegEnd } from './ffmpeg-complaint.js';
import { describeRtsp } from './rtsp-probe.js';
import { readCapture } from './capture-reader.js';

/** Patience with a camera that doesn't answer, or stops sending. */
const TIMEOUT_MS = 5000;
/** Patience with HLS: Home Assistant answers when it has the first segment, which may last six seconds. */
const HLS_TIMEOUT_MS = 15_000;
/** Patience with one that agreed to send its sound alone: more, so that one that doesn't answer is told as such. */
const SOUND_ALONE_MS = 6000;
/** A stream may begin with what was kept, and has gaps filled; a stream that is further ahead is not live. */
const MOST_AHEAD_S = 60;
const WATCHED_MS = 3_600_000;
/** Of each line that ffmpeg prints, in characters. A camera may name its stream as it likes. */
const MOST_LINE = 1000;
/** Of what a camera answers, in characters. */
const MOST_SHOWN = 200;
/** Complaints that are kept: what explains an end is among the last. */
const MOST_SAID = 20;

/** What the camera is asked for. */
type Wish =
  /** Its sound alone, which starts at once, costs half, and takes no viewer's place. */
  | 'sound'
  /** All that it has. */
  | 'all'
  /** All, by an ffmpeg older than 5, which can't be given options beside the address. */
  | 'all-plainly';

/**
 * Hears a camera with the system's ffmpeg. Its first sample may take 15 s: 6 s to learn that it sends no sound without
 * the picture, and the wait for a whole picture.
 */
export function startCamera(address: CameraAddress): StartCapture {
  return runCapture(cameraCapture(address));
}

/** The same as work that may be a part of other work. */
export function cameraCapture(address: CameraAddress): CaptureWork {
  // What the camera granted last, it grants again.
  let granted: Wish = isRtsp(address) ? 'sound' : 'all';
  return async (listener, signal) => {
    const obstacle = await obstacleFor(address, signal);
    if (obstacle) return obstacle;
    let wish = granted;
    for (;;) {
      const end = await runFfmpeg(address, wish, listener, signal);
      if ('kind' in end) return end;
      if (end.heard) granted = wish;
      const next = signal.aborted ? undefined : nextWish(wish, end);
      if (!next) return explainEnd(end, address);
      wish = next;
    }
  };
}

/** What to ask for after a wish was not granted; undefined where nothing else would help. */
function nextWish(wish: Wish, { heard, status, said, killedFor }: FfmpegEnd): Wish | undefined {
  if (said.some(line => line.includes("unknown keyword 'option'"))) return 'all-plainly';
  const isRefused = said.some(line => /method (SETUP|PLAY) failed/.test(line));
  const mayHelp = isRefused || killedFor === 'silence' || status === 0;
  return wish === 'sound' && !heard && mayHelp ? 'all' : undefined;
}

/**
 * What keeps ffmpeg from using a login safely or at all: it takes the login along to another server when an RTSP server
 * redirects it there, and knows no Digest but that with MD5.
 */
async function obstacleFor(address: CameraAddress, signal: AbortSignal): Promise<CaptureEnd | undefined> {
  if (!isRtsp(address) || address.password === '') return undefined;
  const { status = 0, location, challenges = [] } = (await describeRtsp(address, signal)) ?? {};
  const { host } = new URL(address.url);
  if (status >= 300 && status < 400 && location && cameraServer(location) !== cameraServer(address.url))
    return {
      kind: 'bad-address',
      message: `The camera at ${host} redirects to another server, ${redact(location).slice(0, MOST_SHOWN)}. The password is not sent there. If that is right, enter that address.`,
    };
  if (status === 401 && challenges.length > 0 && !challenges.some(canLogIn))
    return {
      kind: 'not-a-stream',
      message: `The camera at ${host} takes only a login that ffmpeg does not know (${challenges.map(schemeOf).join(', ').slice(0, MOST_SHOWN)}). Let go2rtc fetch the stream, and enter its address.`,
    };
  return undefined;
}

function canLogIn(challenge: string): boolean {
  return /^(basic|digest|digest md5)$/i.test(schemeOf(challenge));
}

/** 'Basic', 'Digest SHA-256' */
function schemeOf(challenge: string): string {
  const [scheme = ''] = challenge.split(/\s/, 1);
  const algorithm = /\balgorithm="?([\w-]{1,20})/i.exec(challenge)?.[1];
  return [scheme.slice(0, 20), algorithm].filter(Boolean).join(' ');
}

function isRtsp({ url }: CameraAddress): boolean {
  return url.startsWith('rtsp');
}

/** Resolves when the process is gone. */
async function runFfmpeg(
  address: CameraAddress,
  wish: Wish,
  listener: CaptureListener,
  signal: AbortSignal,
): Promise<FfmpegEnd | CaptureEnd> {
  const ffmpeg = spawn('ffmpeg', argumentsFor(address));
  try {
    await once(ffmpeg, 'spawn');
  } catch (error) {
    const message = `ffmpeg, which hears cameras, could not be started (${messageOf(error)}). ${INSTALL_FFMPEG}`;
    return { kind: 'no-program', message };
  }
  const end: FfmpegEnd = { heard: false, status: null, said: [] };
  const closed = once(ffmpeg, 'close');
  const kill = (): void => {
    ffmpeg.kill('SIGKILL');
  };
  signal.addEventListener('abort', kill);
  if (signal.aborted) kill();

  ffmpeg.stdin.on('error', () => {
    // It ended before it had read the address, and says why.
  });
  ffmpeg.stdin.end(scriptFor(address, wish));

  const patience = setTimeout(() => {
    end.killedFor = 'silence';
    kill();
  }, SOUND_ALONE_MS);
  if (wish !== 'sound') clearTimeout(patience);

  let firstAtMs = 0;
  let count = 0;
  const receive = (samples: Float32Array): void => {
    if (signal.aborted || end.killedFor) return;
    const nowMs = performance.now();
    if (!end.heard || nowMs - firstAtMs > WATCHED_MS) {
      // Anew now and then: over weeks the fastest of clocks would be ahead.
      firstAtMs = nowMs;
      count = 0;
    }
    end.heard = true;
    clearTimeout(patience);
    count += samples.length;
    if (count / SAMPLE_RATE > (nowMs - firstAtMs) / 1000 + MOST_AHEAD_S) {
      end.killedFor = 'haste';
      kill();
    } else listener.samples(samples);
  };

  let format: AudioFormat | undefined;
  let channel: number | undefined;
  const reportFormat = (): void => {
    if (format && !signal.aborted) listener.format({ ...format, ...(channel !== undefined && { channel }) });
  };
  readCapture(ffmpeg.stdout, 'wav', {
    samples: receive,
    heard: heard => {
      if (heard.channel === channel) return;
      channel = heard.channel;
      reportFormat();
    },
  });
  createInterface(ffmpeg.stderr).on('line', whole => {
    const line = whole.slice(0, MOST_LINE);
    if (/\[(warning|error|fatal)\]/.test(line)) end.said = [...end.said, line].slice(-MOST_SAID);
    if (format) return;
    format = formatIn(line);
    reportFormat();
  });

  [end.status] = (await closed) as [number | null];
  clearTimeout(patience);
  signal.removeEventListener('abort', kill);
  return end;
}

function argumentsFor(address: CameraAddress): string[] {
  const general = ['-nostdin', '-hide_banner', '-nostats', '-loglevel', 'level+info'];
  // The address, which may hold a password, must not be an argument: those can be seen by everybody.
  const input = ['-f', 'concat', '-safe', '0', '-protocol_whitelist', protocolsFor(address), '-i', 'pipe:0'];
  // Filled up, so that a gap in the stream is as long in the sound.
  const filters = ['-af', `aresample=${SAMPLE_RATE}:async=1`];
  return [...general, ...input, '-map', '0:a:0', ...filters, '-c:a', 'pcm_f32le', '-f', 'wav', 'pipe:1'];
}

/** What ffmpeg may open; a camera could otherwise refer it to this computer's files. */
function protocolsFor({ url }: CameraAddress): string {
  switch (new URL(url).protocol) {
    case 'rtsp:':
      return 'pipe,rtp,tcp,udp';
    case 'rtsps:':
      return 'pipe,rtp,tcp,tls,udp';
    default:
      // HTTP redirects to HTTPS, and segments of HLS may be encrypted.
      return 'pipe,http,https,tcp,tls,crypto';
  }
}

/** A script for ffmpeg's concat demuxer (ffmpeg-formats, 'concat'). */
function scriptFor(address: CameraAddress, wish: Wish): string {
  const lines = ['ffconcat version 1.0', `file ${quote(secretUrl(address))}`];
  if (wish !== 'all-plainly') lines.push(...optionsFor(address, wish).map(option => `option ${option}`));
  return lines.map(line => `${line}\n`).join('');
}

/** Quotes as ffmpeg-utils says under 'Quoting and escaping'. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function optionsFor(address: CameraAddress, wish: 'sound' | 'all'): string[] {
  const isHls = new URL(address.url).pathname.endsWith('.m3u8');
  const timeoutUs = String(1000 * (isHls ? HLS_TIMEOUT_MS : TIMEOUT_MS));
  // It would analyse five seconds, and count pictures.
  const analysis = ['analyzeduration 1000000', 'fpsprobesize 0'];
  if (isRtsp(address))
    return [
      ...analysis,
      // UDP where the camera refuses TCP.
      'rtsp_transport tcp+udp',
      'rtsp_flags prefer_tcp',
      `timeout ${timeoutUs}`,
      ...(wish === 'sound' ? ['allowed_media_types audio'] : []),
    ];
  return [
    ...analysis,
    `rw_timeout ${timeoutUs}`,
    ...(address.bearer ? [`headers ${quote(`Authorization: Bearer ${address.bearer}`)}`] : []),
    // The newest segment.
    ...(isHls ? ['live_start_index -1'] : []),
  ];
}

/** What ffmpeg says of its input: 'Stream #0:1: Audio: aac (LC), 16000 Hz, mono, fltp, 50 kb/s'; undefined in other lines. */
function formatIn(line: string): AudioFormat | undefined {
  const [, codec, rate, layout] =
    /^\[info\] +Stream #0:\d.*?: Audio: (?!pcm_f32le)(\w+).*?, (\d+) Hz, ([^,]+)/.exec(line) ?? [];
  return codec ? { codec, sampleRate: Number(rate), channels: channelsIn(layout) } : undefined;
}

/** Of 'mono', 'stereo', '3 channels', '5.1(side)' and their like. */
function channelsIn(layout: string): number {
  if (layout === 'mono') return 1;
  if (layout === 'stereo') return 2;
  const [, full, low = '0'] = /^(\d+)(?:\.(\d))?/.exec(layout) ?? [];
  return Number(full) + Number(low);
}
