import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PACKAGE_ROOT } from '../../src/package-root.js';

const LENGTH = 6144;
const MELS = 128;
const FRAMES = 1 + (LENGTH - 2048) / 512;

/** Uniform noise in [-1, 1) from a linear congruential generator (Numerical Recipes). */
export function noise(length: number): Float64Array {
  let state = 1;
  return Float64Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

const hiss = noise(LENGTH);

/** The signals of librosa_log_mel.py, in its order. */
const formulas: [name: string, sample: (n: number) => number][] = [
  ['a chirp in noise', n => 0.5 * Math.sin(0.04 * n + 0.00025 * n ** 2) + 0.01 * hiss[n]],
  ['faint noise', n => 0.0001 * hiss[n]],
  ['silence', () => 0],
  ['a full-scale square', n => (n % 50 < 25 ? 1 : -1)],
  ['an impulse', n => (n === 1000 ? 1 : 0)],
];

/** Test signals with librosa's log-mel of them, FRAMES x MELS in dB. */
export const signals = formulas.map(([name, sample], i) => ({
  name,
  samples: Float32Array.from({ length: LENGTH }, (_, n) => sample(n)),
  librosa: readMatrix(i),
}));

function readMatrix(index: number): Float32Array {
  const bytes = readFileSync(path.join(PACKAGE_ROOT, 'test', 'features', 'librosa-log-mel.f32'));
  const size = FRAMES * MELS;
  return Float32Array.from({ length: size }, (_, i) => bytes.readFloatLE(4 * (index * size + i)));
}
