/** CPU and time of `deepinfant classify` with a recording of an hour, 16 kHz, 16 bit. Run by bench.ts, or by itself. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { nurseryScene } from '../../src/synth/scene.js';
import { SAMPLE_RATE } from '../../src/values.js';
import { writeWav } from '../audio/wav-writer.js';
import { endedChildrenCpuMs } from './capture-processes.js';

export interface HourBench {
  /** Of all threads, and by the clock. */
  cpuS: number;
  wallS: number;
}

const HOUR_S = 3600;
const PROGRAM = path.join(PACKAGE_ROOT, 'dist', 'src', 'cli', 'main.js');

function main(): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-hour-'));
  const file = path.join(folder, 'hour.wav');
  const { samples } = nurseryScene(1);
  const hour = Float32Array.from({ length: HOUR_S * SAMPLE_RATE }, (_, i) => samples[i % samples.length]);
  writeFileSync(file, writeWav(hour, { rate: SAMPLE_RATE }));
  try {
    const begin = performance.now();
    const beforeMs = endedChildrenCpuMs();
    const { status } = spawnSync(process.execPath, [PROGRAM, 'classify', file]);
    if (status !== 0) throw new Error(`deepinfant classify ended with ${status}`);
    const wallS = (performance.now() - begin) / 1000;
    const result: HourBench = { cpuS: (endedChildrenCpuMs() - beforeMs) / 1000, wallS };
    if (process.send) process.send(result);
    else console.log(result);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

main();
