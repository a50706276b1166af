/**
 * A part of a FlatBuffer: a table's fields (a number is written in four bytes, undefined is left out), a vector of tables,
 * of int32 or of float32, or bytes.
 */
export type Part =
  { fields: (number | Part | undefined)[] } | { tables: Part[] } | Int32Array | Float32Array | Buffer;

/** A FlatBuffer (https://flatbuffers.dev/internals), every part behind the one that refers to it. */
export function flatBuffer(root: Part, identifier: string): Buffer {
  const words: Buffer[] = [];
  let length = 0;
  const place = (bytes: Buffer): number => {
    const at = length;
    words.push(Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]));
    length += words.at(-1)!.length;
    return at;
  };
  const patches: [at: number, value: number][] = [];
  const write = (part: Part): number => {
    if (part instanceof Buffer) return place(Buffer.concat([int32s(part.length), part]));
    if (ArrayBuffer.isView(part))
      return place(Buffer.concat([int32s(part.length), Buffer.from(part.buffer)]));
    if ('tables' in part) {
      const at = place(int32s(part.tables.length, ...part.tables.map(() => 0)));
      part.tables.forEach((table, i) => patches.push([at + 4 + 4 * i, write(table) - (at + 4 + 4 * i)]));
      return at;
    }
    const { fields } = part;
    const entries = fields.map((field, i) => (field === undefined ? 0 : 4 + 4 * i));
    const vtable = place(
      Buffer.from(Uint16Array.of(4 + 2 * fields.length, 4 + 4 * fields.length, ...entries).buffer),
    );
    const at = length;
    place(int32s(at - vtable, ...fields.map(field => (typeof field === 'number' ? field : 0))));
    fields.forEach((field, i) => {
      if (typeof field === 'object') patches.push([at + 4 + 4 * i, write(field) - (at + 4 + 4 * i)]);
    });
    return at;
  };
  place(Buffer.from(`    ${identifier}`));
  patches.push([0, write(root)]);
  const file = Buffer.concat(words);
  for (const [at, value] of patches) file.writeInt32LE(value, at);
  return file;
}

function int32s(...values: number[]): Buffer {
  return Buffer.from(Int32Array.from(values).buffer);
}
