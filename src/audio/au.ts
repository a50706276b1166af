import type { ByteReader } from './byte-reader.js';
import type { PcmBlock } from './pcm.js';
import { type Coding, declaredLength, decodePcmData, OtherCodec, type Reading } from './pcm-data.js';

const CODINGS: Partial<Record<number, Coding>> = {
  1: 'muLaw',
  2: 's8',
  3: 's16be',
  4: 's24be',
  5: 's32be',
  6: 'f32be',
  7: 'f64be',
  27: 'aLaw',
};

/**
 * Decodes an AU stream (Sun, audio(5)) as far as it is not compressed.
 *
 * @throws DeepInfantError `other-codec` before the first block; what decodePcmData throws
 */
export async function* decodeAu(reader: ByteReader, reading: Reading): AsyncGenerator<PcmBlock> {
  const header = await reader.read(24);
  if (header.length < 24) return;
  const [offset, length, encoding, rate, channels] = [4, 8, 12, 16, 20].map(at => header.readUInt32BE(at));
  const coding = CODINGS[encoding];
  if (!coding || offset < 24) throw new OtherCodec(reading.name);
  await reader.skip(offset - 24);
  const format = { rate, channels, coding };
  yield* decodePcmData(
    reader,
    { ...format, length: declaredLength(length), chunkLength: () => NaN },
    reading,
  );
}
