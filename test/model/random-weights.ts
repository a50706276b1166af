import { Random } from '../../src/maths/random.js';
import { MEL7S_CONVOLUTIONS, MEL7S_NAMES } from '../../src/model/mel7s.js';
import type { NamedWeights } from '../../src/model/weights.js';

type Shape = readonly [number, number, number, number];

/** Kernels of mel7s. */
export const MEL7S_SHAPES: Record<string, Shape> = Object.fromEntries(
  MEL7S_NAMES.map(name => [name, MEL7S_CONVOLUTIONS[name].shape]),
);

/** Weights of a network that knows nothing, as a manifest would name them; as large as training begins with. */
export function randomWeights(shapes: Readonly<Record<string, Shape>>, seed = 1): NamedWeights[] {
  const random = new Random(seed);
  const normal = (size: number, deviation: number): Float32Array =>
    Float32Array.from({ length: size }, () => random.normal() * deviation);
  return Object.entries(shapes).flatMap(([name, shape]) => {
    const [rows, columns, inputs, outputs] = shape;
    const fanIn = rows * columns * inputs;
    return [
      { name: `${name}/kernel`, shape: [...shape], values: normal(fanIn * outputs, Math.sqrt(2 / fanIn)) },
      { name: `${name}/bias`, shape: [outputs], values: normal(outputs, 0.1) },
    ];
  });
}
