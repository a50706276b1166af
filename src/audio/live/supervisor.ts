import { guard } from '../../guard.js';
import { Backoff, type Waits } from '../../backoff.js';
import { concat } from '../../concat.js';
import {
  SAMPLE_RATE,
  type AudioChunk,
  type AudioFormat,
  type SourceHealth,
  type SourceState,
  type SourceTrouble,
  type TrackHealth,
} from '../../values.js';
import type { Capture, CaptureEnd, StartCapture } from './capture.js';
import { stepEndAfter } from './chunk-length.js';
import { LevelMeter } from './level-meter.js';
import { SampleClock } from './sample-clock.js';
import { SYSTEM_SCHEDULER, type Scheduler } from './scheduler.js';

/** How long a capture may take to its first audio, unless its source says otherwise. */
const OPEN_MS = 20_000;
/** A capture that ran for so long was stable: what ends it later is a new trouble. */
const STABLE_MS = 60_000;
/** Some sources begin with a burst of buffered audio: its end is now, not its beginning. */
const SETTLE_MS = 150;
/** A computer that was busy for a while finds its timer due before the audio that waits: look again after so long. */
const SECOND_LOOK_MS = 100;
const SILENT_S = 10;
const REPORT_EVERY_S = 10;
/** The system's clock was set if its distance from the monotonic clock changed by so much. */
const CLOCK_SET_MS = 500;

/** Troubles that only a person can mend. */
const NEEDS_A_PERSON: ReadonlySet<SourceTrouble> = new Set<SourceTrouble>([
  'wrong-password',
  'not-found',
  'no-audio',
  'no-device',
  'no-program',
]);

/** How long to wait for the next try, where that is not as usual. */
const WAITS: Partial<Record<SourceTrouble, Waits>> = {
  // Cameras lock an account after some five wrong passwords in half an hour: these are four at most.
  'wrong-password': { firstMs: 600_000, mostMs: 1_800_000 },
  // To look for a microphone costs little, and whoever plugged it in again stands beside it.
  'no-device': { firstMs: 1000, mostMs: 10_000 },
};

type Trouble = Pick<SourceHealth, 'trouble' | 'error' | 'code' | 'retryInS'>;

/** A microphone or camera to keep running. */
export interface SupervisedSource {
  /** The source of its chunks and its health. */
  name: string;
  start: StartCapture;
  /** How long a capture may take to its first audio. */
  openMs?: number;
  /** A capture that sends nothing for so long has stalled. */
  stallMs: number;
}

export interface LiveListener {
  chunk(chunk: AudioChunk): void;
  health(health: SourceHealth): void;
}

/**
 * Keeps a microphone or camera running: opens it, watches that audio arrives, opens it again when it ends or stalls, and
 * reports its health. Throughout, the number and time of each chunk are true to the clock, and lost audio is counted.
 */
export class Supervisor {
  private readonly backoff: Backoff;
  private readonly clock = new SampleClock();
  private readonly meter = new LevelMeter();
  private readonly sendChunk: LiveListener['chunk'];
  private readonly sendHealth: LiveListener['health'];
  private state: SourceState = 'stopped';
  private since = 0;
  private restarts = 0;
  private trouble: Trouble = {};
  private format: AudioFormat | null = null;
  private tracks: TrackHealth[] | undefined;
  private clockSteps = 0;
  /** What was wrong last with a capture from which no audio came yet. */
  private complaint: string | undefined;
  private capture: Capture | undefined;
  /** Counts captures, so that a late call from an old one is not taken for one from the new one. */
  private attempt = 0;
  private cancelTimer = (): void => undefined;
  /** When the capture's first audio arrived; undefined before. */
  private runningSinceMs: number | undefined;
  /** When audio arrived last, or the capture began. */
  private lastDataMs = 0;
  /** Whether a chunk of this capture was sent, and when the audio of the last one arrived. */
  private isPlaced = false;
  private lastPlacedMs = 0;
  private isSettled = false;
  private pending: Float32Array[] = [];
  private pendingSamples = 0;
  private reportedAtSample = 0;
  private epochOffsetMs = NaN;

  constructor(
    private readonly source: SupervisedSource,
    listener: LiveListener,
    private readonly scheduler: Scheduler = SYSTEM_SCHEDULER,
    random: () => number = Math.random,
  ) {
    this.backoff = new Backoff(random);
    // Whatever a listener does, the source is watched and opened again.
    this.sendChunk = guard(chunk => {
      listener.chunk(chunk);
    });
    this.sendHealth = guard(health => {
      listener.health(health);
    });
  }

  /** The source's health now. */
  get health(): SourceHealth {
    const { levelDb = null, clipping = 0 } = this.meter.level ?? {};
    // Until its place in time is known, new audio belongs to the outage.
    const isOut = !this.isPlaced && this.clock.nextSample > 0;
    const outageS = isOut ? (this.scheduler.now() - this.lastPlacedMs) / 1000 : 0;
    return {
      source: this.source.name,
      state: this.state,
      since: this.since,
      positionS: this.clock.nextSample / SAMPLE_RATE + outageS,
      restarts: this.restarts,
      lostS: this.clock.lost / SAMPLE_RATE + outageS,
      levelDb,
      clipping,
      driftMs: Math.round(this.clock.driftMs),
      clockSteps: this.clockSteps,
      format: this.format,
      ...(this.tracks && { tracks: this.tracks }),
      ...this.trouble,
    };
  }

  start(): void {
    this.open();
  }

  /** Opens the source now if it waits for its next try. */
  tryNow(): void {
    if (this.trouble.retryInS === undefined) return;
    this.cancelTimer();
    this.restarts++;
    this.open();
  }

  /** Ends the source; resolves when its process is gone. */
  async stop(): Promise<void> {
    this.attempt++;
    this.cancelTimer();
    this.send();
    if (this.state !== 'stopped') this.enter('stopped');
    await this.capture?.stop();
  }

  private open(): void {
    const attempt = ++this.attempt;
    this.enter('starting');
    // Whoever was told of it may have stopped it: nothing is to be opened or left waiting then.
    if (attempt !== this.attempt) return;
    this.clock.begin();
    this.isSettled = false;
    this.complaint = undefined;
    this.lastDataMs = this.scheduler.now();
    this.watch();
    this.capture = this.source.start({
      samples: samples => {
        if (attempt === this.attempt) this.receive(samples, attempt);
      },
      format: format => {
        if (attempt === this.attempt) this.format = format;
      },
      tracks: tracks => {
        if (attempt === this.attempt) this.tracks = tracks;
      },
      clockStep: () => {
        if (attempt === this.attempt) this.clockSteps++;
      },
      complaint: complaint => {
        if (attempt === this.attempt) this.complaint = complaint;
      },
      ended: end => {
        if (attempt === this.attempt) this.openAgainSafely(end);
      },
    });
  }

  private readonly openAgainSafely = guard((end: CaptureEnd) => this.openAgain(end));

  /** Waits until audio is overdue, each time anew after audio arrived. */
  private watch(isSecondLook = false): void {
    const isOpening = this.runningSinceMs === undefined;
    const patienceMs = isOpening ? (this.source.openMs ?? OPEN_MS) : this.source.stallMs;
    const leftMs = this.lastDataMs + patienceMs - this.scheduler.now();
    if (leftMs > 0 || !isSecondLook) {
      const { attempt } = this;
      this.cancelTimer = this.scheduler.after(Math.max(leftMs, SECOND_LOOK_MS), () => {
        if (attempt === this.attempt) this.watch(leftMs <= 0);
      });
      return;
    }
    const { attempt } = this;
    this.send();
    if (attempt !== this.attempt) return;
    const complaint = isOpening ? this.complaint : undefined;
    const why = complaint === undefined ? '' : ` ffmpeg says: ${complaint}.`;
    const message = `No audio arrived for ${patienceMs / 1000} s.${why} Opening it again.`;
    const end: CaptureEnd = { kind: complaint === undefined ? 'disconnected' : 'not-a-stream', message };
    this.enter('stalled', { trouble: end.kind, error: message });
    if (attempt === this.attempt) this.openAgainSafely(end);
  }

  private receive(samples: Float32Array, attempt: number): void {
    this.lastDataMs = this.scheduler.now();
    if (this.runningSinceMs === undefined) {
      this.runningSinceMs = this.lastDataMs;
      this.enter(this.heardState);
      if (attempt !== this.attempt) return;
      this.cancelTimer();
      this.watch();
      this.scheduler.after(SETTLE_MS, () => {
        if (attempt !== this.attempt) return;
        this.isSettled = true;
        this.send();
      });
    }
    this.pending.push(samples);
    this.pendingSamples += samples.length;
    const { nextSample } = this.clock;
    if (this.isSettled && nextSample + this.pendingSamples >= stepEndAfter(nextSample)) this.send();
  }

  /** The state of a source that sends audio. */
  private get heardState(): SourceState {
    return this.meter.silentS >= SILENT_S && !this.format?.pauses ? 'silent' : 'running';
  }

  /** Sends the pending audio as a chunk. */
  private send(): void {
    if (this.pendingSamples === 0) return;
    const samples = concat(this.pending);
    this.pending = [];
    this.pendingSamples = 0;
    const { firstSample, lost, atMs } = this.clock.place(samples.length, this.lastDataMs);
    this.isPlaced = true;
    this.lastPlacedMs = this.lastDataMs;
    const epochOffsetMs = this.scheduler.epoch() - this.scheduler.now();
    if (!(Math.abs(epochOffsetMs - this.epochOffsetMs) < CLOCK_SET_MS)) this.epochOffsetMs = epochOffsetMs;
    this.meter.push(samples);
    this.sendChunk({
      samples,
      firstSample,
      at: this.epochOffsetMs + atMs,
      source: this.source.name,
      lost,
    });
    if (this.state !== this.heardState) this.enter(this.heardState);
    else if (firstSample - this.reportedAtSample >= REPORT_EVERY_S * SAMPLE_RATE) this.report();
  }

  /** Ends the capture and, after a while, opens the source again. */
  private async openAgain({ kind, message, code }: CaptureEnd): Promise<void> {
    const attempt = ++this.attempt;
    this.cancelTimer();
    this.send();
    if (attempt !== this.attempt) return;
    const heardMs = this.lastDataMs - (this.runningSinceMs ?? this.lastDataMs);
    this.runningSinceMs = undefined;
    this.isPlaced = false;
    if (heardMs >= STABLE_MS) this.backoff.reset();
    await this.capture?.stop();
    if (attempt !== this.attempt) return;
    const waitMs = this.backoff.next(WAITS[kind]);
    const state = NEEDS_A_PERSON.has(kind) ? 'failed' : 'backoff';
    this.enter(state, {
      trouble: kind,
      error: message,
      ...(code !== undefined && { code }),
      retryInS: waitMs / 1000,
    });
    if (attempt !== this.attempt) return;
    this.cancelTimer = this.scheduler.after(waitMs, () => {
      this.tryNow();
    });
  }

  private enter(state: SourceState, trouble: Trouble = {}): void {
    this.state = state;
    this.since = this.scheduler.epoch();
    this.trouble = trouble;
    this.report();
  }

  private report(): void {
    this.reportedAtSample = this.clock.nextSample;
    this.sendHealth(this.health);
  }
}
