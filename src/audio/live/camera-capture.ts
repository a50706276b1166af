import { setTimeout as delay } from 'node:timers/promises';
import { cameraServer, isPlaylist, isRtsp, redact, type CameraAddress } from './camera-address.js';
import type { TrackPlans, Wish } from './camera-command.js';
import type { CaptureEnd, CaptureListener, StartCapture } from './capture.js';
import { explainEnd, explainUnreachable, type FfmpegEnd } from './ffmpeg-complaint.js';
import { planAll, runFfmpeg } from './ffmpeg-run.js';
import { askHttp, isPlaylistEmpty, type RawAudio } from './http-audio.js';
import { answerChallenge, canFfmpegLogIn, schemesOf } from './login.js';
import { RtspLogin } from './rtsp-login.js';
import { canConnect, describeRtsp } from './rtsp-probe.js';
import { runCapture, type CaptureWork } from './run-capture.js';

/** Patience with a camera until its first sound: what wakes it, such as a restreamer, may take 12 s to answer and 15 s more. */
export const OPEN_MS = 45_000;
/** Patience with a camera that agreed to send its sound alone, before it is asked for all that it has, too. */
const SOUND_ALONE_MS = 6000;
/** A camera whose first sound comes within this time does so always. */
const FAST_MS = 2000;
/** Sound that comes later than that from a fast camera comes after a pause. */
const SLOW_MS = 4000;
/** A camera that sent nothing for so long from the beginning may be out of reach. */
const UNSURE_MS = 3000;
/** Patience with a camera that is asked whether it is still there. */
const CHECK_MS = 10_000;
/** A playlist that is still empty is asked for so often. */
const PLAYLIST_EVERY_MS = 1000;
/** Of what a camera answers, in characters. */
const MOST_SHOWN = 200;
const UNREACHABLE = new Error('no connection');
/** So many pauses show that a camera sends only while there is something to hear. */
const PAUSES = 3;

/** What is known of a camera beside its address. */
export interface CameraOptions {
  /** Number of the audio track to hear, from 1; otherwise the one that sounds. */
  track?: number;
  /** Whether it sends only while there is something to hear; it is learned otherwise. */
  pauses?: boolean;
  /** Patience until the first sound, in ms. */
  openMs?: number;
}

/** What was learned of a camera holds for its next captures, too. */
interface Learned {
  /** What it granted last. */
  wish: Wish;
  /** Whether it refuses TCP, and does not say that this is why. */
  overUdp: boolean;
  plans: TrackPlans;
  /** Rates in Hz of tracks that declare wrong ones. */
  rates: Map<number, number>;
  pauses: number;
  fastestMs: number;
  /** Whether the last capture was ended while the camera was connected. */
  wasStalled: boolean;
}

/**
 * Hears a camera with the system's ffmpeg. Its first sample may take 9 s more where it sends no sound without the picture:
 * 6 s to learn that, and the wait for a whole picture.
 */
export function startCamera(address: CameraAddress, options: CameraOptions = {}): StartCapture {
  return runCapture(cameraCapture(address, options));
}

/** The same as work that may be a part of other work. */
export function cameraCapture(address: CameraAddress, options: CameraOptions = {}): CaptureWork {
  const learned: Learned = {
    wish: isRtsp(address) ? 'sound' : 'all',
    overUdp: false,
    plans: new Map([[Math.max(1, options.track ?? 1) - 1, { channels: 2 }]]),
    rates: new Map(),
    pauses: 0,
    fastestMs: Infinity,
    wasStalled: false,
  };
  return (listener, signal) => new Attempt(address, options, learned, listener, signal).run();
}

/** One capture of a camera, with one ffmpeg or more. */
class Attempt {
  private readonly startMs = performance.now();
  /** Ends everything that runs; its reason is UNREACHABLE where the camera accepts no connection. */
  private readonly stopping = new AbortController();
  /** Where ffmpeg finds the camera. */
  private ffmpegAddress: CameraAddress;
  /** The ffmpeg whose sound is heard. */
  private heard: Wish | undefined;
  private readonly running = new Map<Wish, AbortController>();
  private readonly hearings: Promise<unknown>[] = [];
  private challenges: readonly string[] = [];

  constructor(
    private readonly address: CameraAddress,
    private readonly options: CameraOptions,
    private readonly learned: Learned,
    private readonly listener: CaptureListener,
    private readonly signal: AbortSignal,
  ) {
    this.ffmpegAddress = address;
  }

  async run(): Promise<CaptureEnd> {
    const { address, learned, signal, stopping } = this;
    const stop = (reason?: unknown): void => {
      stopping.abort(reason);
      for (const run of this.running.values()) run.abort();
    };
    const stopForSignal = (): void => {
      stop();
    };
    signal.addEventListener('abort', stopForSignal);
    if (signal.aborted) stop();
    void this.findUnreachable().then(isUnreachable => {
      if (isUnreachable) stop(UNREACHABLE);
    });
    let login: RtspLogin | undefined;
    try {
      const prepared = await this.prepare();
      if (stopping.signal.reason === UNREACHABLE) return explainUnreachable(address);
      if ('kind' in prepared) return prepared;
      ({ login } = prepared);
      if (login) this.ffmpegAddress = await login.open();
      const end = await this.askOverBoth(prepared.raw);
      learned.wasStalled = signal.aborted && this.heard !== undefined;
      if (stopping.signal.reason === UNREACHABLE) return explainUnreachable(address);
      if ('kind' in end) return end;
      return explainEnd(end, address, this.challenges, this.options.track);
    } finally {
      stop();
      // Their processes are gone then.
      await Promise.allSettled(this.hearings);
      login?.close();
      signal.removeEventListener('abort', stopForSignal);
    }
  }

  /** Finds out whether the camera accepts no connection at all, in less time than it has to answer. */
  private async findUnreachable(): Promise<boolean> {
    const { signal } = this.stopping;
    await delay(UNSURE_MS, undefined, { signal }).catch(() => undefined);
    if (this.isHeard() || signal.aborted || (await canConnect(this.address, CHECK_MS, signal))) return false;
    return !this.isHeard() && !signal.aborted;
  }

  private isHeard(): boolean {
    return this.heard !== undefined;
  }

  private isStopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private get openMs(): number {
    return this.options.openMs ?? OPEN_MS;
  }

  /** Patience that is left until the first sound. */
  private get leftMs(): number {
    return this.isStopped() ? 0 : Math.max(0, this.startMs + this.openMs - performance.now());
  }

  private get pauses(): boolean {
    return this.options.pauses === true || this.learned.pauses >= PAUSES;
  }

  /** Asks over TCP and, when that is refused as something else may be, over UDP. */
  private async askOverBoth(raw?: RawAudio): Promise<FfmpegEnd | CaptureEnd> {
    const { learned, address } = this;
    const end = await this.ask(raw);
    const mayHelp = isRtsp(address) && !learned.overUdp;
    if (!mayHelp || !isSetupRefused(end) || this.isStopped()) return end;
    learned.overUdp = true;
    const other = await this.ask();
    if (!('kind' in other) && other.heard) return other;
    learned.overUdp = false;
    return end;
  }

  private ask(raw?: RawAudio): Promise<FfmpegEnd | CaptureEnd> {
    const { wish } = this.learned;
    return wish === 'sound' ? this.askTwice() : this.begin(wish, raw);
  }

  /** Asks for the sound alone and, when it does not come, for all. The first to send sound is heard. */
  private async askTwice(): Promise<FfmpegEnd | CaptureEnd> {
    const sound = this.begin('sound');
    const patience = new AbortController();
    const isQuiet = delay(SOUND_ALONE_MS, 'quiet' as const, { signal: patience.signal }).catch(
      () => 'quiet' as const,
    );
    const first = await Promise.race([sound, isQuiet]);
    patience.abort();
    if (first !== 'quiet') return helpsToAskForAll(first) && !this.isStopped() ? this.begin('all') : first;
    if (this.isHeard() || this.pauses || this.isStopped()) return sound;
    const all = this.begin('all');
    const { wish, end } = await Promise.race([
      sound.then(end => ({ wish: 'sound' as const, end })),
      all.then(end => ({ wish: 'all' as const, end })),
    ]);
    if (wish === 'sound') return all;
    if (this.isHeard()) return this.heard === 'all' ? end : sound;
    // It may have room for one viewer only.
    this.running.get('sound')?.abort();
    await sound;
    return this.isStopped() ? end : this.begin('all');
  }

  private begin(wish: Wish, raw?: RawAudio): Promise<FfmpegEnd | CaptureEnd> {
    const hearing = this.hear(wish, raw);
    this.hearings.push(hearing);
    return hearing;
  }

  /** Runs ffmpeg, anew when it turns out what it should have been told. */
  private async hear(wish: Wish, raw?: RawAudio): Promise<FfmpegEnd | CaptureEnd> {
    const { address, ffmpegAddress, learned } = this;
    const own = new AbortController();
    if (this.isStopped()) own.abort();
    this.running.set(wish, own);
    for (let request: RawAudio | undefined = raw; ;) {
      let asked = wish;
      const end = await runFfmpeg(
        {
          address: ffmpegAddress,
          wish,
          overUdp: learned.overUdp,
          plans: learned.plans,
          plan: tracks => this.plan(tracks),
          pauses: () => this.pauses,
          isThere: () => this.isThere(),
          timeoutMs: this.pauses ? 0 : this.openMs,
          raw: request,
        },
        this.listenerFor(wish),
        own.signal,
      );
      if ('kind' in end || own.signal.aborted) return end;
      if (end.rate) learned.rates.set(end.rate.track, end.rate.rateHz);
      if (end.killedFor === 'plan' || end.killedFor === 'rate') learned.plans = this.plan(end.tracks);
      else if (isTooOld(end) && wish !== 'all-plainly') asked = 'all-plainly';
      else {
        if (end.heard) learned.wish = wish;
        return end;
      }
      if (asked !== wish) return this.hear(asked, raw);
      if (raw) request = (await askHttp(address, this.openMs, own.signal))?.raw;
    }
  }

  /** Whether the camera answers; it may want a login, which does not matter here. */
  private async isThere(): Promise<boolean> {
    const { address, signal } = this;
    if (isRtsp(address)) return (await describeRtsp(address, CHECK_MS, signal)) !== undefined;
    return canConnect(address, CHECK_MS, signal);
  }

  private plan(tracks: FfmpegEnd['tracks']): TrackPlans {
    const { rates } = this.learned;
    const all = planAll(tracks, rates);
    const { track } = this.options;
    if (track === undefined) return all;
    const chosen = all.get(track - 1);
    return chosen ? new Map([[track - 1, chosen]]) : new Map();
  }

  private listenerFor(wish: Wish): CaptureListener & { pause(): void } {
    const { listener, learned } = this;
    const isHeard = (): boolean => !this.signal.aborted && (this.heard === undefined || this.heard === wish);
    return {
      samples: samples => {
        if (!isHeard()) return;
        if (this.heard === undefined) this.choose(wish);
        listener.samples(samples);
      },
      format: format => {
        if (isHeard()) listener.format(format);
      },
      tracks: tracks => {
        if (isHeard()) listener.tracks?.(tracks);
      },
      clockStep: () => {
        if (isHeard()) listener.clockStep?.();
      },
      complaint: complaint => {
        if (isHeard()) listener.complaint?.(redact(complaint, this.address.password));
      },
      pause: () => {
        learned.pauses++;
      },
      ended: () => undefined,
    };
  }

  private choose(wish: Wish): void {
    const { learned } = this;
    this.heard = wish;
    for (const [other, run] of this.running) if (other !== wish) run.abort();
    const tookMs = performance.now() - this.startMs;
    if (learned.wasStalled && learned.fastestMs < FAST_MS && tookMs > SLOW_MS) learned.pauses++;
    learned.fastestMs = Math.min(learned.fastestMs, tookMs);
  }

  private explainLogin(challenges: readonly string[]): CaptureEnd {
    const { host } = new URL(this.address.url);
    const schemes = schemesOf(challenges).join(', ').slice(0, MOST_SHOWN);
    return {
      kind: 'not-a-stream',
      message: `The camera at ${host} takes only a login that is not known here (${schemes}). Let go2rtc fetch the stream, and enter its address.`,
    };
  }

  /**
   * What keeps ffmpeg from using a login safely or at all: it takes the login along to another server when an RTSP server
   * redirects it there, and knows no Digest but that with MD5. And sound without a header, which ffmpeg does not know.
   */
  private async prepare(): Promise<CaptureEnd | { raw?: RawAudio; login?: RtspLogin }> {
    const { address, openMs } = this;
    const { signal } = this.stopping;
    const { host } = new URL(address.url);
    if (!isRtsp(address)) {
      if (address.bearer) return {};
      if (isPlaylist(address)) {
        while (this.leftMs > 0 && (await isPlaylistEmpty(address, this.leftMs, signal)))
          await delay(PLAYLIST_EVERY_MS, undefined, { signal }).catch(() => undefined);
        return {};
      }
      const { status, challenges = [], raw } = (await askHttp(address, openMs, signal)) ?? {};
      this.challenges = challenges;
      // ffmpeg would try the same login once more.
      if (status === 401 && address.password !== '') {
        if (answerChallenge(challenges, address, { method: 'GET', uri: '/', count: 1 }) === undefined)
          return this.explainLogin(challenges);
        const said = [`[error] Server returned ${status}`];
        return explainEnd({ heard: false, status: 1, said, tracks: [] }, address, challenges);
      }
      return { raw };
    }
    if (address.password === '') return {};
    const { status = 0, location, challenges = [] } = (await describeRtsp(address, openMs, signal)) ?? {};
    this.challenges = challenges;
    if (status >= 300 && status < 400 && location && cameraServer(location) !== cameraServer(address.url))
      return {
        kind: 'bad-address',
        message: `The camera at ${host} redirects to another server, ${redact(location).slice(0, MOST_SHOWN)}. The password is not sent there. If that is right, enter that address.`,
      };
    if (status !== 401 || challenges.length === 0 || canFfmpegLogIn(challenges, address.user)) return {};
    if (
      answerChallenge(challenges, address, { method: 'DESCRIBE', uri: address.url, count: 1 }) === undefined
    )
      return this.explainLogin(challenges);
    return { login: new RtspLogin(address) };
  }
}

/** Whether a camera that did not send its sound alone may send it with the picture. */
function helpsToAskForAll(end: FfmpegEnd | CaptureEnd): boolean {
  if ('kind' in end || end.heard || end.killedFor) return false;
  return end.status === 0 || end.said.some(line => /method (SETUP|PLAY) failed/.test(line) || is400(line));
}

/** Whether a camera refused to send a stream that it described, and not for want of a login or room. */
function isSetupRefused(end: FfmpegEnd | CaptureEnd): boolean {
  if ('kind' in end || end.heard || end.killedFor) return false;
  return end.said.some(line => /method SETUP failed: 4(?!0[134]|53|61)/.test(line) || is400(line));
}

/** Of this status alone, ffmpeg does not say what it answers. */
function is400(line: string): boolean {
  return line.includes('Server returned 400 ');
}

function isTooOld({ said }: FfmpegEnd): boolean {
  return said.some(line => line.includes("unknown keyword 'option'"));
}
