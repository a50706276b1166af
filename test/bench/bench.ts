/**
 * What hearing costs, part by part, and what others cost, side by side: each figure is measured in turn in every round,
 * and stands as its least and its median. An hour-long recording, and what runs in real time, come once, at the end.
 * Arguments: rounds (3), seconds of what runs in real time (60).
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { messageOf } from '../../src/errors.js';
import { inProcess, inPython, median } from './measure.js';
import type { HourBench } from './hour.js';
import type { NodeRedBench } from './node-red.js';
import type { PartsBench } from './parts.js';
import type { RealTimeBench } from './real-time.js';
import type { WayBench } from './way.js';

/** Numbers of streams, and seconds of audio that each hears. */
const WAYS = [
  [1, 120],
  [16, 20],
  [100, 8],
  [600, 3],
] as const;
const MANY_STREAMS = 600;
/** Seconds of YAMNet's window, as Frigate hears one after the other, and of our step. */
const WINDOW_S = 0.975;
const STEP_S = 0.256;

const values = new Map<string, { least: number[]; mean: number[] }>();

function note(row: string, least: number, mean = least): void {
  const before = values.get(row) ?? { least: [], mean: [] };
  values.set(row, { least: [...before.least, least], mean: [...before.mean, mean] });
}

async function attempt(what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    console.log(`skipped: ${what}: ${messageOf(error)}`);
  }
}

async function runRound(): Promise<void> {
  const parts = await inProcess<PartsBench>(path.join(__dirname, 'parts.js'));
  note('log-mel, compiled core: ms per second of audio', parts.core);
  note('log-mel: ms per second of audio', parts.logMel);
  note('log-mel, plain TypeScript twin: ms per second of audio', parts.twin);
  note('voice: ms per second of audio', parts.voice);
  note('network: ms per second of audio', parts.network);
  note('a network three times as large: ms per second of audio', parts.largeNetwork);
  for (const [streams, lengthS] of WAYS) {
    const way = await inProcess<WayBench>(path.join(__dirname, 'way.js'), streams, lengthS);
    const name = `whole way, ${streams === 1 ? 'one stream' : `each of ${streams} streams`}`;
    note(`${name}: ms per second of audio`, way.leastMs, way.meanMs);
    note(`${name}: peak memory, MB`, way.peakMb);
    if (streams === 1) note('from the start of the process to the first score: ms', way.firstScoreMs);
  }
  await attempt('YAMNet', async () => {
    const yamnet = process.env.YAMNET;
    if (yamnet === undefined) throw new Error('YAMNET does not name its TFLite file');
    const result = await inPython<{ leastMs: number; meanMs: number }>(script('yamnet.py'), yamnet);
    if (typeof result === 'string') throw new Error(result);
    const { leastMs, meanMs } = result;
    note("YAMNet, Frigate's loop: ms per second of audio", leastMs / WINDOW_S, meanMs / WINDOW_S);
    note('YAMNet, at our pace: ms per second of audio', leastMs / STEP_S, meanMs / STEP_S);
  });
  await attempt("the seed's loop", async () => {
    const result = await inPython<{ melMs: number; networkMs?: number; missing?: string }>(script('seed.py'));
    if (typeof result === 'string') throw new Error(result);
    note("the seed's loop, mel of 7 s every second: ms per second of audio", result.melMs);
    if (result.networkMs === undefined) throw new Error(`its network: ${result.missing ?? ''}`);
    note("the seed's loop, ResNet-34 every second: ms per second of audio", result.networkMs);
  });
}

/** What takes long is measured once. */
async function runOnce(seconds: number): Promise<void> {
  const hour = await inProcess<HourBench>(path.join(__dirname, 'hour.js'));
  note('an hour-long recording: CPU, s', hour.cpuS);
  note('an hour-long recording: by the clock, s', hour.wallS);
  for (const streams of [16, MANY_STREAMS]) {
    const heard = await inProcess<RealTimeBench>(path.join(__dirname, 'real-time.js'), streams, seconds);
    note(`${streams} streams in real time: % of a core`, 100 * heard.cpu);
    note(`${streams} streams in real time: lag, 99 of 100, ms`, heard.lagMs.p99);
    note(`${streams} streams in real time: event-loop delay, 99 of 100, ms`, heard.delayMs);
  }
  await attempt('Node-RED', async () => {
    if (spawnSync('pulseaudio', ['--version']).error) throw new Error('pulseaudio is not installed');
    const nodeRed = await inProcess<NodeRedBench>(path.join(__dirname, 'node-red.js'), seconds);
    note('Node-RED, idle: CPU ms per second', nodeRed.idleMs);
    note(
      'Node-RED, a microphone through three nodes: CPU ms per second above',
      nodeRed.hearingMs - nodeRed.idleMs,
    );
    note('Node-RED, a microphone through three nodes: memory above, MB', nodeRed.hearingMb - nodeRed.idleMb);
  });
}

function script(name: string): string {
  return path.join(PACKAGE_ROOT, 'test', 'bench', name);
}

async function main(): Promise<void> {
  const [rounds = 3, seconds = 60] = process.argv.slice(2).map(Number);
  for (let round = 1; round <= rounds; round++) {
    console.log(`round ${round} of ${rounds}`);
    await runRound();
  }
  console.log('what takes long, once');
  await runOnce(seconds);
  const rows = [...values].map(([row, all]) => [row, Math.min(...all.least), median(all.mean)] as const);
  const width = Math.max(...rows.map(([row]) => row.length));
  console.log(`\n${''.padEnd(width)}    least   median`);
  for (const [row, ...figures] of rows)
    console.log(row.padEnd(width), ...figures.map(figure => shown(figure).padStart(8)));
}

/** Three digits. */
function shown(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(value >= 1 ? 2 : 3);
}

main().catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
});
