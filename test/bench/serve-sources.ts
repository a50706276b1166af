/**
 * What `deepinfant serve` takes for many sources, each in a room of its own, and what it sends to a broker and keeps. They are
 * recordings played in real time without ffmpeg, which cry two hours a day; or cameras that send a tone. Arguments:
 * `recordings` or `cameras`, seconds to be measured, and numbers of sources.
 */
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { concat } from '../../src/concat.js';
import { synthesiseCry } from '../../src/synth/cry.js';
import { SAMPLE_RATE } from '../../src/values.js';
import { writeWav } from '../audio/wav-writer.js';
import { outcomeOf, start } from '../cli/run.js';
import { freePort } from '../free-port.js';
import { Mosquitto } from '../home-assistant/mosquitto.js';
import { GstServer } from '../rtsp/gst-server.js';
import { until } from '../until.js';
import { children, memoryMb } from './capture-processes.js';

/** What cameras send; there are no more. */
const STREAMS = ['pcma', 'pcmu', 'aac', 'opus', 'l16'].flatMap(codec => [codec, `${codec}-h264`]);
/** They cry a twelfth of the time, as a baby does that cries two hours a day. */
const PERIOD_S = 120;
const CRY_S = 10;
/** So many recordings, whose cries begin at different times. */
const RECORDINGS = 12;
/** After the start, which takes CPU of its own. */
const SETTLE_MS = 15_000;
const PATIENCE_MS = 120_000;

/** The values of a metric, by its labels. */
function values(metrics: string, name: string): number[] {
  const lines = metrics.matchAll(new RegExp(`^deepinfant_${name}(?:\\{.*\\})? (.+)$`, 'gm'));
  return [...lines].map(([, value]) => Number(value));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Bytes of the files below a folder whose names end so. */
function bytesOf(folder: string, end: string): number {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith(end));
  return sum(names.map(name => statSync(path.join(folder, name)).size));
}

/** @param cameras serves the sources, unless they are recordings */
async function measure(sources: number, durationS: number, cameras: GstServer | undefined): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-serve-'));
  const broker = new Mosquitto(await freePort());
  await broker.start();
  const port = await freePort();
  const quiet = (s: number): Float32Array => new Float32Array(s * SAMPLE_RATE);
  for (let i = 0; i < RECORDINGS; i++) {
    const before = 4 + 9 * i;
    const sound = concat([
      quiet(before),
      synthesiseCry({ seed: 1 + i, durationS: CRY_S }),
      quiet(PERIOD_S - before - CRY_S),
    ]);
    writeFileSync(path.join(folder, `${i}.wav`), writeWav(sound, { rate: SAMPLE_RATE }));
  }
  const numbers = Array.from({ length: sources }, (_, i) => i + 1);
  const file = path.join(folder, 'deepinfant.yaml');
  writeFileSync(
    file,
    [
      `folder: data\nmqtt: { url: "${broker.url}" }\nbabies:`,
      ...numbers.map(i => `  - { name: Room ${i} }`),
      'sources:',
      ...numbers.map(
        i =>
          `  - { ${
            cameras
              ? // The same address twice would be one source twice.
                `type: camera, url: "${cameras.url(STREAMS[i - 1])}"`
              : `type: recording, path: ${i % RECORDINGS}.wav`
          }, name: Cot ${i}, babies: [Room ${i}] }`,
      ),
      '',
    ].join('\n'),
  );
  const child = start(['serve', file, '--port', String(port)]);
  const outcome = outcomeOf(child);
  const metricsNow = async (): Promise<string> => {
    try {
      return await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    } catch {
      return '';
    }
  };
  const beganMs = performance.now();
  await until(
    async () => sum(values(await metricsNow(), 'source_up')) === sources,
    'all sources',
    PATIENCE_MS,
  );
  const startS = (performance.now() - beganMs) / 1000;
  await sleep(SETTLE_MS);
  const watcher = await connectAsync(broker.url);
  let messages = 0;
  let bytes = 0;
  watcher.on('message', (topic, payload, { retain }) => {
    if (retain) return;
    messages++;
    bytes += topic.length + payload.length;
  });
  await watcher.subscribeAsync('#');
  const mosquitto = (): ReturnType<typeof children>[number] =>
    children().find(({ program }) => program === 'mosquitto')!;
  const { cpuMs: brokerMs, pid } = mosquitto();
  const before = await metricsNow();
  const fromMs = performance.now();
  await sleep(1000 * durationS);
  const after = await metricsNow();
  const lastedS = (performance.now() - fromMs) / 1000;
  const brokerCpu = (mosquitto().cpuMs - brokerMs) / lastedS;
  const brokerMb = memoryMb(pid);
  await watcher.endAsync();
  child.kill('SIGTERM');
  await outcome;
  await broker.stop();
  const grown = (name: string): number => sum(values(after, name)) - sum(values(before, name));
  const cries = sum(values(after, 'source_cries_total'));
  const data = path.join(folder, 'data');
  const perCry = (end: string): string => (bytesOf(data, end) / cries / 1000).toFixed(1);
  const line = [
    `${sources} sources: heard after ${startS.toFixed(1)} s`,
    `${(sum(values(after, 'resident_memory_bytes')) / 1e6).toFixed(0)} MB`,
    `CPU ${((1000 * grown('cpu_seconds_total')) / lastedS / sources).toFixed(2)} ms per second of each`,
    `heard ${((100 * grown('source_heard_seconds_total')) / lastedS / sources).toFixed(2)}%`,
    `lost ${grown('source_lost_seconds_total')} s, dropped ${sum(values(after, 'room_dropped_seconds'))} s`,
    `${grown('source_cries_total')} cries`,
    `${(messages / lastedS / sources).toFixed(3)} messages and ${Math.round(bytes / lastedS / sources)} bytes a second of each`,
    `mosquitto ${brokerCpu.toFixed(1)} ms of CPU a second and ${brokerMb.toFixed(1)} MB`,
    cries > 0 &&
      `a cry takes ${perCry('journal.jsonl')} kB in the journal and ${perCry('.mp3')} + ${perCry('.png')} kB of sound and picture`,
    `p99 lag ${(1000 * sum(values(after, 'event_loop_lag_p99_seconds'))).toFixed(0)} ms`,
  ]
    .filter(part => part !== false)
    .join('; ');
  rmSync(folder, { recursive: true });
  return line;
}

async function main(): Promise<void> {
  const [kind = 'recordings', ...numbers] = process.argv.slice(2);
  const [durationS = 60, ...sources] = numbers.map(Number);
  const cameras = kind === 'cameras' ? await GstServer.start() : undefined;
  for (const count of sources.length > 0 ? sources : [1, 20, 60])
    process.stdout.write(`${await measure(count, durationS, cameras)}\n`);
  await cameras?.stop();
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
