import { knownState } from './entities.js';
import type { StateOf } from './card-state.js';

/**
 * What the card shows first: `offline` has no connection to Home Assistant, `off` does not listen, `deaf` has a microphone
 * or camera without sound, `away` has no news from Node-RED, `waiting` none since Home Assistant started, and `incomplete`
 * has no entity for crying.
 */
export type Face = 'offline' | 'crying' | 'quiet' | 'off' | 'deaf' | 'away' | 'waiting' | 'incomplete';

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
  return crying.state === 'off' ? 'quiet' : 'waiting';
}
