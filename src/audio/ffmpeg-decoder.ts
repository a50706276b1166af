import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DeepInfantError } from '../errors.js';
import { systemPath } from '../files/path-text.js';
import { ByteReader } from './byte-reader.js';
import { ffmpegStartError, MOST_LINE } from './ffmpeg.js';
import { isChainedOgg } from './ogg.js';
import type { PcmBlock } from './pcm.js';
import type { Reading } from './pcm-data.js';
import { decodeWav } from './wav.js';

/** The formats that ffmpeg may open: those with sound, and none that makes it open other files, as playlists do. */
const DEMUXERS =
  'aa,aac,ac3,act,adx,aea,aiff,amr,ape,aptx,aptx_hd,asf,asf_o,ast,au,avi,avr,avs,caf,codec2,dhav,dsf,dss,dts,dtshd,dv,eac3,flac,flv,g722,g729,gsm,gxf,iff,ilbc,ipmovie,ircam,ivr,kux,live_flv,loas,lvf,matroska,mlp,mmf,mods,mov,mp3,mpc,mpc8,mpeg,mpegts,mtaf,mxf,nistsphere,nsv,nut,nuv,ogg,oma,paf,pmp,pva,pvf,qcp,rm,rso,sbc,sds,shn,sln,smjpeg,sox,swf,tak,truehd,tta,ty,vivo,voc,vqf,w64,wav,wsd,wtv,wv,wve,xa,xmv,xwma';

/**
 * What ffmpeg says where a file ends before its audio does: MP4, Matroska, AAC, WMA, AU. It ends with status 0 all the
 * same, as it does after it complained of tags or padding behind the last frame of an MP3. Of other formats it can't tell.
 */
const ENDS_EARLY =
  /partial file|ended prematurely|buffer exhausted before END|packet size too small|Invalid PCM packet/;

/** Of what it says of a recording, in characters: a recording may have any number of tags, of any length. */
const MOST_SAID = 1_000_000;

/** What ffmpeg says of what it does not know, or is not to open. */
const UNKNOWN = /Invalid data found when processing input|Format not on whitelist/;

/** Share of frames that can't be decoded from which on ffmpeg fails; its own is 2/3. */
const MOST_BAD_FRAMES = '0.1';

/** ffmpeg looks so far for a track that begins late, such as sound that was switched on later. */
const PATIENCE = ['-analyzeduration', '60M', '-probesize', '50M'];

/** The first audio track is heard unless another is louder by so many dB, as where it is silent. */
const MUCH_LOUDER_DB = 12;

/** A recording whose first timestamp is later than this has the time of a clock, not a late beginning. */
const LATEST_START_S = 60;

/**
 * Keeps to the timestamps from the first sound on: what is missing becomes silence. Where they go back, the sound goes on
 * all the same; ffmpeg would drop it. Variable 0 holds the time at which the frame before ended. Where the rate or the
 * channels change, ffmpeg begins anew with all this, as if there had been nothing before.
 */
const BY_TIMESTAMPS = "asetpts='st(1,max(PTS,ld(0)));st(0,ld(1)+S/(SR*TB));ld(1)',aresample=async=1";

/** Formats, by ffmpeg's names, with timestamps of their own. Of others it counts samples, of the rate that came first. */
const TIMED = /^Input #0, (asf|dhav|flv|gxf|live_flv|matroska|mov|mpeg|mxf|nsv|nut|nuv|ogg|rm|wtv)/m;

/** A jump of timestamps by more is another recording's beginning, and not a gap. ffmpeg's own measure is 10 s. */
const LONGEST_GAP_S = 3600;

/** Where the first frame is said to be: `#tb 0: 1/16000`, and a line for the frame, with its time in these units. */
const FIRST_FRAME = /^#tb 0: (\d+)\/(\d+)$(?:.*\n)*?^0, +-?\d+, +(-?\d+),/m;

/** What ffmpeg reads: a file, or a stream of bytes that has begun. */
export type FfmpegInput = string | ByteReader;

/** What ffmpeg says of a recording before it decodes it. */
interface Probe {
  /** Of each audio track that it can decode, its number among all tracks. */
  tracks: number[];
  /** Whether it has timestamps of its own. */
  isTimed: boolean;
  /** Arguments for the input that keep the time before the first sound, where there is some. */
  start: string[];
  /** Arguments for another output, for the same. */
  besides: string[];
}

/** Of a stream, which can be read only once. */
const UNPROBED: Probe = { tracks: [], isTimed: true, start: [], besides: [] };

/**
 * Decodes an audio track of a recording of any format with the system's ffmpeg: the first, or else the one that sounds.
 *
 * @param options for ffmpeg's input
 * @throws DeepInfantError `ffmpeg-missing`, `ffmpeg-not-started`; `not-audio` if ffmpeg can't read it; `truncated` after the last block if
 *   ffmpeg came to an end before the recording's, was killed, or a tenth of the frames is damaged
 */
export async function* decodeWithFfmpeg(
  input: FfmpegInput,
  reading: Reading,
  options: readonly string[] = [],
): AsyncGenerator<PcmBlock> {
  const { name, warn } = reading;
  const { tracks, isTimed, start, besides } =
    typeof input === 'string' ? await probe(input, reading) : UNPROBED;
  const [first] = tracks;
  const track =
    typeof input === 'string' && tracks.length > 1 ? await loudestTrack(input, tracks, reading) : first;
  if (track !== first)
    warn(
      `Of the ${tracks.length} audio tracks of ${name}, number ${tracks.indexOf(track) + 1} is heard: the first is silent.`,
    );
  const general = [
    ...['-loglevel', 'error', '-max_error_rate', MOST_BAD_FRAMES],
    ...['-dts_delta_threshold', String(LONGEST_GAP_S), ...PATIENCE, ...start, ...options],
  ];
  const map = ['-map', tracks.length === 0 ? '0:a:0' : `0:${track}`];
  // A WAV of floats, so that mono and the rate are made the same way for every format.
  const sound = [
    ...map,
    ...(isTimed ? ['-af', BY_TIMESTAMPS] : []),
    '-c:a',
    'pcm_f32le',
    '-f',
    'wav',
    'pipe:1',
  ];
  const beginning = [
    ...map,
    '-frames:a',
    '1',
    '-c:a',
    'pcm_s16le',
    '-f',
    'framecrc',
    '-flush_packets',
    '1',
    'pipe:4',
  ];
  const output = [...sound, ...besides, ...(isTimed ? beginning : [])];
  const ffmpeg = await startFfmpeg(general, input, output, name);
  // What follows the first complaint is ffmpeg's way of giving up.
  let complaint: string | undefined;
  let endsEarly = false;
  createInterface(ffmpeg.stderr!).on('line', whole => {
    const line = whole.slice(0, MOST_LINE);
    complaint ??= line;
    endsEarly ||= ENDS_EARLY.test(line);
  });
  const closed = once(ffmpeg, 'close');
  const lateS = isTimed ? startOfSound(ffmpeg.stdio[4] as Readable) : 0;
  let decoded = false;
  let status: number | null;
  let signal: NodeJS.Signals | null;
  try {
    for await (const block of decodeWav(new ByteReader(ffmpeg.stdout!), reading)) {
      if (!decoded) yield* silence(await lateS, block);
      decoded = true;
      yield block;
    }
    [status, signal] = (await closed) as [number | null, NodeJS.Signals | null];
  } finally {
    ffmpeg.kill('SIGKILL');
  }
  if (status === 0 && (decoded ? !endsEarly : complaint === undefined)) return;
  // The address differs from run to run.
  const said = complaint && `ffmpeg says: ${complaint.replace(/ @ 0x[0-9a-f]+/, '')}`;
  const why = signal ? `ffmpeg was killed (${signal}).` : (said ?? `ffmpeg ended with status ${status}.`);
  if (!decoded) {
    if (tracks.length === 0 && complaint && UNKNOWN.test(complaint))
      throw new DeepInfantError('not-audio', `${name} is not audio in a known format.`);
    throw new DeepInfantError('not-audio', `${name} holds no audio that can be read. ${why}`);
  }
  throw new DeepInfantError(
    'truncated',
    `${name} is cut off or damaged. What could be read was used; copy the file again for the rest. ${why}`,
  );
}

/** The time of the first frame in s, by what ffmpeg writes of it; 0 where it writes nothing, or what cannot be. */
function startOfSound(pipe: Readable): Promise<number> {
  return new Promise(resolve => {
    let said = '';
    pipe.on('error', () => undefined);
    pipe.on('close', () => {
      resolve(0);
    });
    pipe.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(0, MOST_LINE);
      const found = FIRST_FRAME.exec(said);
      if (!found) return;
      const [units, parts, time] = found.slice(1).map(Number);
      const startS = (units / parts) * time;
      resolve(startS > 0 && startS < LONGEST_GAP_S ? startS : 0);
    });
  });
}

/** Silence as it is before a block. */
function* silence(seconds: number, { rate, channels }: PcmBlock): Generator<PcmBlock> {
  for (let left = Math.round(seconds * rate); left > 0; left -= rate)
    yield { rate, channels, samples: new Float32Array(Math.min(left, rate) * channels) };
}

/** Whether ffmpeg finds sound in a file; not, where there is no ffmpeg. */
export async function hasSound(file: string): Promise<boolean> {
  try {
    return (await probe(file, { name: file })).tracks.length > 0;
  } catch (error) {
    if (error instanceof DeepInfantError) return false;
    throw error;
  }
}

async function probe(file: string, reading: Pick<Reading, 'name' | 'signal'>): Promise<Probe> {
  const said = await say(file, [], reading);
  // A track that belongs to several programs of a broadcast is listed for each.
  const listed = [...said.matchAll(/^ {2}Stream #0:(\d+).*?: Audio: (\w+)/gm)];
  const tracks = new Set(listed.flatMap(([, track, codec]) => (codec === 'none' ? [] : [Number(track)])));
  // Of these a late beginning is meant; ffmpeg would leave it out where no other track begins earlier.
  const isFromZero = /^Input #0, (mov|matroska)/m.test(said);
  const startS = Number(/^ {2}Duration: .*?, start: ([\d.]+)/m.exec(said)?.[1] ?? 0);
  const isLate = isFromZero && startS > 0.1 && startS <= LATEST_START_S;
  // Of a broadcast ffmpeg counts time from the first of the tracks that it uses.
  const isBroadcast = /^Input #0, mpeg/m.test(said) && / Video: /.test(said);
  return {
    tracks: [...tracks].sort((a, b) => a - b),
    isTimed: TIMED.test(said) && !(await isChainedOgg(file, reading.signal)),
    start: isLate ? ['-itsoffset', String(startS)] : [],
    besides: isBroadcast ? ['-map', '0:v:0', '-c', 'copy', '-f', 'null', '-'] : [],
  };
}

/** The track that sounds: the loudest, though the first unless that is much louder. */
async function loudestTrack(
  file: string,
  tracks: readonly number[],
  reading: Pick<Reading, 'name' | 'signal'>,
): Promise<number> {
  // All in one pass over the file, each by a name of its own.
  const measures = tracks.flatMap(track => [
    ...['-map', `0:${track}`, '-af'],
    `highpass=f=30,astats@track${track}=measure_perchannel=none:measure_overall=RMS_level`,
    ...['-f', 'null', '-'],
  ]);
  const said = await say(file, measures, reading);
  const [first] = tracks;
  let best = { track: first, worthDb: -Infinity };
  for (const track of tracks) {
    const level = new RegExp(`^\\[astats@track${track} .*RMS level dB: (-?[\\d.]+)`, 'm').exec(said);
    const levelDb = Number(level?.[1] ?? -Infinity);
    const worthDb = track === first ? levelDb + MUCH_LOUDER_DB : levelDb;
    if (worthDb > best.worthDb) best = { track, worthDb };
  }
  return best.track;
}

/** What ffmpeg prints of a file. @throws the signal's reason if it is aborted: the process is gone then */
async function say(
  file: string,
  output: string[],
  { name, signal }: Pick<Reading, 'name' | 'signal'>,
): Promise<string> {
  signal?.throwIfAborted();
  const ffmpeg = await startFfmpeg(['-loglevel', 'info', ...PATIENCE], file, output, name);
  const kill = (): void => {
    ffmpeg.kill('SIGKILL');
  };
  signal?.addEventListener('abort', kill);
  if (signal?.aborted) kill();
  let said = '';
  ffmpeg.stderr!.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(0, MOST_SAID)));
  ffmpeg.stdout!.resume();
  await once(ffmpeg, 'close');
  signal?.removeEventListener('abort', kill);
  signal?.throwIfAborted();
  return said
    .split('\n')
    .map(line => line.slice(0, MOST_LINE))
    .join('\n');
}

/** @throws DeepInfantError `ffmpeg-missing`, `ffmpeg-not-started` */
async function startFfmpeg(
  options: string[],
  input: FfmpegInput,
  output: string[],
  name: string,
): Promise<ChildProcess> {
  const place = typeof input === 'string' ? systemPath(input) : 'pipe:0';
  // Arguments are UTF-8; a path that is not goes as an open file.
  const opened = typeof place === 'string' ? undefined : await open(place);
  const url = opened ? 'file:/dev/fd/3' : typeof input === 'string' ? `file:${input}` : 'pipe:0';
  const allowed = ['-protocol_whitelist', 'file,pipe', '-format_whitelist', DEMUXERS];
  try {
    const ffmpeg = spawn(
      'ffmpeg',
      ['-nostdin', '-hide_banner', '-nostats', ...options, ...allowed, '-i', url, ...output],
      {
        stdio: [
          typeof input === 'string' ? 'ignore' : 'pipe',
          'pipe',
          'pipe',
          opened?.fd ?? 'ignore',
          'pipe',
        ],
      },
    );
    await once(ffmpeg, 'spawn');
    // It ends early where it has enough or can't go on; its status shows that.
    if (typeof input !== 'string') pipeline(input.rest(), ffmpeg.stdin!).catch(() => undefined);
    return ffmpeg;
  } catch (error) {
    throw ffmpegStartError(`${name} is in a format that needs ffmpeg`, error);
  } finally {
    await opened?.close();
  }
}
