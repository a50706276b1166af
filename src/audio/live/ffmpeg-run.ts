import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';
import { guard } from '../../guard.js';
import { DeepInfantError } from '../../errors.js';
import { SAMPLE_RATE, type AudioFormat } from '../../values.js';
import { INSTALL_FFMPEG, MOST_LINE } from '../ffmpeg.js';
import { startError } from '../start-error.js';
import type { CameraAddress } from './camera-address.js';
import {
  argumentsFor,
  MOST_CHANNELS,
  pipesFor,
  scriptFor,
  type TrackPlans,
  type Asked,
} from './camera-command.js';
import { CameraTrack } from './camera-track.js';
import type { CaptureEnd, CaptureListener } from './capture.js';
import { readComplaint, type FfmpegEnd } from './ffmpeg-complaint.js';
import { FfmpegListing } from './ffmpeg-listing.js';
import type { RawAudio } from './http-audio.js';
import { TrackChoice } from './track-choice.js';

/** A stream may begin with what was kept; one that is further ahead is not live. */
const MOST_AHEAD_S = 60;
const WATCHED_MS = 3_600_000;
/** Complaints that are kept: what explains an end is among the last. */
const MOST_SAID = 20;
const TRACKS_EVERY_MS = 1000;
/** More tracks than that are not listened to. */
const MOST_TRACKS = 8;
/** Of a source that pauses: after so long without sound, silence is put in, a piece at a time. */
const PAUSE_MS = 1000;
const FILL_EVERY_MS = 250;
/** A camera that pauses from the beginning has had so long to send, or to refuse. */
const PAUSE_AT_BEGINNING_MS = 3000;
/** In a pause, whether the camera is still there is asked so often. */
const LOOK_AFTER_MS = 15_000;
/** The rate of sound is counted for so long, twice; longer where it comes in bursts. */
const RATE_WINDOW_MS = 5000;
const HTTP_RATE_WINDOW_MS = 15_000;

/** What one ffmpeg is to hear. */
export interface RunRequest extends Asked {
  address: CameraAddress;
  /** Guessed until the camera's tracks are known: `plan` says then what is right. */
  plans: TrackPlans;
  /** What to hear of the tracks that the camera has. */
  plan: (tracks: readonly AudioFormat[]) => TrackPlans;
  /** Whether the camera sends only while there is something to hear, as far as is known now. */
  pauses: () => boolean;
  /** Whether a camera that sends nothing is still there. */
  isThere: () => Promise<boolean>;
  /** How long the camera may be silent; 0 for ever. */
  timeoutMs: number;
  /** Sound without a header, which an HTTP server sends, instead of the address. */
  raw?: RawAudio;
}

/** All of a camera's tracks, as far as they are heard. */
export function planAll(tracks: readonly AudioFormat[], rates: ReadonlyMap<number, number>): TrackPlans {
  return new Map(
    tracks
      .slice(0, MOST_TRACKS)
      .map(({ channels }, i) => [
        i,
        { channels: Math.min(channels, MOST_CHANNELS), actualRate: rates.get(i) },
      ]),
  );
}

/** Hears a camera with an ffmpeg; resolves when the process is gone. */
export async function runFfmpeg(
  request: RunRequest,
  listener: CaptureListener & { pause(): void },
  signal: AbortSignal,
): Promise<FfmpegEnd | CaptureEnd> {
  const { address, plans, raw } = request;
  const pipes = pipesFor(plans);
  const stdio = Array.from({ length: Math.max(3, ...pipes.map(pipe => pipe + 1)) }, () => 'pipe' as const);
  const ffmpeg = spawn('ffmpeg', argumentsFor(address, plans, raw?.args), { stdio });
  try {
    await once(ffmpeg, 'spawn');
  } catch (error) {
    raw?.body.destroy();
    const failure = startError(error);
    // What the system lacks just now may be there later; nothing is to be installed.
    if (!(failure instanceof DeepInfantError)) throw failure;
    const message = `ffmpeg, which hears cameras, could not be started (${failure.message}). ${INSTALL_FFMPEG}`;
    return { kind: 'no-program', message };
  }
  const end: FfmpegEnd = { heard: false, status: null, said: [], tracks: [] };
  const closed = once(ffmpeg, 'close');
  const kill = (): void => {
    ffmpeg.kill('SIGKILL');
  };
  signal.addEventListener('abort', kill);
  if (signal.aborted) kill();

  const stdin = ffmpeg.stdin;
  stdin.on('error', () => {
    // It ended before it had read the address, and says why.
  });
  if (raw) raw.body.on('error', () => stdin.end()).pipe(stdin);
  else stdin.end(scriptFor(address, request, request.timeoutMs));

  const isOver = (): boolean => signal.aborted || end.killedFor !== undefined;
  const endFor = (reason: FfmpegEnd['killedFor']): void => {
    end.killedFor = reason;
    kill();
  };
  const hearing = new Hearing(request, listener, end, endFor);
  const outputs = ffmpeg.stdio as (Readable | null)[];
  pipes.forEach((pipe, i) => {
    outputs[pipe]?.on(
      'data',
      guard((bytes: Buffer) => {
        if (!isOver()) hearing.push(i, bytes, performance.now());
      }),
    );
  });
  createInterface(ffmpeg.stderr).on(
    'line',
    guard((line: string) => {
      if (!isOver()) hearing.read(line.slice(0, MOST_LINE));
    }),
  );
  const ticking = setInterval(
    guard(() => {
      if (!isOver()) hearing.tick(performance.now());
    }),
    FILL_EVERY_MS,
  );

  [end.status] = (await closed) as [number | null];
  clearInterval(ticking);
  raw?.body.destroy();
  signal.removeEventListener('abort', kill);
  return end;
}

/** What one ffmpeg sends and says. */
class Hearing {
  private readonly listing = new FfmpegListing();
  private tracks: CameraTrack[] = [];
  private choice = new TrackChoice(0);
  /** What came before the tracks were known. */
  private early: [number, Buffer, number][] = [];
  private readonly beganMs = performance.now();
  private firstAtMs = 0;
  /** Until when there is sound, or silence in its place. */
  private filledMs = NaN;
  private emitted = 0;
  private clockSteps = 0;
  private pauses = 0;
  private toldTracksMs = -Infinity;
  private isPausing = false;
  /** See AudioFormat. */
  private channel: number | undefined;
  /** When something came last, or it was asked whether the camera is still there. */
  private sureMs = performance.now();

  constructor(
    private readonly request: RunRequest,
    private readonly listener: CaptureListener & { pause(): void },
    private readonly end: FfmpegEnd,
    private readonly endFor: (reason: FfmpegEnd['killedFor']) => void,
  ) {}

  /** A line that ffmpeg prints. */
  read(line: string): void {
    const { end, request } = this;
    const complaint = readComplaint(line);
    if (complaint) {
      const same = end.said.findIndex(before => readComplaint(before)?.text === complaint.text);
      if (same >= 0) end.said.splice(same, 1);
      end.said = [...end.said, line].slice(-MOST_SAID);
      if (!end.heard && same < 0) this.listener.complaint?.(complaint.text);
    }
    if (!this.listing.push(line)) {
      end.tracks = this.listing.tracks;
      return;
    }
    const plans = request.plan(this.listing.tracks);
    if (!fits(request.plans, plans)) {
      this.endFor('plan');
      return;
    }
    this.tracks = Array.from(request.plans, ([index, plan]) => {
      const isHttp = request.address.url.startsWith('http');
      return new CameraTrack(this.listing.tracks[index], plan, isHttp ? HTTP_RATE_WINDOW_MS : RATE_WINDOW_MS);
    });
    this.choice = new TrackChoice(this.tracks.length);
    this.isPausing = request.pauses();
    this.tellFormat(0);
    for (const [i, bytes, nowMs] of this.early) this.push(i, bytes, nowMs);
    this.early = [];
  }

  push(i: number, bytes: Buffer, nowMs: number): void {
    if (this.tracks.length === 0) {
      this.early.push([i, bytes, nowMs]);
      return;
    }
    const track = this.tracks[i];
    this.sureMs = nowMs;
    const before = Math.max(0, this.choice.current);
    for (const samples of track.push(bytes, nowMs))
      for (const part of this.choice.push(i, samples, nowMs)) this.emit(part, nowMs);
    if (this.choice.current !== before || this.isOtherChannel()) this.tellFormat(this.choice.current);
    this.tellTime();
    if (track.otherRate === undefined) return;
    this.end.rate = { track: Array.from(this.request.plans.keys())[i], rateHz: track.otherRate };
    this.endFor('rate');
  }

  /** Some time has passed. */
  tick(nowMs: number): void {
    if (nowMs >= this.toldTracksMs + TRACKS_EVERY_MS && this.tracks.length > 0) {
      this.toldTracksMs = nowMs;
      this.listener.tracks?.(this.tracks.map(({ health }) => health));
    }
    if (!this.request.pauses()) return;
    if (!this.isPausing) {
      this.isPausing = true;
      if (this.tracks.length > 0) this.tellFormat(Math.max(0, this.choice.current));
    }
    this.lookAfter(nowMs);
    if (Number.isNaN(this.filledMs) && nowMs > this.beganMs + PAUSE_AT_BEGINNING_MS)
      this.filledMs = nowMs - PAUSE_MS;
    if (!(nowMs >= this.filledMs + PAUSE_MS)) return;
    const count = Math.round(((nowMs - PAUSE_MS + FILL_EVERY_MS - this.filledMs) * SAMPLE_RATE) / 1000);
    this.filledMs += (1000 * count) / SAMPLE_RATE;
    if (this.choice.current >= 0) this.tracks[this.choice.current].time.skip(count);
    this.choice.skip(this.filledMs);
    this.listener.samples(new Float32Array(count));
  }

  /** Ends it when the camera is gone, which a pause would hide. */
  private lookAfter(nowMs: number): void {
    if (nowMs < this.sureMs + LOOK_AFTER_MS) return;
    this.sureMs = nowMs;
    void this.request.isThere().then(isThere => {
      if (!isThere && this.sureMs === nowMs) this.endFor('absence');
    });
  }

  private emit(samples: Float32Array, nowMs: number): void {
    const { end } = this;
    if (end.killedFor) return;
    if (!end.heard || nowMs - this.firstAtMs > WATCHED_MS) {
      // Anew now and then: over weeks the fastest of clocks would be ahead.
      this.firstAtMs = nowMs;
      this.emitted = 0;
    }
    end.heard = true;
    this.filledMs = nowMs;
    this.emitted += samples.length;
    if (this.emitted / SAMPLE_RATE > (nowMs - this.firstAtMs) / 1000 + MOST_AHEAD_S) this.endFor('haste');
    else this.listener.samples(samples);
  }

  /** Whether the channels cancel each other out now, and another one of them is heard alone. */
  private isOtherChannel(): boolean {
    const channel = this.tracks[this.choice.current]?.channel;
    return channel !== undefined && channel !== this.channel;
  }

  private tellTime(): void {
    const times = this.tracks.map(({ time }) => time);
    const clockSteps = Math.max(...times.map(time => time.clockSteps));
    for (; this.clockSteps < clockSteps; this.clockSteps++) this.listener.clockStep?.();
    const pauses = this.tracks[Math.max(0, this.choice.current)].time.pauses;
    for (; this.pauses < pauses; this.pauses++) this.listener.pause();
  }

  /** @param i which of the planned tracks is heard */
  private tellFormat(i: number): void {
    const [index, { actualRate }] = Array.from(this.request.plans)[i];
    const format = this.listing.tracks[index];
    this.channel = this.tracks[i].channel ?? this.channel;
    this.listener.format({
      ...format,
      ...(actualRate !== undefined && { sampleRate: actualRate, declaredRate: format.sampleRate }),
      ...(this.listing.tracks.length > 1 && { track: index + 1 }),
      ...(this.channel !== undefined && { channel: this.channel }),
      ...(this.request.pauses() && { pauses: true as const }),
    });
  }
}

/** Whether what was planned will do for what is right. */
function fits(planned: TrackPlans, right: TrackPlans): boolean {
  return (
    planned.size === right.size &&
    Array.from(right).every(([track, { channels, actualRate }]) => {
      const plan = planned.get(track);
      return plan !== undefined && plan.channels >= channels && plan.actualRate === actualRate;
    })
  );
}
