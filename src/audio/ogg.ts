import { createReadStream } from 'node:fs';
import { systemPath } from '../files/path-text.js';
import { ByteReader } from './byte-reader.js';

/** Of a page's header (RFC 3533, section 6): its fixed part, whose last byte is the number of the segments. */
const FIXED_BYTES = 27;
/** The flag of a page that begins a stream. */
const BEGINS = 2;

/**
 * Whether a file is of several Ogg streams, one after another, as players record a radio (RFC 3533, section 4: chaining).
 * Each has a time of its own.
 * @throws AbortError once the signal tells it to end
 */
export async function isChainedOgg(file: string, signal?: AbortSignal): Promise<boolean> {
  const stream = createReadStream(systemPath(file), { signal, highWaterMark: 1 << 20 });
  try {
    const reader = new ByteReader(stream);
    let hasBegun = false;
    for (;;) {
      const header = await reader.read(FIXED_BYTES);
      if (header.length < FIXED_BYTES || header.toString('latin1', 0, 4) !== 'OggS') return false;
      const begins = (header[5] & BEGINS) !== 0;
      if (begins && hasBegun) return true;
      hasBegun ||= !begins;
      const lengths = await reader.read(header[FIXED_BYTES - 1]);
      await reader.skip(lengths.reduce((sum, length) => sum + length, 0));
    }
  } finally {
    stream.destroy();
  }
}
