import { readFile } from 'node:fs/promises';
import { DeepInfantError, messageOf } from '../../errors.js';

/** A constant of a graph, or a placeholder for what an operator computes. */
export interface TfliteTensor {
  shape: number[];
  /** The numbers of a constant: float32, or int8 with one scale, already multiplied by it. */
  values?: Float32Array;
}

/** One step of a graph. */
export interface TfliteOperator {
  /** A value of OPERATOR, or another of the schema's BuiltinOperator. */
  code: number;
  /** Indices of tensors; -1 for an optional one that is missing. */
  inputs: number[];
  outputs: number[];
}

export interface TfliteGraph {
  tensors: TfliteTensor[];
  /** In the order of execution. */
  operators: TfliteOperator[];
}

/** Of the schema's BuiltinOperator. */
export const OPERATOR = { conv2d: 3, depthwiseConv2d: 4, dequantize: 6, fullyConnected: 9 };

/** Of the schema's TensorType. */
const TYPE = { float32: 0, int8: 9 };

/** Numbers of the fields that are read, in the schema's tables. */
const MODEL = { operatorCodes: 1, subgraphs: 2, buffers: 4 };
/** What the schema calls deprecated_builtin_code holds every code below 127 in files of all ages. */
const OPERATOR_CODE = { builtinCode: 0 };
const SUBGRAPH = { tensors: 0, operators: 3 };
const TENSOR = { shape: 0, type: 1, buffer: 2, quantization: 4 };
const QUANTIZATION = { scale: 2 };
const OPERATOR_FIELDS = { opcodeIndex: 0, inputs: 1, outputs: 2 };
const BUFFER = { data: 0 };

/**
 * Reads the main graph of a TensorFlow Lite file: a FlatBuffer (https://flatbuffers.dev/internals) by the schema
 * tensorflow/compiler/mlir/lite/schema/schema.fbs of TensorFlow, version 3; only what YAMNet needs.
 * @throws DeepInfantError `not-tflite` for a file that cannot be read, is cut off or is of another kind
 */
export async function readTflite(file: string): Promise<TfliteGraph> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new DeepInfantError('not-tflite', `Cannot read ${file}: ${messageOf(error)}. Check the path.`);
  }
  if (bytes.toString('latin1', 4, 8) !== 'TFL3')
    throw new DeepInfantError('not-tflite', `${file} is not a TensorFlow Lite file. Give one (.tflite).`);
  try {
    return graphOf(bytes);
  } catch (error) {
    // Every offset comes from the file, so one that leads nowhere is the file's fault.
    throw new DeepInfantError('not-tflite', `${file} is cut off or damaged. Download it again.`, {
      cause: error,
    });
  }
}

function graphOf(bytes: Buffer): TfliteGraph {
  const model = new Table(bytes, bytes.readUInt32LE(0));
  const codes = model.tables(MODEL.operatorCodes).map(code => code.int8(OPERATOR_CODE.builtinCode));
  const buffers = model.tables(MODEL.buffers).map(buffer => buffer.bytes(BUFFER.data));
  const [graph] = model.tables(MODEL.subgraphs);
  return {
    tensors: graph.tables(SUBGRAPH.tensors).map(tensor => ({
      shape: tensor.int32s(TENSOR.shape),
      values: valuesOf(tensor, buffers[tensor.uint32(TENSOR.buffer)]),
    })),
    operators: graph.tables(SUBGRAPH.operators).map(operator => ({
      code: codes[operator.uint32(OPERATOR_FIELDS.opcodeIndex)],
      inputs: operator.int32s(OPERATOR_FIELDS.inputs),
      outputs: operator.int32s(OPERATOR_FIELDS.outputs),
    })),
  };
}

function valuesOf(tensor: Table, data: Buffer): Float32Array | undefined {
  if (data.length === 0) return undefined;
  const type = tensor.int8(TENSOR.type);
  if (type === TYPE.float32)
    return Float32Array.from({ length: data.length / 4 }, (_, i) => data.readFloatLE(4 * i));
  const scales = tensor.table(TENSOR.quantization)?.float32s(QUANTIZATION.scale) ?? [];
  if (type !== TYPE.int8 || scales.length !== 1) return undefined;
  // Weights of type int8 have their zero at 0 (https://ai.google.dev/edge/litert/conversion/tensorflow/quantization/quantization_spec).
  return Float32Array.from(new Int8Array(data.buffer, data.byteOffset, data.length), x => x * scales[0]);
}

/** A table of a FlatBuffer. A missing field is 0 or empty. Reading past the end throws. */
class Table {
  constructor(
    private readonly file: Buffer,
    private readonly at: number,
  ) {}

  int8(field: number): number {
    const place = this.placeOf(field);
    return place && this.file.readInt8(place);
  }

  uint32(field: number): number {
    const place = this.placeOf(field);
    return place && this.file.readUInt32LE(place);
  }

  table(field: number): Table | undefined {
    const place = this.placeOf(field);
    return place ? this.tableAt(place) : undefined;
  }

  tables(field: number): Table[] {
    return this.places(field).map(place => this.tableAt(place));
  }

  int32s(field: number): number[] {
    return this.places(field).map(place => this.file.readInt32LE(place));
  }

  float32s(field: number): number[] {
    return this.places(field).map(place => this.file.readFloatLE(place));
  }

  bytes(field: number): Buffer {
    const [start, length] = this.vector(field);
    if (start + length > this.file.length) throw new RangeError(`bytes ${start} to ${start + length}`);
    return this.file.subarray(start, start + length);
  }

  private tableAt(place: number): Table {
    return new Table(this.file, place + this.file.readUInt32LE(place));
  }

  /** Places of the elements of a vector, which are four bytes each. */
  private places(field: number): number[] {
    const [start, length] = this.vector(field);
    if (start + 4 * length > this.file.length) throw new RangeError(`${length} elements at ${start}`);
    return Array.from({ length }, (_, i) => start + 4 * i);
  }

  /** Where a vector's elements start, and how many there are. */
  private vector(field: number): [number, number] {
    const place = this.placeOf(field);
    if (place === 0) return [0, 0];
    const start = place + this.file.readUInt32LE(place);
    return [start + 4, this.file.readUInt32LE(start)];
  }

  /** Where a field's value lies; 0 if the field is missing. */
  private placeOf(field: number): number {
    const vtable = this.at - this.file.readInt32LE(this.at);
    const entry = 4 + 2 * field;
    const offset = entry < this.file.readUInt16LE(vtable) ? this.file.readUInt16LE(vtable + entry) : 0;
    return offset === 0 ? 0 : this.at + offset;
  }
}
