import type { AudioChunk, Scores } from '../values.js';
import type { Classifier } from './classifier.js';

/** A stretch of a recording. */
export interface Segment {
  chunks: AudioChunk[];
  /** Only the steps that are complete with the chunk of this index or a later one count. */
  firstOwn: number;
  /** The recording ends with it. */
  isLast: boolean;
}

/** Scores a segment by itself. */
export async function scoreSegment(
  classifier: Pick<Classifier, 'open'>,
  { chunks, firstOwn, isLast }: Segment,
): Promise<Scores[]> {
  const stream = classifier.open();
  const own: Scores[] = [];
  for (const [i, chunk] of chunks.entries()) {
    const scores = await stream.push(chunk);
    if (i >= firstOwn) own.push(...scores);
  }
  if (isLast) own.push(...(await stream.flush()));
  await stream.close();
  return own;
}
