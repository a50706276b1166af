/** The messages between the nodes, as docs/messages.md describes them. */
import { readAnswer } from '../door/answer.js';
import { isLikeCryEvent, readCryEvent } from '../door/cry-event.js';
import { isLikeOutcome, readOutcome } from '../door/outcome.js';
import { isLikePlayback, type Playback, readPlayback } from '../door/playback.js';
import { isLikeSourceHealth, readSourceHealth } from '../door/source-health.js';
import { DeepInfantError } from '../errors.js';
import type { Accuracy } from './device/device-memory.js';
import type { TrackRecord } from '../reason/record.js';
import type { Answer, CryEvent, SourceHealth } from '../values.js';

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
  if (isLikeOutcome(payload)) return incomingOf(payload);
  if (isLikePlayback(payload)) return { kind: 'playback', playback: readPlayback(payload) };
  throw new DeepInfantError(
    'not-a-cry-event',
    'The message holds no cry event: wire this node behind a detector or reason node.',
  );
}

/** What an outcome says of a cry. @throws DeepInfantError `invalid` for a wrong field */
function incomingOf(payload: unknown): Incoming {
  const { outcome, cry, baby, reason, record, fact } = readOutcome(payload);
  if (cry === undefined) return { kind: 'other' };
  if (['counted', 'replaced', 'repeated'].includes(outcome)) {
    if (reason !== undefined)
      return {
        kind: 'answer',
        answer: readAnswer(payload),
        cry,
        baby,
        accuracy: record && accuracyOf(record),
      };
    return baby === undefined ? { kind: 'other' } : { kind: 'owner', cry, baby };
  }
  const isGone = outcome === 'unknown-cry' || (outcome === 'withdrawn' && fact === undefined);
  return isGone ? { kind: 'no-answer', cry } : { kind: 'other' };
}

function accuracyOf({ answers, right, commonestRight }: TrackRecord): Accuracy | undefined {
  if (answers === 0) return undefined;
  return { accuracy: right / answers, baselineAccuracy: commonestRight / answers, answers };
}

/** Whether it is the state of a playback, or what became of a command: most nodes have no use for either. */
export function isPlaybackOrOutcome(payload: unknown): boolean {
  return isLikeOutcome(payload) || isLikePlayback(payload);
}
