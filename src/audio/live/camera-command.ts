/** How ffmpeg is told to hear a camera. */
import { SAMPLE_RATE } from '../../values.js';
import { isPlaylist, isRtsp, secretUrl, type CameraAddress } from './camera-address.js';
import type { TrackPlan } from './camera-track.js';
import { PLACES } from './track-time.js';

/** What the camera is asked for. */
export type Wish =
  /** Its sound alone, which starts at once, costs half, and takes no viewer's place. */
  | 'sound'
  /** All that it has. */
  | 'all'
  /** All, by an ffmpeg older than 5, which can't be given options beside the address. */
  | 'all-plainly';

/** Which tracks ffmpeg is to send, from 0, and how. */
export type TrackPlans = ReadonlyMap<number, TrackPlan>;

/** So much of a stream is enough to know it, in µs. */
const ANALYSIS_US = 500_000;
/** ffmpeg's options for a stream that it is given: it would analyse five seconds, and count pictures. */
export const ANALYSIS = ['-analyzeduration', String(ANALYSIS_US), '-fpsprobesize', '0'];
/** As many channels of a track are heard. */
export const MOST_CHANNELS = 7;
/** Names of layouts, by their number of channels: every ffmpeg knows them. */
const LAYOUTS = ['', 'mono', 'stereo', '2.1', '4.0', '5.0', '5.1', '6.1', '7.1'];

/** The pipe on which each planned track comes, in the plans' order. */
export function pipesFor(plans: TrackPlans): number[] {
  return Array.from(plans.keys(), (_, i) => (i === 0 ? 1 : i + 2));
}

export function argumentsFor(
  address: CameraAddress,
  plans: TrackPlans,
  rawInput?: readonly string[],
): string[] {
  const general = ['-nostdin', '-hide_banner', '-nostats', '-loglevel', 'level+info'];
  // The address, which may hold a password, must not be an argument: those can be seen by everybody.
  const script = ['-f', 'concat', '-safe', '0', '-protocol_whitelist', protocolsFor(address)];
  // The script's own demuxer would wait five seconds for a track that never sends.
  const analysis = ['-analyzeduration', String(ANALYSIS_US)];
  const pipes = pipesFor(plans);
  const outputs = Array.from(plans, ([track, plan], i) => [
    ...['-map', `0:a:${track}`, '-af', filtersFor(plan), '-c:a', 'pcm_f32le'],
    ...['-f', 'f32le', '-flush_packets', '1', `pipe:${pipes[i]}`],
  ]);
  return [...general, ...(rawInput ?? [...analysis, ...script]), '-i', 'pipe:0', ...outputs.flat()];
}

/** Each frame's last channel is its place in the camera's own time, which raw audio has no room for elsewhere. */
function filtersFor({ channels, actualRate }: TrackPlan): string {
  const values = Array.from({ length: channels }, (_, channel) => `val(${channel})`);
  const place = `mod(floor(t*${SAMPLE_RATE}+.5)\\,${PLACES})`;
  return [
    ...(actualRate === undefined ? [] : [`asetrate=${actualRate}`]),
    `aresample=${SAMPLE_RATE}`,
    `aeval=exprs='${[...values, place].join('|')}':c=${LAYOUTS[channels + 1]}`,
  ].join(',');
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

/** What is asked for over RTSP, and how it is to come. */
export interface Asked {
  wish: Wish;
  /** Over UDP alone; otherwise over TCP, or over UDP where the camera says that it does not know TCP. */
  overUdp: boolean;
}

/**
 * A script for ffmpeg's concat demuxer (ffmpeg-formats, 'concat').
 * @param timeoutMs how long the camera may be silent
 */
export function scriptFor(address: CameraAddress, { wish, overUdp }: Asked, timeoutMs: number): string {
  const lines = ['ffconcat version 1.0', `file ${quote(secretUrl(address))}`];
  if (wish !== 'all-plainly')
    lines.push(...optionsFor(address, { wish, overUdp }, timeoutMs).map(option => `option ${option}`));
  return lines.map(line => `${line}\n`).join('');
}

/** Quotes as ffmpeg-utils says under 'Quoting and escaping'. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function optionsFor(address: CameraAddress, { wish, overUdp }: Asked, timeoutMs: number): string[] {
  const timeoutUs = String(1000 * timeoutMs);
  // It would analyse five seconds, and count pictures.
  const analysis = [`analyzeduration ${ANALYSIS_US}`, 'fpsprobesize 0'];
  if (isRtsp(address))
    return [
      ...analysis,
      ...(overUdp ? ['rtsp_transport udp'] : ['rtsp_transport tcp+udp', 'rtsp_flags prefer_tcp']),
      `timeout ${timeoutUs}`,
      ...(wish === 'sound' ? ['allowed_media_types audio'] : []),
    ];
  return [
    ...analysis,
    `rw_timeout ${timeoutUs}`,
    ...(address.bearer ? [`headers ${quote(`Authorization: Bearer ${address.bearer}`)}`] : []),
    // The newest segment.
    ...(isPlaylist(address) ? ['live_start_index -1'] : []),
  ];
}
