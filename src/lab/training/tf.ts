import { createRequire } from 'node:module';
import path from 'node:path';
import type * as tfjs from '@tensorflow/tfjs-core';

/** TensorFlow.js's core API, whichever backend stands behind it. */
export type Tf = typeof tfjs;

const requireHere = createRequire(__filename);

export type Backend = 'tensorflow' | 'wasm';

/** tfjs-node with its native TensorFlow, or undefined where it is not installed. */
function tensorflowNode(): Tf | undefined {
  try {
    requireHere.resolve('@tensorflow/tfjs-node');
  } catch {
    return undefined;
  }
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  return requireHere('@tensorflow/tfjs-node') as Tf;
}

async function wasm(): Promise<Tf> {
  const tf = await import('@tensorflow/tfjs-core');
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(path.join(path.dirname(requireHere.resolve('@tensorflow/tfjs-backend-wasm')), path.sep));
  await tf.setBackend('wasm');
  return tf;
}

/**
 * Loads TensorFlow.js on the wasm backend, which needs no compiler and no download, or with the user's own
 * @tensorflow/tfjs-node. Live streams cost wasm less (docs/benchmarks.md); training is what tfjs-node is faster at.
 * @param preferred taken where it is installed; DEEPINFANT_BACKEND=wasm or tensorflow overrides it
 */
export async function loadTf(preferred: Backend): Promise<{ tf: Tf; backend: Backend }> {
  const wanted = process.env.DEEPINFANT_BACKEND ?? preferred;
  const native = wanted === 'tensorflow' ? tensorflowNode() : undefined;
  if (native) return { tf: native, backend: 'tensorflow' };
  return { tf: await wasm(), backend: 'wasm' };
}
