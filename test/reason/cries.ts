import type { CryEvent } from '../../src/values.js';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

/** An ordinary cry of a few seconds with its onset at `onset`, epoch ms. */
export function cryAt(onset: number): CryEvent {
  return {
    id: `cot@${onset}`,
    source: 'cot',
    state: 'started',
    onset,
    onsetS: 60,
    durationS: 3,
    peakScore: 0.9,
    meanScore: 0.8,
    intensity: 'cry',
    voice: { f0Hz: 450, roughness: 0.1, balanceDb: 0 },
    windows: [],
    embedding: new Float32Array(0),
  };
}
