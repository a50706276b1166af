/** The messages between the nodes, as docs/messages.md describes them. */
import { readAnswer } from '../src/door/answer.js';
import { isLikeCryEvent, readCryEvent } from '../src/door/cry-event.js';
import { isLikePlayback, type Playback, readPlayback } from '../src/door/playback.js';
import { isLikeSourceHealth, readSourceHealth } from '../src/door/source-health.js';
import { DeepInfantError } from '../src/errors.js';
import type { Accuracy } from '../src/hass/device/device-memory.js';
import { at, isObject, numberOf } from '../src/unknown-data.js';
import type { Answer, CryEvent, SourceHealth } from '../src/values.js';

/** What the nodes send to those that are wired behind them. */
export type Incoming =
  | { kind: 'cry'; cry: CryEvent }
  | { kind: 'health'; health: SourceHealth }
  /** An answer that the reason node took, how right it was so far, and whose cry it was where there are several babies. */
  | { kind: 'answer'; answer: Answer; accuracy?: Accuracy; cry: string; baby?: string }
  /** Somebody said only whose cry it was. */
  | { kind: 'owner'; cry: string; baby: string }
  /** An answer that the reason node refused or withdrew. */
  | { kind: 'no-answer'; cry: string }
  /** A recording or the demo is played. */
  | { kind: 'playback'; playback: Playback }
  /** What became of any other command to the reason node. */
  | { kind: 'other' };

/**
 * What a message brings to a node behind the detector or the reason node.
 * @throws DeepInfantError `not-a-cry-event` for what no node of this package sends, `invalid` for a wrong field
 */
export function readIncoming(payload: unknown): Incoming {
  if (isLikeCryEvent(payload)) return { kind: 'cry', cry: readCryEvent(payload) };
  if (isLikeSourceHealth(payload)) return { kind: 'health', health: readSourceHealth(payload) };
  if (isObject(payload) && typeof payload.outcome === 'string') return readOutcome(payload);
  if (isLikePlayback(payload)) return { kind: 'playback', playback: readPlayback(payload) };
  throw new DeepInfantError(
    'not-a-cry-event',
    'The message holds no cry event: wire this node behind a detector or reason node.',
  );
}

/** @throws DeepInfantError `invalid` for a wrong answer */
function readOutcome(payload: Record<string, unknown>): Incoming {
  const { outcome, cry, baby, record } = payload;
  const whose = typeof baby === 'string' ? baby : undefined;
  if (typeof cry !== 'string') return { kind: 'other' };
  if (['counted', 'replaced', 'repeated'].includes(outcome as string)) {
    if ('reason' in payload)
      return { kind: 'answer', answer: readAnswer(payload), cry, baby: whose, accuracy: accuracyOf(record) };
    return whose === undefined ? { kind: 'other' } : { kind: 'owner', cry, baby: whose };
  }
  const isGone = outcome === 'unknown-cry' || (outcome === 'withdrawn' && !('fact' in payload));
  return isGone ? { kind: 'no-answer', cry } : { kind: 'other' };
}

function accuracyOf(record: unknown): Accuracy | undefined {
  const [answers, right, commonest] = ['answers', 'right', 'commonestRight'].map(key =>
    numberOf(at(record, key)),
  );
  if (!(answers > 0) || !(right >= 0) || !(commonest >= 0)) return undefined;
  return { accuracy: right / answers, baselineAccuracy: commonest / answers, answers };
}

/** Whether it is the state of a playback, or what became of a command: most nodes have no use for either. */
export function isPlaybackOrOutcome(payload: unknown): boolean {
  return isObject(payload) && (typeof payload.outcome === 'string' || typeof payload.positionS === 'number');
}
