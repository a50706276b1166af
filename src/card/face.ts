import { knownState } from './entities.js';
import type { StateOf } from './card-state.js';

/**
 * What the card shows first: `offline` has no connection to Home Assistant, `off` does not listen, `deaf` has a microphone
 * or camera without sound, `away` has no news from DeepInfant, `waiting` none since Home Assistant started, and `incomplete`
 * has no entity for crying. `playing` and `played` have no microphone or camera, but a recording or the demo.
 */
export type Face =
  'offline' | 'crying' | 'quiet' | 'off' | 'deaf' | 'away' | 'waiting' | 'incomplete' | 'playing' | 'played';

export function faceOf(stateOf: StateOf, isConnected: boolean): Face {
  if (!isConnected) return 'offline';
  const crying = stateOf('crying');
  if (crying === undefined) return 'incomplete';
  if (crying.state === 'on') return 'crying';
  const health = stateOf('health')?.state ?? 'unavailable';
  const isAvailable = crying.state !== 'unavailable';
  if (!isAvailable && health === 'unavailable')
    return stateOf('listening')?.state === 'unknown' ? 'waiting' : 'away';
  if (knownState(stateOf('listening')) === 'off' || health === 'stopped') return 'off';
  // A baby is not quiet because the microphone is muted.
  if (health === 'silent' || (!isAvailable && health !== 'running')) return 'deaf';
  const playback = playbackOf(stateOf);
  if (playback) return playback.isOver ? 'played' : 'playing';
  return crying.state === 'off' ? 'quiet' : 'waiting';
}

/** The recording or the demo that is played, or was, instead of a microphone or camera (DeviceState, playback). */
export function playbackOf(stateOf: StateOf): { source: string; isOver: boolean } | undefined {
  const playback = stateOf('health')?.attributes.playback as
    Partial<Record<'source' | 'isOver', unknown>> | null | undefined;
  return typeof playback?.source === 'string'
    ? { source: playback.source, isOver: playback.isOver === true }
    : undefined;
}
