import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PRESETS, type ModelManifest, type PresetThresholds } from '../../src/model/manifest.js';
import { manifestText } from '../../src/model/manifest-text.js';
import { packWeights, sha256, type NamedWeights } from '../../src/model/weights.js';
import { draftManifest } from '../../src/lab/detector/ship.js';
import { LABELS } from '../../src/values.js';
import { randomWeights } from './random-weights.js';

/** Kernels of a small CryNet whose widths are no multiples of anything. */
const SHAPES = {
  conv1: [3, 3, 1, 4],
  conv2: [3, 3, 4, 6],
  conv3: [3, 3, 6, 8],
  conv4: [3, 3, 8, 9],
  residual1: [3, 3, 9, 7],
  residual2: [3, 3, 7, 9],
  conv5: [3, 3, 9, 10],
  embedding: [3, 1, 20, 12],
  context1: [3, 1, 12, 6],
  context2: [3, 1, 6, 5],
  logits: [1, 1, 23, LABELS.length],
} as const;

/** A small CryNet that knows nothing: random weights from a seed. */
export function smallWeights(seed = 1): NamedWeights[] {
  return randomWeights(SHAPES, seed);
}

/** Writes that network as a model folder, with a manifest changed as wanted. */
export async function writeSmallModel(
  folder: string,
  changes: Record<string, unknown> = {},
): Promise<ModelManifest> {
  const weights = smallWeights();
  const bytes = packWeights(weights);
  const thresholds: PresetThresholds = {
    odds: 0,
    clip: 0.5,
    promise: { falseAlarmsPerNight: 1, clipFalseAlarmRate: 0.005 },
  };
  const manifest: ModelManifest = {
    ...draftManifest('small', weights),
    presets: Object.fromEntries(PRESETS.map(preset => [preset, thresholds])) as ModelManifest['presets'],
  };
  manifest.weights.sha256 = sha256(bytes);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'weights.bin'), bytes);
  await writeFile(path.join(folder, 'manifest.json'), manifestText({ ...manifest, ...changes }));
  return manifest;
}

/** Noise whose level changes twice a second, so that steps differ. */
export function unevenNoise(lengthS: number, seed = 1): Float32Array {
  let state = seed;
  return Float32Array.from({ length: Math.round(lengthS * 16000) }, (_, i) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 31 - 1) * 10 ** (-0.3 * (1 + (Math.floor(i / 8000) % 4)));
  });
}
