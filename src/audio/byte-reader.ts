import type { Readable } from 'node:stream';

/** A reader can begin anew as long as it has taken no more than that. */
const MOST_KEPT_BYTES = 65_536;

/** Reads a stream of buffers in the pieces that a parser asks for. */
export class ByteReader {
  private readonly buffers: AsyncIterator<Buffer>;
  private pending: Buffer = Buffer.alloc(0);
  private taken = 0;
  /** What was taken, as long as it can be given again. */
  private kept: Buffer[] | undefined = [];

  /** @param size bytes in the stream, where that is known before its end */
  constructor(
    stream: Readable,
    private readonly size?: number,
  ) {
    this.buffers = stream[Symbol.asyncIterator]();
  }

  /** Bytes that are not taken yet, where that is known. */
  get left(): number | undefined {
    return this.size === undefined ? undefined : this.size - this.taken;
  }

  /** The next `length` bytes, fewer at the end of the stream, without taking them. */
  async peek(length: number): Promise<Buffer> {
    const parts = [this.pending];
    for (let there = this.pending.length; there < length;) {
      const next = await this.buffers.next();
      if (next.done) break;
      parts.push(next.value);
      there += next.value.length;
    }
    if (parts.length > 1) this.pending = Buffer.concat(parts);
    return this.pending.subarray(0, length);
  }

  /** Takes the next `length` bytes, fewer at the end of the stream. */
  async read(length: number): Promise<Buffer> {
    await this.peek(length);
    return this.take(length);
  }

  /**
   * Takes units of `unit` bytes as they come: one at least, `most` bytes at most. Empty when no whole unit is left; the
   * bytes of one that was begun stay.
   */
  async readUnits(unit: number, most: number): Promise<Buffer> {
    await this.peek(unit);
    return this.take(unit * Math.floor(Math.min(this.pending.length, most) / unit));
  }

  /** Skips `length` bytes of any number without keeping them. */
  async skip(length: number): Promise<void> {
    for (let left = length; left > 0;) {
      const bytes = await this.read(Math.min(left, 65536));
      if (bytes.length === 0) return;
      left -= bytes.length;
    }
  }

  /** All that is left, as it comes. */
  async *rest(): AsyncGenerator<Buffer> {
    for (;;) {
      const bytes = await this.readUnits(1, Infinity);
      if (bytes.length === 0) return;
      yield bytes;
    }
  }

  /** Begins anew. @returns whether that was still possible */
  rewind(): boolean {
    if (!this.kept) return false;
    this.pending = Buffer.concat([...this.kept, this.pending]);
    this.kept = [];
    this.taken = 0;
    return true;
  }

  private take(length: number): Buffer {
    const bytes = this.pending.subarray(0, length);
    this.pending = this.pending.subarray(bytes.length);
    this.taken += bytes.length;
    if (this.taken > MOST_KEPT_BYTES) this.kept = undefined;
    this.kept?.push(bytes);
    return bytes;
  }
}
