/**
 * Audio that detectors of this process hold unheard. Node-RED has no back pressure: whoever sends faster than a node
 * works fills the memory. A recording that is played as fast as possible therefore waits here for its detectors.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { SAMPLE_RATE } from '../src/values.js';

/** Seconds of a recording that may wait; a detector drops audio only far above it (MAX_WAITING_S). */
const ENOUGH_WAITING_S = 10;

const waitingSamples = new Map<string, number>();

/** Counts samples of a source that a detector took in (positive) or let go (negative). */
export function countWaiting(source: string, samples: number): void {
  const waiting = (waitingSamples.get(source) ?? 0) + samples;
  if (waiting > 0) waitingSamples.set(source, waiting);
  else waitingSamples.delete(source);
}

/** Comes back when the source's detectors can take more, or with an AbortError. */
export async function roomFor(source: string, signal: AbortSignal): Promise<void> {
  do {
    // At least one turn of the event loop, in which Node-RED delivers what was sent.
    await sleep(1, undefined, { signal });
  } while ((waitingSamples.get(source) ?? 0) > ENOUGH_WAITING_S * SAMPLE_RATE);
}
