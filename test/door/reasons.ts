import type { ReasonEstimate } from '../../src/values.js';

/** An estimate as the reason node makes it. */
export const HUNGRY: ReasonEstimate = {
  label: 'hungry',
  confidence: 0.7,
  probabilities: {
    hungry: 0.7,
    tired: 0.1,
    discomfort: 0.1,
    'belly pain': 0.05,
    burping: 0.03,
    lonely: 0.02,
  },
  contributions: [{ part: 'context', reason: 'hungry', factor: 2.4, text: 'Last feed 3 h 10 min ago' }],
  tip: 'Offer a feed.',
  uses: 'general',
  learnedFrom: 0,
  accuracy: null,
  baselineAccuracy: null,
  calibrationError: null,
};
