import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { LiveSources, type Listening, type LiveSource } from '../../src/audio/live/live-sources.js';
import { cameraSource } from '../../src/audio/live/source.js';
import { Random } from '../../src/maths/random.js';
import { children } from '../bench/capture-processes.js';
import { RtspCamera } from '../rtsp/rtsp-camera.js';
import { until } from '../until.js';
import { MemoryTrend } from './memory-trend.js';

/** So many cameras are heard at once, and end together. */
const CAMERAS = 4;
/** A camera is heard for up to so long between two ends. */
const HEARD_MS = 300;
/** A busy machine needs a while to start ffmpeg. */
const PATIENCE_MS = 60_000;
const NOTES = 10;

export interface RestartsOptions {
  restarts: number;
  seed: number;
  signal: AbortSignal;
  progress?: (restarts: number) => void;
}

/** What is left of this process's resources. */
interface Resources {
  processes: number;
  openFiles: number;
  listeners: number;
  /** Timers, sockets and pipes that Node knows. */
  handles: number;
}

export interface RestartsReport {
  restarts: number;
  before: Resources;
  after: Resources;
  memory: MemoryTrend;
  wrong: string[];
}

/**
 * Ends captures of cameras over and over, by breaking the connection or by killing ffmpeg, and lets each be opened again
 * by a new ffmpeg. test/bench/capture-deaths.ts measures how fast that is, and in more ways to die; this looks for what
 * stays behind.
 */
export async function restartCaptures({
  restarts,
  seed,
  signal,
  progress,
}: RestartsOptions): Promise<RestartsReport> {
  const random = new Random(seed);
  const memory = new MemoryTrend();
  const cameras = Array.from({ length: CAMERAS }, () => new RtspCamera());
  for (const camera of cameras) await camera.start();
  const before = resources();
  const sources = new LiveSources();
  const heard = cameras.map((camera, i) => new HeardCamera(camera, sources, i));
  await Promise.all(heard.map(each => each.untilHeard()));
  await memory.note(0);
  let done = 0;
  let notedAt = 0;
  while (done < restarts && !signal.aborted) {
    await sleep(random.uniform() * HEARD_MS);
    const ends = heard.map(each => each.untilEnded());
    if (random.chance(0.5)) for (const camera of cameras) camera.drop();
    else for (const { pid } of children()) process.kill(pid, 'SIGKILL');
    await Promise.all(ends);
    await Promise.all(heard.map(each => each.reopen()));
    done += CAMERAS;
    if (done >= notedAt + restarts / NOTES) {
      notedAt = done;
      await memory.note(done);
    }
    progress?.(done);
  }
  await Promise.all(heard.map(each => each.stop()));
  // Sockets and pipes that have ended are closed in a later turn of the event loop.
  await until(() => resources().handles <= before.handles, 'the end of all handles', 5000).catch(
    () => undefined,
  );
  const after = resources();
  for (const camera of cameras) await camera.stop();
  const wrong = (Object.keys(before) as (keyof Resources)[])
    .filter(what => after[what] > before[what])
    .map(what => `${what}: ${before[what]} before, ${after[what]} after`);
  return { restarts: done, before, after, memory, wrong };
}

/** A camera that is heard, and whose capture is made to end. */
class HeardCamera {
  private readonly listening: Listening;
  private readonly source: LiveSource;
  private isHeard = false;

  constructor(
    private readonly camera: RtspCamera,
    private readonly sources: LiveSources,
    number: number,
  ) {
    this.source = cameraSource(`camera ${number}`, camera.url, {});
    this.listening = sources.listen(this.source, {
      chunk: () => {
        this.isHeard = true;
      },
      health: () => undefined,
    });
  }

  untilHeard(): Promise<void> {
    return until(() => this.isHeard, `sound of ${this.camera.url}`, PATIENCE_MS);
  }

  /** Comes back when the capture that runs now has ended. */
  untilEnded(): Promise<void> {
    const { restarts } = this.listening.health;
    const hasEnded = (): boolean => {
      const { health } = this.listening;
      return health.retryInS !== undefined || health.restarts > restarts;
    };
    return until(hasEnded, 'the end of the capture', PATIENCE_MS);
  }

  /** Comes back when it is heard again. */
  async reopen(): Promise<void> {
    this.isHeard = false;
    // Whoever comes to hear a camera has it tried at once.
    await this.sources.listen(this.source, { chunk: () => undefined, health: () => undefined }).stop();
    await this.untilHeard();
  }

  stop(): Promise<void> {
    return this.listening.stop();
  }
}

function resources(): Resources {
  return {
    processes: children().length,
    openFiles: readdirSync('/proc/self/fd').length,
    listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
    handles: process.getActiveResourcesInfo().length,
  };
}
