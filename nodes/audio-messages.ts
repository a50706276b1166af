/** What messages with chunks of audio carry beside them, as docs/messages.md describes it. */
import type { NodeMessage } from 'node-red';

/**
 * `msg.waitUntil` of the chunks of a recording that is played as fast as its receivers take it: who receives one calls it
 * with the work that the chunk makes. Node-RED has no back pressure: the sender waits until all such work is done. As a
 * function it stays the same where Node-RED clones a message for a second wire.
 */
export type WaitUntil = (work: Promise<unknown>) => void;

/** Does the work that a message makes, and lets a sender that waits for its receivers know of it. */
export async function receiveUntil({ waitUntil }: NodeMessage, work: Promise<void>): Promise<void> {
  try {
    if (typeof waitUntil === 'function') (waitUntil as WaitUntil)(work);
  } finally {
    await work;
  }
}

/** What tells the source of a message from others of its name: the id of the audio node; '' where none is given. */
export function sourceIdOf({ sourceId }: NodeMessage): string {
  return typeof sourceId === 'string' ? sourceId : '';
}
