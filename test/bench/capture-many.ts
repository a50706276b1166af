/**
 * What it costs to hear sixteen cameras and two microphones in one process: ten streams of GStreamer's and six of test
 * cameras, in five codecs, and the microphones of a sound server. All servers are processes of their own. As first argument
 * the seconds to be measured, if not 60.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { LiveSources, type LiveSource, type Listening } from '../../src/audio/live/live-sources.js';
import { cameraSource, microphoneSource } from '../../src/audio/live/source.js';
import { SAMPLE_RATE, type AudioChunk } from '../../src/values.js';
import { VirtualMicrophone } from '../microphone/virtual-microphone.js';
import { GstServer } from '../rtsp/gst-server.js';
import { children, memoryMb } from './capture-processes.js';

const CODECS = ['pcma', 'pcmu', 'aac', 'opus', 'l16'];
const MICROPHONES = ['cot', 'Cot Microphone'];
/** After the start, which takes CPU of its own. */
const SETTLE_MS = 10_000;
const PATIENCE_MS = 60_000;
/** The delay is measured by a timer of such an interval. */
const TIMER_MS = 10;

/** A source, and how its audio comes. */
class Observed {
  readonly listening: Listening;
  samples = 0;
  /** How long after its last sample's time a chunk came, at most. */
  mostLateMs = 0;

  constructor(
    sources: LiveSources,
    readonly source: LiveSource,
  ) {
    this.listening = sources.listen(source, {
      chunk: chunk => {
        this.hear(chunk);
      },
      health: () => undefined,
    });
  }

  get isHeard(): boolean {
    return this.samples > 0;
  }

  begin(): void {
    this.samples = 0;
    this.mostLateMs = 0;
  }

  private hear({ samples, at }: AudioChunk): void {
    this.samples += samples.length;
    this.mostLateMs = Math.max(this.mostLateMs, Date.now() - at - (1000 * samples.length) / SAMPLE_RATE);
  }
}

async function measure(observed: Observed[], servers: ReadonlySet<number>, durationS: number): Promise<void> {
  const captures = (): ReturnType<typeof children> => children().filter(({ pid }) => !servers.has(pid));
  const delay = monitorEventLoopDelay({ resolution: TIMER_MS });
  const before = new Map(captures().map(({ pid, cpuMs }) => [pid, cpuMs]));
  const healthsBefore = observed.map(({ listening }) => listening.health);
  for (const one of observed) one.begin();
  const cpuBefore = process.cpuUsage();
  const startMs = performance.now();
  delay.enable();
  await sleep(1000 * durationS);
  delay.disable();
  const lastedS = (performance.now() - startMs) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const after = captures();

  const percentOfCore = (cpuMs: number): string => `${(cpuMs / lastedS / 10).toFixed(2)}%`;
  const delayMs = (percentile: number): string =>
    `p${percentile} ${(delay.percentile(percentile) / 1e6 - TIMER_MS).toFixed(1)} ms`;
  const lines = observed.map(({ source, samples, mostLateMs, listening }, i) => {
    const { state, restarts, lostS, driftMs, format } = listening.health;
    const lost = lostS - healthsBefore[i].lostS;
    const heard = ((100 * samples) / SAMPLE_RATE / lastedS).toFixed(1);
    return `${source.name.padEnd(16)} ${format?.codec ?? ''} ${state}: heard ${heard}%, lost ${lost} s, ${restarts} restarts, late by ${Math.round(mostLateMs)} ms at most, drift ${driftMs} ms`;
  });
  lines.push(
    `event-loop delay: ${delayMs(50)}, ${delayMs(99)}, most ${(delay.max / 1e6 - TIMER_MS).toFixed(1)} ms`,
    `CPU of this process: ${percentOfCore((user + system) / 1000)} of a core, for ${observed.length} sources`,
  );
  for (const program of new Set(after.map(child => child.program))) {
    const ofKind = after.filter(child => child.program === program);
    const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / ofKind.length;
    const cpuMs = mean(ofKind.map(child => child.cpuMs - (before.get(child.pid) ?? 0)));
    const memory = mean(ofKind.map(({ pid }) => memoryMb(pid)));
    lines.push(
      `${ofKind.length} × ${program}: ${percentOfCore(cpuMs)} of a core and ${memory.toFixed(1)} MB (PSS) each`,
    );
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function main(): Promise<void> {
  const durationS = Number(process.argv[2] ?? 60);
  const microphone = await VirtualMicrophone.start();
  const gstreamer = await GstServer.start();
  const cameras = fork(path.join(__dirname, 'capture-cameras.js'));
  const [urls] = (await once(cameras, 'message')) as [string[]];
  const servers = new Set(children().map(({ pid }) => pid));

  const streams = CODECS.flatMap(codec => [codec, `${codec}-h264`]);
  const sources = new LiveSources();
  const observed = [
    ...streams.map(stream => cameraSource(stream, gstreamer.url(stream), {})),
    ...urls.map((url, i) => cameraSource(`camera ${i + 1}`, url, {})),
    ...MICROPHONES.map(name => microphoneSource(name, name)),
  ].map(source => new Observed(sources, source));
  const startMs = performance.now();
  const isPatient = (): boolean => performance.now() < startMs + PATIENCE_MS;
  while (!observed.every(({ isHeard }) => isHeard) && isPatient()) await sleep(50);
  process.stdout.write(`heard all after ${((performance.now() - startMs) / 1000).toFixed(1)} s\n`);
  await sleep(SETTLE_MS);
  await measure(observed, servers, durationS);

  await Promise.all(observed.map(({ listening }) => listening.stop()));
  cameras.disconnect();
  await gstreamer.stop();
  await microphone.stop();
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
