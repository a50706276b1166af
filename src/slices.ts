import { messageOf } from './errors.js';

/** Work of this many ms is done at a stretch; then everything else that waits for the event loop has its turn. */
const SLICE_MS = 2;

/** Does the next piece of some work, and says whether it was the last. */
type RunPiece = () => boolean;

/** Work to do, in turns of one piece each. */
const waiting: RunPiece[] = [];

/**
 * Does work piece by piece, in slices that leave the event loop free between them. Several works at a time take turns.
 * @param work rests after each piece
 * @returns what it returns
 */
export function runInSlices<T>(work: Generator<void, T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const runPiece = (): boolean => {
      try {
        const { done, value } = work.next();
        if (done) resolve(value);
        return done === true;
      } catch (error) {
        reject(error instanceof Error ? error : new Error(messageOf(error)));
        return true;
      }
    };
    if (waiting.length === 0) setImmediate(runSlice);
    waiting.push(runPiece);
  });
}

function runSlice(): void {
  const start = performance.now();
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    if (!next()) waiting.push(next);
    if (performance.now() - start >= SLICE_MS) break;
  }
  if (waiting.length > 0) setImmediate(runSlice);
}
