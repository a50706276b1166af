import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ModelManifest } from '../../src/model/manifest.js';
import { loadTf } from '../../src/model/tf.js';
import { packWeights, sha256, type NamedWeights } from '../../src/model/weights.js';
import { TrainableCryNet } from '../../src/lab/detector/network.js';
import { draftManifest, foldedWeights } from '../../src/lab/detector/ship.js';
import { LABELS } from '../../src/values.js';

/** A small CryNet that knows nothing: random weights from a seed. */
export async function smallWeights(seed = 1): Promise<NamedWeights[]> {
  const { tf } = await loadTf('wasm');
  const widths = {
    conv1: 4,
    conv2: 6,
    conv3: 8,
    conv4: 8,
    residual1: 8,
    residual2: 8,
    conv5: 10,
    embedding: 12,
    context1: 6,
    context2: 5,
  };
  return foldedWeights(new TrainableCryNet(tf, widths, LABELS.length, 0, seed));
}

/** Writes that network as a model folder, with a manifest changed as wanted. */
export async function writeSmallModel(
  folder: string,
  changes: Record<string, unknown> = {},
): Promise<ModelManifest> {
  const weights = await smallWeights();
  const bytes = packWeights(weights);
  const manifest = draftManifest('small', weights);
  manifest.weights.sha256 = sha256(bytes);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'weights.bin'), bytes);
  await writeFile(path.join(folder, 'manifest.json'), JSON.stringify({ ...manifest, ...changes }));
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
