import type { Readable } from 'node:stream';

/** Reads a stream of buffers in the pieces that a parser asks for. */
export class ByteReader {
  private readonly buffers: AsyncIterator<Buffer>;
  private pending: Buffer = Buffer.alloc(0);

  constructor(stream: Readable) {
    this.buffers = stream[Symbol.asyncIterator]();
  }

  /** The next `length` bytes, fewer at the end of the stream, without taking them. */
  async peek(length: number): Promise<Buffer> {
    while (this.pending.length < length) {
      const next = await this.buffers.next();
      if (next.done) break;
      this.pending = this.pending.length === 0 ? next.value : Buffer.concat([this.pending, next.value]);
    }
    return this.pending.subarray(0, length);
  }

  /** Takes the next `length` bytes, fewer at the end of the stream. */
  async read(length: number): Promise<Buffer> {
    const bytes = await this.peek(length);
    this.pending = this.pending.subarray(bytes.length);
    return bytes;
  }

  /** Skips `length` bytes of any number without keeping them. */
  async skip(length: number): Promise<void> {
    for (let left = length; left > 0;) {
      const bytes = await this.read(Math.min(left, 65536));
      if (bytes.length === 0) return;
      left -= bytes.length;
    }
  }
}
