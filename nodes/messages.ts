/** The messages between the nodes, as docs/messages.md describes them. */
import { readAnswer } from '../src/door/answer.js';
import { isLikeCryEvent, readCryEvent } from '../src/door/cry-event.js';
import { isLikeSourceHealth, readSourceHealth } from '../src/door/source-health.js';
import { DeepInfantError } from '../src/errors.js';
import { isObject } from '../src/unknown-data.js';
import type { Answer, CryEvent, SourceHealth } from '../src/values.js';

/** What the nodes send to those that are wired behind them. */
export type Incoming =
  | { kind: 'cry'; cry: CryEvent }
  | { kind: 'health'; health: SourceHealth }
  /** An answer that the reason node counted. */
  | { kind: 'answer'; answer: Answer }
  /** The playback of a recording, or what became of any other command to the reason node. */
  | { kind: 'other' };

/**
 * What a message brings to a node behind the detector or the reason node.
 * @throws DeepInfantError `not-a-cry-event` for what no node of this package sends, `invalid` for a wrong field
 */
export function readIncoming(payload: unknown): Incoming {
  if (isLikeCryEvent(payload)) return { kind: 'cry', cry: readCryEvent(payload) };
  if (isLikeSourceHealth(payload)) return { kind: 'health', health: readSourceHealth(payload) };
  if (isObject(payload) && (payload.outcome === 'counted' || payload.outcome === 'replaced'))
    return 'reason' in payload ? { kind: 'answer', answer: readAnswer(payload) } : { kind: 'other' };
  if (isPlaybackOrOutcome(payload)) return { kind: 'other' };
  throw new DeepInfantError(
    'not-a-cry-event',
    'The message holds no cry event: wire this node behind a detector or reason node.',
  );
}

/** Whether it is the state of a playback, or what became of a command: most nodes have no use for either. */
export function isPlaybackOrOutcome(payload: unknown): boolean {
  return isObject(payload) && (typeof payload.outcome === 'string' || typeof payload.positionS === 'number');
}
