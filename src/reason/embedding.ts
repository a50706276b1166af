import { fromFloat16, toFloat16 } from '../maths/float16.js';

/** Whether a value is an embedding that can be kept: an event that came as JSON has lost its own. */
export function isEmbedding(value: unknown): value is Float32Array {
  return value instanceof Float32Array && value.every(number => Math.abs(number) < 6e4);
}

/** An embedding as binary16 in base64, as compact as JSON allows: 683 characters for 256 numbers, rounded to 11 bits. */
export function packEmbedding(embedding: Float32Array): string {
  const bits = toFloat16(embedding);
  return Buffer.from(bits.buffer).toString('base64');
}

export function unpackEmbedding(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64');
  const bits = new Uint16Array(bytes.length >> 1);
  for (let i = 0; i < bits.length; i++) bits[i] = bytes.readUInt16LE(2 * i);
  return fromFloat16(bits);
}
