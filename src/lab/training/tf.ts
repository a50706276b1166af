import { createRequire } from 'node:module';
import path from 'node:path';
import type * as backendWasm from '@tensorflow/tfjs-backend-wasm';
import type * as tfjs from '@tensorflow/tfjs-core';
import { DeepInfantError } from '../../errors.js';

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

/** The wasm backend with the gradients of all operations, which the import of tfjs-layers registers. */
async function wasm(): Promise<Tf> {
  try {
    const tf = requireHere('@tensorflow/tfjs-core') as Tf;
    const { setWasmPaths } = requireHere('@tensorflow/tfjs-backend-wasm') as typeof backendWasm;
    requireHere('@tensorflow/tfjs-layers');
    setWasmPaths(path.join(path.dirname(requireHere.resolve('@tensorflow/tfjs-backend-wasm')), path.sep));
    await tf.setBackend('wasm');
    return tf;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    throw new DeepInfantError(
      'training-backend',
      'Training needs TensorFlow.js, which nothing else here does. Install it beside this package: ' +
        'npm install @tensorflow/tfjs-node (fast), or, where that cannot be built, ' +
        'npm install @tensorflow/tfjs-core @tensorflow/tfjs-layers @tensorflow/tfjs-backend-wasm (slower).',
    );
  }
}

/**
 * Loads TensorFlow.js: the user's @tensorflow/tfjs-node, or the wasm backend, which needs no compiler and no download.
 * @param preferred taken where it is installed; DEEPINFANT_BACKEND=wasm or tensorflow overrides it
 * @throws DeepInfantError `training-backend` when neither is installed
 */
export async function loadTf(preferred: Backend): Promise<{ tf: Tf; backend: Backend }> {
  const wanted = process.env.DEEPINFANT_BACKEND ?? preferred;
  const native = wanted === 'tensorflow' ? tensorflowNode() : undefined;
  if (native) return { tf: native, backend: 'tensorflow' };
  return { tf: await wasm(), backend: 'wasm' };
}
