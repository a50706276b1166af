import * as v from 'valibot';
import type { CryEvent } from '../values.js';
import { CRY_FIELDS } from './cry-event.js';

/** A cry as files keep it until it is over: its last event, without the sound's description. */
export const KEPT_CRY = v.object({ ...CRY_FIELDS, onset: v.pipe(v.number(), v.finite()) });
export type KeptCry = v.InferOutput<typeof KEPT_CRY>;

/** Of a cry event, what is kept. */
export function keptCry(event: CryEvent | KeptCry): KeptCry {
  const { id, source, onset, onsetS, durationS, intensity, peakScore, meanScore, voice } = event;
  const { guess, reason, who } = event;
  return {
    id,
    source,
    onset,
    onsetS,
    durationS,
    intensity,
    peakScore,
    meanScore,
    voice,
    ...(guess && { guess }),
    ...(reason && { reason }),
    ...(who && { who }),
  };
}

/** The event that a kept cry is over: it ended when it was last heard. */
export function endedCry(cry: KeptCry): CryEvent {
  return {
    ...cry,
    state: 'ended',
    offset: Math.round(cry.onset + 1000 * cry.durationS),
    offsetS: cry.onsetS + cry.durationS,
    windows: [],
    embedding: new Float32Array(0),
  };
}
