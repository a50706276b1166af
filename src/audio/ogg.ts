import { open } from 'node:fs/promises';
import { systemPath } from '../files/path-text.js';

/** Of a page's header (RFC 3533, section 6): its fixed part, and a byte for each of 255 segments at most. */
const FIXED_BYTES = 27;
const MOST_HEADER_BYTES = FIXED_BYTES + 255;
/** The flag of a page that begins a stream. */
const BEGINS = 2;

/**
 * Whether a file is of several Ogg streams, one after another, as players record a radio (RFC 3533, section 4: chaining).
 * Each has a time of its own.
 */
export async function isChainedOgg(file: string): Promise<boolean> {
  const handle = await open(systemPath(file));
  try {
    let hasBegun = false;
    for (let at = 0; ;) {
      const { buffer, bytesRead } = await handle.read(
        Buffer.alloc(MOST_HEADER_BYTES),
        0,
        MOST_HEADER_BYTES,
        at,
      );
      if (bytesRead < FIXED_BYTES || buffer.toString('latin1', 0, 4) !== 'OggS') return false;
      const begins = (buffer[5] & BEGINS) !== 0;
      if (begins && hasBegun) return true;
      hasBegun ||= !begins;
      const segments = buffer.subarray(FIXED_BYTES, FIXED_BYTES + buffer[26]);
      at += FIXED_BYTES + segments.length + segments.reduce((sum, length) => sum + length, 0);
    }
  } finally {
    await handle.close();
  }
}
