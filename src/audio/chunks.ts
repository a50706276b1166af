import type { ByteReader } from './byte-reader.js';

/** How a format of chunks writes the header of one: its name is in the first four bytes. */
export interface ChunkForm {
  headerBytes: number;
  /** Length of a chunk's body in bytes, as its header declares it. */
  bodyLength: (header: Buffer) => number;
  /** Each chunk begins at a multiple of so many bytes. */
  alignment: number;
  /** Whether bytes may be the name of a chunk; given where some programs leave padding out. */
  isName?: (header: Buffer) => boolean;
}

export interface Chunk {
  /** Its name, four characters. */
  id: string;
  /** In bytes; of a damaged or unknown length whatever its header says. */
  length: number;
  /** Takes the beginning of its body: so many bytes at most, fewer where there are no more. */
  read: (most: number) => Promise<Buffer>;
}

/**
 * The chunks of a recording, one after another from the reader's place on. What is not taken of one is skipped when the next
 * is asked for. It ends where the recording does, or at a length that no chunk has once the next is asked for.
 */
export async function* walkChunks(reader: ByteReader, form: ChunkForm): AsyncGenerator<Chunk> {
  const { headerBytes, bodyLength, alignment } = form;
  for (;;) {
    const header = await reader.read(headerBytes);
    if (header.length < headerBytes) return;
    const length = bodyLength(header);
    const padded = Math.ceil(length / alignment) * alignment;
    let taken = 0;
    const read = async (most: number): Promise<Buffer> => {
      const bytes = await reader.read(Math.max(0, Math.min(padded - taken, most)));
      taken += bytes.length;
      return bytes;
    };
    yield { id: header.toString('latin1', 0, 4), length, read };
    if (padded < 0) return;
    await reader.skip(length - taken);
    const padding = Math.min(padded - length, padded - taken);
    if (padding > 0 && form.isName?.(await reader.peek(headerBytes)) !== true) await reader.skip(padding);
  }
}
