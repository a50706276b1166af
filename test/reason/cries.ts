import type { CryEvent, ReasonEstimate } from '../../src/values.js';

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

/** Why a baby cries that is probably hungry, of one whose cries were answered. */
export const HUNGRY: ReasonEstimate = {
  label: 'hungry',
  confidence: 0.62,
  probabilities: {
    hungry: 0.62,
    tired: 0.2,
    discomfort: 0.1,
    'belly pain': 0.05,
    burping: 0.02,
    lonely: 0.01,
  },
  contributions: [
    {
      part: 'context',
      reason: 'hungry',
      factor: 2.4,
      text: "last feed 3 h 10 min ago: makes 'hunger' 2.4 times as likely",
    },
  ],
  tip: 'Offer a feed.',
  uses: 'personal',
  learnedFrom: 10,
  accuracy: 0.7,
  baselineAccuracy: 0.5,
  calibrationError: 0.05,
};
