import { loadNative } from '../native.js';

const PAGE_BYTES = 65536;

// Nothing but the last taps is kept between calls, so one module serves every stream.
const { memory, exports: wasmExports, address } = loadNative('resample.wasm');
const compiled = wasmExports.resample as (
  input: number,
  length: number,
  taps: number,
  width: number,
  up: number,
  down: number,
  phase: number,
  output: number,
) => number;
let loadedTaps: Float32Array | undefined;

/**
 * Computes the output samples, one every down / up input samples, for which `input` is long enough: the sums of
 * successive input samples times the taps of a row, the first one from `input[0]` on with row `phase`.
 *
 * @param taps `up` rows of the same length, a multiple of 8
 */
export function filterPolyphase(
  input: Float32Array,
  taps: Float32Array,
  up: number,
  down: number,
  phase: number,
): Float32Array {
  const width = taps.length / up;
  if (input.length < width) return new Float32Array(0);
  const mostSamples = Math.ceil(((input.length - width + 1) * up) / down) + 1;
  const tapsAt = Math.ceil(address('__heap_base') / 16) * 16;
  const inputAt = tapsAt + taps.byteLength;
  const outputAt = inputAt + input.byteLength;
  const missing = outputAt + 4 * mostSamples - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
  const floats = new Float32Array(memory.buffer);
  if (taps !== loadedTaps) floats.set(taps, tapsAt / 4);
  loadedTaps = taps;
  floats.set(input, inputAt / 4);
  const count = compiled(inputAt, input.length, tapsAt, width, up, down, phase, outputAt);
  return floats.slice(outputAt / 4, outputAt / 4 + count);
}
