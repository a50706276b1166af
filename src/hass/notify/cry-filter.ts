import { timeText } from '../../journal/calendar.js';
import { type CryEvent, INTENSITIES, type Intensity, type ReasonEstimate } from '../../values.js';

/** The cries that somebody wants to be notified of. */
export interface CryFilter {
  /** An empty list is all; a cry without an estimate is `unsure`. */
  reasons: readonly ReasonEstimate['label'][];
  /** Lowest probability of the likeliest reason, 0 to 1. */
  minConfidence: number;
  /** How long the baby has to have cried. */
  minDurationS: number;
  minIntensity: Intensity;
  /** When nobody is notified. */
  quiet?: QuietHours;
}

/** Hours of the day, by the home's clock: `HH:MM`, over midnight where `to` is less. */
export interface QuietHours {
  from: string;
  to: string;
}

/** Whether somebody wants to be notified of a cry at a time, epoch ms. */
export function wants(
  { reasons, minConfidence, minDurationS, minIntensity, quiet }: CryFilter,
  cry: Pick<CryEvent, 'durationS' | 'intensity'> & { reason?: Pick<ReasonEstimate, 'label' | 'confidence'> },
  at: number,
): boolean {
  const { label = 'unsure', confidence = 0 } = cry.reason ?? {};
  return (
    (reasons.length === 0 || reasons.includes(label)) &&
    confidence >= minConfidence &&
    cry.durationS >= minDurationS &&
    INTENSITIES.indexOf(cry.intensity) >= INTENSITIES.indexOf(minIntensity) &&
    !(quiet && isWithin(quiet, at))
  );
}

/** @param at epoch ms */
export function isWithin({ from, to }: QuietHours, at: number): boolean {
  const time = timeText(at);
  return from <= to ? from <= time && time < to : from <= time || time < to;
}
