import { Backoff, type Waits } from '../../backoff.js';
import { concat } from '../../concat.js';
import {
  SAMPLE_RATE,
  type AudioChunk,
  type AudioFormat,
  type SourceHealth,
  type SourceState,
  type SourceTrouble,
} from '../../values.js';
import type { Capture, CaptureEnd, StartCapture } from './capture.js';
import { CHUNK_SAMPLES } from './chunk-length.js';
import { LevelMeter } from './level-meter.js';
import { SampleClock } from './sample-clock.js';
import { SYSTEM_SCHEDULER, type Scheduler } from './scheduler.js';

/** Patience with a capture that has given nothing yet: a camera may have to wake up, and be asked in two ways. */
const START_MS = 20_000;
/** A capture that ran for so long was sound: what ends it later is a new misfortune. */
const STABLE_MS = 60_000;
/** Some sources begin with a burst of what they kept; of what comes at once, the end is now. */
const SETTLE_MS = 150;
/** A computer that was busy for a while finds audio and its being overdue at once: the audio is looked for first. */
const SECOND_LOOK_MS = 100;
const SILENT_S = 10;
const TELL_EVERY_S = 10;
/** The system's clock was set when it differs from the one that never jumps by so much more than before. */
const CLOCK_SET_MS = 500;

/** What only a person can mend. */
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

type Trouble = Pick<SourceHealth, 'trouble' | 'error' | 'retryInS'>;

/** A microphone or camera to be kept running. */
export interface SupervisedSource {
  /** What its chunks and its health are called after. */
  name: string;
  start: StartCapture;
  /** A capture that gives nothing for so long has stalled. */
  stallMs: number;
}

export interface LiveListener {
  chunk(chunk: AudioChunk): void;
  health(health: SourceHealth): void;
}

/**
 * Keeps a microphone or camera running: opens it, watches that audio comes, opens it again when it ends or stalls, and
 * tells at every moment how it is. Each chunk's number and time are true to the clock over all of that; what was lost is
 * counted.
 */
export class Supervisor {
  private readonly backoff: Backoff;
  private readonly clock = new SampleClock();
  private readonly meter = new LevelMeter();
  private state: SourceState = 'stopped';
  private since = 0;
  private restarts = 0;
  private trouble: Trouble = {};
  private format: AudioFormat | null = null;
  private capture: Capture | undefined;
  /** Counts captures, so that what an old one still says is not taken for the new one's. */
  private attempt = 0;
  private cancelTimer = (): void => undefined;
  /** When the capture's first audio came; none has come if undefined. */
  private runningSinceMs: number | undefined;
  /** When audio came last, or the capture began. */
  private lastDataMs = 0;
  /** When audio came last. */
  private lastHeardMs = 0;
  private isSettled = false;
  private pending: Float32Array[] = [];
  private pendingSamples = 0;
  private toldAtSample = 0;
  private epochOffsetMs = NaN;

  constructor(
    private readonly source: SupervisedSource,
    private readonly listener: LiveListener,
    private readonly scheduler: Scheduler = SYSTEM_SCHEDULER,
    random: () => number = Math.random,
  ) {
    this.backoff = new Backoff(random);
  }

  /** How the source is now. */
  get health(): SourceHealth {
    const { levelDb = null, clipping = 0 } = this.meter.level ?? {};
    const isOut = this.runningSinceMs === undefined && this.clock.nextSample > 0;
    const outageS = isOut ? (this.scheduler.now() - this.lastHeardMs) / 1000 : 0;
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
      format: this.format,
      ...this.trouble,
    };
  }

  start(): void {
    this.open();
  }

  /** Opens the source at once if it waits for its next try. */
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
    this.clock.begin();
    this.isSettled = false;
    this.lastDataMs = this.scheduler.now();
    this.watch();
    this.capture = this.source.start({
      samples: samples => {
        if (attempt === this.attempt) this.hear(samples, attempt);
      },
      format: format => {
        if (attempt === this.attempt) this.format = format;
      },
      ended: end => {
        if (attempt === this.attempt) void this.openAgain(end);
      },
    });
  }

  /** Waits until audio is overdue, and as long again after each that came. */
  private watch(isSecondLook = false): void {
    const patienceMs = this.runningSinceMs === undefined ? START_MS : this.source.stallMs;
    const leftMs = this.lastDataMs + patienceMs - this.scheduler.now();
    if (leftMs > 0 || !isSecondLook) {
      this.cancelTimer = this.scheduler.after(Math.max(leftMs, SECOND_LOOK_MS), () => {
        this.watch(leftMs <= 0);
      });
      return;
    }
    this.send();
    const message = `Nothing came for ${patienceMs / 1000} s. It is opened again.`;
    const end: CaptureEnd = { kind: 'disconnected', message };
    this.enter('stalled', { trouble: end.kind, error: message });
    void this.openAgain(end);
  }

  private hear(samples: Float32Array, attempt: number): void {
    this.lastDataMs = this.lastHeardMs = this.scheduler.now();
    if (this.runningSinceMs === undefined) {
      this.runningSinceMs = this.lastDataMs;
      this.enter(this.heardState);
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
    if (this.isSettled && this.pendingSamples >= CHUNK_SAMPLES) this.send();
  }

  /** The state of a source that sends audio. */
  private get heardState(): SourceState {
    return this.meter.silentS >= SILENT_S ? 'silent' : 'running';
  }

  /** Sends what has gathered as a chunk. */
  private send(): void {
    if (this.pendingSamples === 0) return;
    const samples = concat(this.pending);
    this.pending = [];
    this.pendingSamples = 0;
    const { firstSample, lost, atMs } = this.clock.place(samples.length, this.lastDataMs);
    const epochOffsetMs = this.scheduler.epoch() - this.scheduler.now();
    if (!(Math.abs(epochOffsetMs - this.epochOffsetMs) < CLOCK_SET_MS)) this.epochOffsetMs = epochOffsetMs;
    this.meter.push(samples);
    this.listener.chunk({
      samples,
      firstSample,
      at: this.epochOffsetMs + atMs,
      source: this.source.name,
      lost,
    });
    if (this.state !== this.heardState) this.enter(this.heardState);
    else if (firstSample - this.toldAtSample >= TELL_EVERY_S * SAMPLE_RATE) this.tell();
  }

  /** Ends the capture and, after a while, opens the source again. */
  private async openAgain({ kind, message }: CaptureEnd): Promise<void> {
    const attempt = ++this.attempt;
    this.cancelTimer();
    this.send();
    const heardMs = this.lastDataMs - (this.runningSinceMs ?? this.lastDataMs);
    this.runningSinceMs = undefined;
    if (heardMs >= STABLE_MS) this.backoff.reset();
    await this.capture?.stop();
    if (attempt !== this.attempt) return;
    const waitMs = this.backoff.next(WAITS[kind]);
    const state = NEEDS_A_PERSON.has(kind) ? 'failed' : 'backoff';
    this.enter(state, { trouble: kind, error: message, retryInS: waitMs / 1000 });
    this.cancelTimer = this.scheduler.after(waitMs, () => {
      this.tryNow();
    });
  }

  private enter(state: SourceState, trouble: Trouble = {}): void {
    this.state = state;
    this.since = this.scheduler.epoch();
    this.trouble = trouble;
    this.tell();
  }

  private tell(): void {
    this.toldAtSample = this.clock.nextSample;
    this.listener.health(this.health);
  }
}
