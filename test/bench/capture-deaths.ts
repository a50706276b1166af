/**
 * How streams of cameras are recovered: ten cameras on loopback, heard at once by real ffmpegs, die in ten ways, each
 * camera in each way: 100 deaths in some ten minutes. As first argument a smaller number of deaths of each camera.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { LiveSources } from '../../src/audio/live/live-sources.js';
import { cameraSource } from '../../src/audio/live/source.js';
import type { LiveListener } from '../../src/audio/live/supervisor.js';
import { SAMPLE_RATE, type AudioChunk, type SourceHealth } from '../../src/values.js';
import { positionsOf } from '../rtsp/positions.js';
import { RtspCamera } from '../rtsp/rtsp-camera.js';
import { children } from './capture-processes.js';

const CAMERAS = 10;
const SAMPLES_PER_MS = SAMPLE_RATE / 1000;
/** A camera is heard for so long between two deaths. */
const HEARD_MS = 3000;
/** The longest wait for the next try is 60 s; who has not come by then does not come. */
const PATIENCE_MS = 120_000;

/** A camera that knows since when it has been on. */
class Camera extends RtspCamera {
  /** Epoch time of position 0. */
  startMs = 0;

  override async start(): Promise<void> {
    await super.start();
    this.startMs = Date.now();
  }
}

type Behaviour = Pick<RtspCamera, 'describeStatus' | 'transports' | 'answers' | 'sends'>;

const GOOD: Behaviour = { describeStatus: 200, transports: ['TCP', 'UDP'], answers: 'rtsp', sends: 'all' };

interface Death {
  name: string;
  strike(camera: RtspCamera): unknown;
  /** Makes the camera good again; it is so at once if not given. */
  mend?(camera: RtspCamera): unknown;
  /** How often the source gives up before the camera is mended: the second time because of what the camera answers. */
  failures: number;
}

const DEATHS: readonly Death[] = [
  { name: 'connection broken', strike: drop, failures: 1 },
  {
    name: 'switched off and on',
    strike: camera => camera.stop(),
    mend: camera => camera.start(),
    failures: 2,
  },
  {
    name: 'frozen',
    strike: camera => {
      camera.sends = 'nothing';
    },
    mend,
    failures: 2,
  },
  { name: 'broken, then garbage', strike: breaking({ answers: 'garbage' }), mend, failures: 2 },
  { name: 'broken, then no answer', strike: breaking({ answers: 'nothing' }), mend, failures: 2 },
  { name: 'broken, then 401', strike: breaking({ describeStatus: 401 }), mend, failures: 2 },
  { name: 'broken, then 404', strike: breaking({ describeStatus: 404 }), mend, failures: 2 },
  { name: 'broken, then 461', strike: breaking({ transports: [] }), mend, failures: 2 },
  {
    // For good: most of the later deaths, the next one in particular, are of a stream with its picture.
    name: 'broken, then 454 to sound alone',
    strike: camera => {
      camera.audioOnlyStatus = 454;
      camera.drop();
    },
    failures: 1,
  },
  {
    name: 'sound ends, picture goes on',
    strike: camera => {
      camera.sends = 'video';
    },
    mend,
    failures: 1,
  },
];

function drop(camera: RtspCamera): void {
  camera.drop();
}

function mend(camera: RtspCamera): void {
  Object.assign(camera, GOOD);
}

function breaking(fault: Partial<Behaviour>): Death['strike'] {
  return camera => {
    Object.assign(camera, fault);
    camera.drop();
  };
}

/** Follows a source, and compares its samples' numbers and times with what the camera says in them. */
class Observer implements LiveListener {
  state = '';
  /** How often the source gave up, and waited for its next try. */
  failures = 0;
  lostS = 0;
  /** Of each chunk, how much later its number and its time are than the camera's; of the numbers plus a constant. */
  readonly numberErrorsMs: number[] = [];
  readonly timeErrorsMs: number[] = [];
  /** Time that the audio lasted from its first sample to its last, by the camera, and how much of it was heard. */
  private firstMs: number | undefined;
  private lastMs = 0;
  private heard = 0;
  private readonly changed = new Set<() => void>();
  private waitedBeforeMs = 0;
  private waitsSinceMs: number | undefined;

  constructor(private readonly camera: Camera) {}

  /** Time that the source spent waiting for its next try. */
  get waitedMs(): number {
    return (
      this.waitedBeforeMs + (this.waitsSinceMs === undefined ? 0 : performance.now() - this.waitsSinceMs)
    );
  }

  /** Seconds that are missing in what was heard, by the camera. */
  get missingS(): number {
    return (this.lastMs - (this.firstMs ?? 0)) / 1000 - this.heard / SAMPLE_RATE;
  }

  health({ state, lostS, retryInS }: SourceHealth): void {
    this.lostS = lostS;
    if (state === this.state) return;
    this.state = state;
    this.waitedBeforeMs = this.waitedMs;
    const waits = retryInS !== undefined;
    this.waitsSinceMs = waits ? performance.now() : undefined;
    if (waits) this.failures++;
    for (const look of this.changed) look();
  }

  chunk({ samples, firstSample, at }: AudioChunk): void {
    this.heard += samples.length;
    const positions = positionsOf(samples);
    const i = positions.findIndex(position => position >= 0);
    if (i < 0) return;
    const startMs = this.camera.startMs + (positions[i] - i) / SAMPLES_PER_MS;
    this.numberErrorsMs.push(firstSample / SAMPLES_PER_MS - startMs);
    this.timeErrorsMs.push(at - startMs);
    this.firstMs ??= startMs;
    this.lastMs = startMs + samples.length / SAMPLES_PER_MS;
  }

  /** @returns whether it came to that */
  async until(condition: () => boolean): Promise<boolean> {
    const patience = AbortSignal.timeout(PATIENCE_MS);
    while (!condition() && !patience.aborted)
      await new Promise<void>(resolve => {
        const look = (): void => {
          this.changed.delete(look);
          patience.removeEventListener('abort', look);
          resolve();
        };
        this.changed.add(look);
        patience.addEventListener('abort', look);
      });
    return condition();
  }
}

/** How long it took, by the death's name, from the camera being good again to its sound, less the wait for the next try. */
type Recoveries = Map<string, number[]>;

/** Lets a camera die so many times, beginning with a certain death. */
async function letDie(sources: LiveSources, first: number, times: number, recoveries: Recoveries) {
  const camera = new Camera({ video: true });
  await camera.start();
  const observer = new Observer(camera);
  const source = cameraSource(`camera ${first}`, camera.url, {});
  const listening = sources.listen(source, observer);
  const isHeard = (): boolean => observer.state === 'running';
  await observer.until(isHeard);
  for (let i = 0; i < times; i++) {
    await sleep(HEARD_MS);
    const death = DEATHS[(first + i) % DEATHS.length];
    const failures = observer.failures + death.failures;
    let goodMs = performance.now();
    let { waitedMs } = observer;
    await death.strike(camera);
    const isDead = await observer.until(() => observer.failures >= failures);
    if (death.mend) {
      await death.mend(camera);
      goodMs = performance.now();
      ({ waitedMs } = observer);
      // Wrong passwords are followed by pauses of up to half an hour, which end when somebody comes to hear.
      if (observer.state === 'failed') await sources.listen(source, { chunk: ignore, health: ignore }).stop();
    }
    if (isDead && (await observer.until(isHeard)))
      recoveries.get(death.name)!.push(performance.now() - goodMs - (observer.waitedMs - waitedMs));
    process.stderr.write('.');
  }
  await sleep(HEARD_MS);
  return { camera, observer, listening };
}

function ignore(): void {
  // Whoever only comes to have the camera tried at once.
}

/** Numbers from the least to the greatest. */
function sorted(values: number[]): number[] {
  return [...values].sort((a, b) => a - b);
}

function sum(values: number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

/** Least, median and greatest. */
function range(values: number[]): string {
  const inOrder = sorted(values);
  return [0, inOrder.length >> 1, inOrder.length - 1].map(i => Math.round(inOrder[i])).join(', ');
}

async function main(): Promise<void> {
  const times = Number(process.argv[2] ?? DEATHS.length);
  const recoveries: Recoveries = new Map(DEATHS.map(({ name }) => [name, []]));
  const sources = new LiveSources();
  const lives = await Promise.all(
    Array.from({ length: CAMERAS }, (_, i) => letDie(sources, i, times, recoveries)),
  );
  const running = children().length;
  await Promise.all(lives.map(({ listening }) => listening.stop()));
  const left = children().length;
  await Promise.all(lives.map(({ camera }) => camera.stop()));

  const observers = lives.map(({ observer }) => observer);
  const changes = observers.flatMap(({ numberErrorsMs }) =>
    numberErrorsMs.map(error => error - numberErrorsMs[0]),
  );
  const lines = [
    '',
    `recovered: ${sum([...recoveries.values()].map(({ length }) => length))} of ${CAMERAS * times} deaths`,
    'ms from good again to heard, less the wait for the next try: least, median, most',
    ...Array.from(recoveries, ([name, took]) => `${name.padEnd(32)} ${took.length}: ${range(took)}`),
    `processes: ${running} before the end, ${left} after it`,
    `ms by which a sample's time is after the camera's: ${range(observers.flatMap(({ timeErrorsMs }) => timeErrorsMs))}`,
    `ms by which samples' numbers ran ahead of the camera since the first: ${range(changes)}; at the end: ${range(
      observers.map(({ numberErrorsMs }) => numberErrorsMs.at(-1)! - numberErrorsMs[0]),
    )}`,
    `s lost: ${sum(observers.map(({ lostS }) => lostS)).toFixed(2)} counted, ${sum(
      observers.map(({ missingS }) => missingS),
    ).toFixed(2)} by the camera`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
