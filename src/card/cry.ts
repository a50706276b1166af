import type { HassEntity } from './hass.js';

/** When a cry began, from its id, which ends with it: epoch ms, NaN where it does not. */
export function onsetOf(cry: string): number {
  return Number(/@(\d+)$/.exec(cry)?.[1] ?? NaN);
}

/** When a cry ended, from its event: epoch ms, NaN unless the event is `ended`. */
export function endOf(event: HassEntity | undefined): number {
  const { event_type: type, cry, duration_s: durationS } = event?.attributes ?? {};
  return type === 'ended' && typeof cry === 'string' ? onsetOf(cry) + 1000 * Number(durationS) : NaN;
}
