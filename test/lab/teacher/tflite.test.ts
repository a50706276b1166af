import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { readTflite } from '../../../src/lab/teacher/tflite.js';
import { Yamnet } from '../../../src/lab/teacher/yamnet.js';
import { flatBuffer, type Part } from './flat-buffer.js';

const INT8 = 9;

/** x [1, 2] times weights of 8 bits, plus a bias of float32. */
function smallModel(): Buffer {
  const tensor = (shape: number[], type: number, buffer: number, scales: number[] = []): Part => ({
    fields: [
      Int32Array.from(shape),
      type,
      buffer,
      Buffer.from('name'),
      { fields: [undefined, undefined, Float32Array.from(scales)] },
    ],
  });
  const tensors = {
    tables: [
      tensor([1, 2], 0, 0),
      tensor([2, 2], INT8, 1, [0.5]),
      tensor([2], 0, 2),
      tensor([1, 2], 0, 0),
      // One scale for each row: not read.
      tensor([2, 2], INT8, 1, [0.5, 0.25]),
    ],
  };
  const operators = {
    tables: [
      { fields: [1, Int32Array.of(0, 1, -1), Int32Array.of(3)] },
      { fields: [undefined, Int32Array.of(3, 2), Int32Array.of(3)] },
    ],
  };
  const graph = { fields: [tensors, Int32Array.of(0), Int32Array.of(3), operators] };
  const buffers = [
    undefined,
    Buffer.from(Int8Array.of(1, -2, 127, -128).buffer),
    Buffer.from(Float32Array.of(0.25, -3).buffer),
  ];
  const model = [3, { tables: [{ fields: [0] }, { fields: [9] }] }, { tables: [graph] }, undefined];
  return flatBuffer({ fields: [...model, { tables: buffers.map(data => ({ fields: [data] })) }] }, 'TFL3');
}

describe('A TensorFlow Lite file', () => {
  let folder: string;
  let file: string;
  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'deepinfant-tflite-'));
    file = path.join(folder, 'small.tflite');
  });
  after(() => rm(folder, { recursive: true }));

  it('gives its tensors, constants of 8 bits by their scale, and its operators', async () => {
    await writeFile(file, smallModel());
    const { tensors, operators } = await readTflite(file);
    assert.deepEqual(
      tensors.map(({ shape }) => shape),
      [[1, 2], [2, 2], [2], [1, 2], [2, 2]],
    );
    assert.deepEqual(
      tensors.map(({ values }) => values && [...values]),
      [undefined, [0.5, -1, 63.5, -64], [0.25, -3], undefined, undefined],
    );
    assert.deepEqual(operators, [
      { code: 9, inputs: [0, 1, -1], outputs: [3] },
      { code: 0, inputs: [3, 2], outputs: [3] },
    ]);
  });

  it('is reported as cut off, wherever it is cut', async () => {
    const whole = smallModel();
    for (let length = 8; length < whole.length; length += 4) {
      await writeFile(file, whole.subarray(0, length));
      await assert.rejects(readTflite(file), {
        name: 'DeepInfantError',
        code: 'not-tflite',
        message: `${file} is cut off or damaged. Download it again.`,
      });
    }
  });

  it('is told from other files and missing ones', async () => {
    for (const content of ['', 'RIFF', '<html>Not found</html>']) {
      await writeFile(file, content);
      await assert.rejects(readTflite(file), {
        code: 'not-tflite',
        message: /small\.tflite is not a TensorFlow Lite/,
      });
    }
    const missing = path.join(folder, 'missing.tflite');
    await assert.rejects(readTflite(missing), {
      code: 'not-tflite',
      message: /Cannot read .*missing\.tflite/,
    });
  });

  it('is refused if it is not YAMNet', async () => {
    await writeFile(file, smallModel());
    await assert.rejects(Yamnet.open(file), {
      code: 'not-yamnet',
      message: /small\.tflite does not contain YAMNet/,
    });
  });
});
