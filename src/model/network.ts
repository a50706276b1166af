import { DeepInfantError } from '../errors.js';
import { loadNative, type NativeModule } from '../native.js';
import type { Activation, Convolution, Operations } from './graph.js';
import type { ModelManifest } from './manifest.js';
import type { NamedWeights } from './weights.js';

/** Channels that native/network.c computes together: BLOCK. */
const BLOCK = 8;
const FLOAT = Float32Array.BYTES_PER_ELEMENT;
const PAGE = 65536;

/** The functions of native/network.wasm; lengths and strides are in floats, the rest are byte addresses and counts. */
interface Kernels {
  convolve: (convolution: number, rows: number) => void;
  add_relu: (
    ...args: [
      a: number,
      aRowStride: number,
      b: number,
      bRowStride: number,
      output: number,
      outputRowStride: number,
      length: number,
      rows: number,
    ]
  ) => void;
  mean_and_maximum: (
    ...args: [
      input: number,
      inputRowStride: number,
      columns: number,
      channels: number,
      output: number,
      outputRowStride: number,
      rows: number,
    ]
  ) => void;
  mean: (
    ...args: [
      input: number,
      inputRowStride: number,
      columns: number,
      channels: number,
      output: number,
      rows: number,
    ]
  ) => void;
  copy: (
    ...args: [
      input: number,
      inputRowStride: number,
      output: number,
      outputRowStride: number,
      length: number,
      rows: number,
    ]
  ) => void;
}

/** What one layer gives to the next, and where it lies in the memory of the kernels: see native/network.c. */
class Plane {
  /** What the kernels of the next layers see around it. */
  framesBefore = 0;
  private framesAfter = 0;
  melsBefore = 0;
  private melsAfter = 0;
  private start = 0;

  /**
   * @param frames of one step
   * @param places of the channels among those in memory, which are filled up to blocks
   * @param channels in memory
   */
  constructor(
    readonly frames: number,
    readonly mels: number,
    readonly places: readonly number[],
    readonly channels: number,
  ) {}

  /** Makes room for what a convolution sees around this. */
  surround({ padding: { frames, mels } }: Convolution): void {
    this.framesBefore = Math.max(this.framesBefore, frames[0]);
    this.framesAfter = Math.max(this.framesAfter, frames[1]);
    this.melsBefore = Math.max(this.melsBefore, mels[0]);
    this.melsAfter = Math.max(this.melsAfter, mels[1]);
  }

  /** Floats of a row, a multiple of 4. */
  get rowLength(): number {
    return 4 * Math.ceil(((this.melsBefore + this.mels + this.melsAfter) * this.channels) / 4);
  }

  /** Byte address of the first row above the plane, set once its surroundings are known. */
  place(start: number): void {
    this.start = start;
  }

  /** Floats of the plane with all that is around it. */
  get length(): number {
    return (this.framesBefore + this.frames + this.framesAfter) * this.rowLength;
  }

  /** Byte address of a frame and mel; those before the plane are negative. */
  address(frame: number, mel: number): number {
    const floats = (this.framesBefore + frame) * this.rowLength + (this.melsBefore + mel) * this.channels;
    return this.start + floats * FLOAT;
  }

  /** Byte address of the row that stands `framesBefore` above a frame. */
  rowBefore(frame: number): number {
    return this.start + frame * this.rowLength * FLOAT;
  }
}

/** A network's input and output, as `Network` plans it. */
export interface Plan<Name extends string, Output extends string> {
  /** Frames and mels of a step. */
  input: readonly [number, number];
  convolutions: Record<Name, Convolution>;
  graph: (x: Plane, operations: Operations<Plane, Name>) => Record<Output, Plane>;
}

/**
 * A network on the kernels of native/network.c. Its layers, their place in memory and their weights are settled once;
 * then a step is a row of calls, and allocates nothing. All streams share the network; a stream has the rows that its
 * next step sees above its own frames, so that hearing piece by piece equals hearing the whole.
 */
export class Network<Name extends string, Output extends string> {
  /** Index in `floats` of each output's first number. */
  readonly outputAt: Readonly<Record<Output, number>>;
  private readonly native: NativeModule;
  private readonly kernels: Kernels;
  private readonly input: Plane;
  /** Index in `floats` of each frame of the input. */
  private readonly inputAt: readonly number[];
  private readonly planes: Plane[] = [];
  /** What a stream keeps of each plane: addresses of the rows above it and of its last ones, and where they are kept. */
  private readonly kept: { above: number; last: number; length: number; at: number }[] = [];
  /** Calls the kernels of one layer each. Bound, since a closure would keep the weights that they were made of. */
  private readonly layers: (() => void)[];
  /** Bytes that a stream keeps. */
  private streamBytes = 0;
  /** Addresses of streams that are closed. */
  private readonly freeStreams: number[] = [];
  /** Byte address of the memory that nothing uses yet. */
  private end: number;
  private view: Float32Array;

  /** @param weights `NAME/kernel` and `NAME/bias` of each convolution */
  constructor(plan: Plan<Name, Output>, weights: readonly NamedWeights[]) {
    this.native = loadNative('network.wasm');
    this.kernels = this.native.exports as unknown as Kernels;
    this.end = this.native.address('__heap_base');
    this.view = new Float32Array(this.native.memory.buffer);
    // The weights' addresses are needed when a layer is made, the planes' only when all layers are known.
    const makeLayers: (() => () => void)[] = [];
    this.input = this.plane(...plan.input, [0], 1);
    const outputs = plan.graph(
      this.input,
      this.operations(plan.convolutions, new Map(weights.map(w => [w.name, w])), makeLayers),
    );
    for (const plane of this.planes) plane.place(this.allocate(plane.length));
    for (const plane of this.planes.filter(({ framesBefore }) => framesBefore > 0)) {
      const length = plane.framesBefore * plane.rowLength;
      this.kept.push({
        above: plane.rowBefore(0),
        last: plane.rowBefore(plane.frames),
        length,
        at: this.streamBytes,
      });
      this.streamBytes += length * FLOAT;
    }
    this.layers = makeLayers.map(make => make());
    this.inputAt = Array.from(
      { length: this.input.frames },
      (_, frame) => this.input.address(frame, 0) / FLOAT,
    );
    const starts = Object.entries<Plane>(outputs).map(([name, plane]) => [name, plane.address(0, 0) / FLOAT]);
    this.outputAt = Object.fromEntries(starts) as Record<Output, number>;
  }

  /** The kernels' memory, until the next stream is opened. */
  get floats(): Float32Array {
    return this.view;
  }

  /** Memory of a new stream, which has heard nothing; for `run`. */
  openStream(): number {
    const stream = this.freeStreams.pop() ?? this.allocate(this.streamBytes / FLOAT);
    this.clearStream(stream);
    return stream;
  }

  /** Forgets what a stream has heard. */
  clearStream(stream: number): void {
    this.view.fill(0, stream / FLOAT, (stream + this.streamBytes) / FLOAT);
  }

  closeStream(stream: number): void {
    this.freeStreams.push(stream);
  }

  /**
   * Puts frames of a log-mel in dB into the input, scaled.
   * @param decibels [frames x mels], from frame `from` on as many as the input has
   */
  setInput(decibels: Float32Array, from: number, { floorDb, meanDb, stdDb }: ModelManifest['scaling']): void {
    const { frames, mels } = this.input;
    const { view } = this;
    for (let frame = 0; frame < frames; frame++) {
      const to = this.inputAt[frame];
      const first = (from + frame) * mels;
      for (let mel = 0; mel < mels; mel++) {
        const db = decibels[first + mel];
        view[to + mel] = ((db > floorDb ? db : floorDb) - meanDb) / stdDb;
      }
    }
  }

  /** Computes the outputs of the input, as what comes next in a stream. */
  run(stream: number): void {
    for (const { above, length, at } of this.kept) this.kernels.copy(stream + at, 0, above, 0, length, 1);
    for (const layer of this.layers) layer();
    for (const { last, length, at } of this.kept) this.kernels.copy(last, 0, stream + at, 0, length, 1);
  }

  /** Operations that note their layer in `makeLayers`, to be made when the planes have their place. */
  private operations(
    convolutions: Record<Name, Convolution>,
    weights: ReadonlyMap<string, NamedWeights>,
    makeLayers: (() => () => void)[],
  ): Operations<Plane, Name> {
    const { kernels } = this;
    return {
      convolve: (name, x, activation) => {
        const convolution = convolutions[name];
        const kernel = weights.get(`${name}/kernel`)!;
        const bias = weights.get(`${name}/bias`)!;
        const shape = [...convolution.kernel, x.places.length, bias.values.length].join(' x ');
        if (kernel.shape.join(' x ') !== shape)
          throw new DeepInfantError(
            'model-invalid',
            `${name}/kernel is ${kernel.shape.join(' x ')}, but the layers around it need ${shape}.`,
          );
        x.surround(convolution);
        const output = this.outputOf(convolution, x, bias.values.length);
        const packed = this.store(packKernel(kernel, x, output));
        const packedBias = this.store(packBias(bias, output));
        makeLayers.push(() => {
          const address = this.storeConvolution(convolution, x, output, packed, packedBias, activation);
          return kernels.convolve.bind(undefined, address, output.frames);
        });
        return output;
      },
      addRelu: (a, b) => {
        if (a.places.length !== b.places.length)
          throw new DeepInfantError(
            'model-invalid',
            `A layer of ${a.places.length} channels cannot be added to one of ${b.places.length}.`,
          );
        const output = this.plane(a.frames, a.mels, a.places, a.channels);
        makeLayers.push(() => {
          const [from, and, to] = [a, b, output].map(plane => plane.address(0, 0));
          const length = a.mels * a.channels;
          return kernels.add_relu.bind(
            undefined,
            from,
            a.rowLength,
            and,
            b.rowLength,
            to,
            output.rowLength,
            length,
            a.frames,
          );
        });
        return output;
      },
      concat: parts => {
        const [{ frames, mels }] = parts;
        const firsts: number[] = [];
        let channels = 0;
        for (const part of parts) {
          firsts.push(channels);
          channels += part.channels;
        }
        const places = parts.flatMap((part, i) => part.places.map(place => firsts[i] + place));
        const output = this.plane(frames, mels, places, channels);
        if (mels !== 1) throw new RangeError('Only planes of one mel are put side by side.');
        for (const [i, part] of parts.entries())
          makeLayers.push(() => {
            const from = part.address(0, 0);
            const to = output.address(0, 0) + firsts[i] * FLOAT;
            return kernels.copy.bind(
              undefined,
              from,
              part.rowLength,
              to,
              output.rowLength,
              part.channels,
              frames,
            );
          });
        return output;
      },
      meanAndMaximum: x => {
        const { frames, mels, channels } = x;
        const places = [...x.places, ...x.places.map(place => channels + place)];
        const output = this.plane(frames, 1, places, 2 * channels);
        makeLayers.push(() => {
          const from = x.address(0, 0);
          const to = output.address(0, 0);
          return kernels.mean_and_maximum.bind(
            undefined,
            from,
            x.rowLength,
            mels,
            channels,
            to,
            output.rowLength,
            frames,
          );
        });
        return output;
      },
      mean: x => {
        const output = this.plane(1, 1, x.places, x.channels);
        makeLayers.push(() => {
          const from = x.address(0, 0);
          const to = output.address(0, 0);
          return kernels.mean.bind(undefined, from, x.rowLength, x.mels, x.channels, to, x.frames);
        });
        return output;
      },
    };
  }

  private plane(frames: number, mels: number, places: readonly number[], channels: number): Plane {
    const plane = new Plane(frames, mels, places, channels);
    this.planes.push(plane);
    return plane;
  }

  private outputOf({ kernel, strides, dilation, padding }: Convolution, x: Plane, channels: number): Plane {
    const [frames, mels] = [x.frames, x.mels].map((size, axis) => {
      const reach = axis === 0 ? (kernel[0] - 1) * dilation + 1 : kernel[1];
      const [before, after] = axis === 0 ? padding.frames : padding.mels;
      return Math.floor((before + size + after - reach) / strides[axis]) + 1;
    });
    const places = Array.from({ length: channels }, (_, channel) => channel);
    return this.plane(frames, mels, places, BLOCK * Math.ceil(channels / BLOCK));
  }

  /** Writes the struct `convolution` of native/network.c. */
  private storeConvolution(
    { kernel, strides, dilation, padding }: Convolution,
    x: Plane,
    output: Plane,
    weights: number,
    bias: number,
    activation: Activation,
  ): number {
    const fields = [
      x.address(-padding.frames[0], -padding.mels[0]),
      strides[0] * x.rowLength,
      strides[1] * x.channels,
      kernel[0],
      dilation * x.rowLength,
      kernel[1] * x.channels,
      weights,
      bias,
      output.address(0, 0),
      output.rowLength,
      output.mels,
      output.channels,
      activation === 'relu' ? 1 : 0,
    ];
    const address = this.allocate(fields.length);
    new Int32Array(this.native.memory.buffer, address, fields.length).set(fields);
    return address;
  }

  private store(values: Float32Array): number {
    const address = this.allocate(values.length);
    this.view.set(values, address / FLOAT);
    return address;
  }

  /** Byte address of so many new floats, all 0, at a multiple of 64. */
  private allocate(floats: number): number {
    const { memory } = this.native;
    const address = 64 * Math.ceil(this.end / 64);
    this.end = address + floats * FLOAT;
    const missing = this.end - memory.buffer.byteLength;
    if (missing > 0) {
      memory.grow(Math.ceil(missing / PAGE));
      this.view = new Float32Array(memory.buffer);
    }
    return address;
  }
}

/** For each block of outputs, for each number under the kernel, the block's weights; 0 where there is no channel. */
function packKernel({ values, shape }: NamedWeights, x: Plane, output: Plane): Float32Array {
  const [rows, columns, inputs, outputs] = shape;
  const blockLength = rows * columns * x.channels * BLOCK;
  const packed = new Float32Array((output.channels / BLOCK) * blockLength);
  for (let place = 0; place < rows * columns; place++)
    for (let input = 0; input < inputs; input++)
      for (let channel = 0; channel < outputs; channel++) {
        const under = place * x.channels + x.places[input];
        packed[Math.floor(channel / BLOCK) * blockLength + under * BLOCK + (channel % BLOCK)] =
          values[(place * inputs + input) * outputs + channel];
      }
  return packed;
}

function packBias({ values }: NamedWeights, output: Plane): Float32Array {
  const packed = new Float32Array(output.channels);
  packed.set(values);
  return packed;
}
