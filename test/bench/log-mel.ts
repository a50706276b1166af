import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { loadCore } from '../../src/features/log-mel-core.js';
import { SEED_FRONT_END } from '../../src/features/front-end.js';
import { LogMel } from '../../src/features/log-mel.js';
import { LogMelTwin } from '../../src/features/log-mel-twin.js';
import { messageOf } from '../../src/errors.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { SAMPLE_RATE } from '../../src/values.js';
import { noise } from '../features/signals.js';

/** Microseconds per second of audio; librosa's is null where Python has no librosa. */
export interface LogMelBench {
  core: number;
  /** Through LogMel: in pushes of 100 ms, and all at once. */
  chunks: number;
  whole: number;
  twin: number;
  librosa: number | null;
}

/** Short, so that the best of many runs is one that nothing else on the machine disturbed. */
const SECONDS = 10;

/** Measures and prints what the log-mel costs, beside its twin and librosa on the same machine. */
export async function benchLogMel(): Promise<LogMelBench> {
  const samples = Float32Array.from(noise(SECONDS * SAMPLE_RATE));
  const logMel = new LogMel();
  const core = loadCore(SEED_FRONT_END);
  core.samples.set(samples.subarray(0, core.samples.length));
  const blockFrames = core.decibels.length / logMel.mels;
  const blocks = Math.round((SECONDS * SAMPLE_RATE) / logMel.hop / blockFrames);
  const result = {
    core: usPerSecond(500, () => {
      for (let block = 0; block < blocks; block++) core.logMel(blockFrames);
    }),
    chunks: usPerSecond(500, () => {
      for (let n = 0; n < samples.length; n += SAMPLE_RATE / 10)
        logMel.push(samples.subarray(n, n + SAMPLE_RATE / 10));
    }),
    whole: usPerSecond(500, () => logMel.push(samples)),
    twin: usPerSecond(5, () => new LogMelTwin().push(samples)),
    librosa: await librosa(),
  };
  console.log('Log-mel, microseconds per second of audio (best of several runs):');
  console.log(`  WASM core         ${result.core.toFixed(1)}`);
  console.log(`  LogMel, 100 ms    ${result.chunks.toFixed(1)}`);
  console.log(`  LogMel, one push  ${result.whole.toFixed(1)}`);
  console.log(`  plain twin        ${result.twin.toFixed(0)}`);
  if (result.librosa !== null) console.log(`  librosa           ${result.librosa.toFixed(0)}`);
  return result;
}

function usPerSecond(runs: number, work: () => unknown): number {
  let best = Infinity;
  for (let run = 0; run < runs; run++) {
    const begin = performance.now();
    work();
    best = Math.min(best, performance.now() - begin);
  }
  return (best * 1000) / SECONDS;
}

async function librosa(): Promise<number | null> {
  const script = path.join(PACKAGE_ROOT, 'test', 'bench', 'librosa_log_mel.py');
  const python = process.env.PYTHON ?? 'python3';
  try {
    const { stdout } = await promisify(execFile)(python, [script]);
    return (JSON.parse(stdout) as { usPerSecond: number }).usPerSecond;
  } catch (error) {
    console.log(
      `Skipped librosa (pip install librosa, or PYTHON=…): ${messageOf(error).trim().split('\n').at(-1)}`,
    );
    return null;
  }
}

if (require.main === module) void benchLogMel();
