import { createHash } from 'node:crypto';
import { fromFloat16, toFloat16 } from '../maths/float16.js';

/** A named array of numbers and its shape. */
export interface NamedWeights {
  name: string;
  shape: number[];
  readonly values: Float32Array;
}

/** Weights one after the other as little-endian IEEE binary16: half the size, and a rounding far below the noise of training. */
export function packWeights(weights: readonly NamedWeights[]): Uint8Array {
  return Buffer.concat(weights.map(({ values }) => Buffer.from(toFloat16(values).buffer)));
}

/** The reverse of packWeights, by the names and shapes of a manifest. Values are unpacked each time they are asked for. */
export function unpackWeights(
  bytes: Uint8Array,
  tensors: readonly { name: string; shape: number[] }[],
): NamedWeights[] {
  const bits = new Uint16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  let at = 0;
  return tensors.map(({ name, shape }) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const packed = bits.subarray(at, at + size);
    at += size;
    return {
      name,
      shape,
      get values() {
        return fromFloat16(packed);
      },
    };
  });
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
