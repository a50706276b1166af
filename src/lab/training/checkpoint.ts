import { readFile } from 'node:fs/promises';
import type { Variable } from '@tensorflow/tfjs-core';
import type { Tf } from './tf.js';
import { writeAtomically } from '../../files/write-atomically.js';

/** Writes variables and the number of steps done: one line of JSON, then float32 values in its order. */
export async function saveCheckpoint(
  file: string,
  step: number,
  variables: ReadonlyMap<string, Variable>,
): Promise<void> {
  const names = [...variables.keys()];
  const values = names.map(name => variables.get(name)!.dataSync<'float32'>());
  const header = JSON.stringify({ step, tensors: names.map((name, i) => [name, values[i].length]) });
  await writeAtomically(
    file,
    Buffer.concat([
      Buffer.from(`${header}\n`),
      ...values.map(v => Buffer.from(v.buffer, v.byteOffset, v.byteLength)),
    ]),
  );
}

/** Restores variables from a checkpoint. @returns the number of steps done; 0 without a checkpoint */
export async function loadCheckpoint(
  tf: Tf,
  file: string,
  variables: ReadonlyMap<string, Variable>,
): Promise<number> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
  const end = bytes.indexOf('\n');
  const { step, tensors } = JSON.parse(bytes.toString('utf8', 0, end)) as {
    step: number;
    tensors: [string, number][];
  };
  let at = end + 1;
  for (const [name, length] of tensors) {
    const values = new Float32Array(
      bytes.buffer.slice(bytes.byteOffset + at, bytes.byteOffset + at + 4 * length),
    );
    at += 4 * length;
    const variable = variables.get(name)!;
    tf.tidy(() => {
      variable.assign(tf.tensor(values, variable.shape));
    });
  }
  return step;
}
