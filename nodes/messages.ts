/** The messages between the nodes, as docs/messages.md describes them. */
import type { NodeMessage } from 'node-red';
import { isLikeCryEvent, readCryEvent } from '../src/door/cry-event.js';
import { DeepInfantError } from '../src/errors.js';
import type { ToldState } from '../src/baby/told.js';
import { isObject } from '../src/unknown-data.js';
import { type Answer, type CryEvent, REASONS, type SourceHealth } from '../src/values.js';

/** How the playing of a recording goes; sent when it changes. */
export interface PlaybackState {
  source: string;
  state: 'starting' | 'running' | 'ended' | 'failed';
  /** Seconds that were heard so far. */
  positionS: number;
  /** What went wrong; only when `failed`. */
  error?: string;
}

/** Whether it is what a reason is estimated from; an event that came as JSON has no `Float32Array` any more. */
export function isCryEvent(payload: unknown): payload is CryEvent {
  return (
    isObject(payload) &&
    typeof payload.id === 'string' &&
    typeof payload.state === 'string' &&
    typeof payload.onset === 'number' &&
    typeof payload.durationS === 'number' &&
    typeof payload.intensity === 'string'
  );
}

/** Whether it tells how the playing of a recording goes. */
export function isPlaybackState(payload: unknown): payload is PlaybackState {
  return isObject(payload) && typeof payload.state === 'string' && typeof payload.positionS === 'number';
}

/** Whether it is the health of a live source, and not how the playing of a recording goes. */
export function isSourceHealth(payload: unknown): payload is SourceHealth {
  return isPlaybackState(payload) && 'since' in payload;
}

/** Whether it is an answer that the reason node took. */
export function isAnswerTaken(payload: unknown): payload is ToldState & Answer {
  if (!isObject(payload) || typeof payload.cry !== 'string' || typeof payload.at !== 'number') return false;
  const isTaken = payload.outcome === 'counted' || payload.outcome === 'replaced';
  return isTaken && REASONS.some(known => known === payload.reason);
}

/** Whether it is what became of anything that the reason node was told. */
export function isToldState(payload: unknown): payload is ToldState {
  return isObject(payload) && typeof payload.outcome === 'string';
}

/** The cry event that a message brings. @throws DeepInfantError `not-a-cry-event`, or `invalid` for one with a wrong field */
export function cryEventOf({ payload }: NodeMessage): CryEvent {
  if (isLikeCryEvent(payload)) return readCryEvent(payload);
  throw new DeepInfantError(
    'not-a-cry-event',
    'The message holds no cry event: wire this node behind a detector or reason node.',
  );
}
