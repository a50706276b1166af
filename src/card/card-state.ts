import type { EntityKey } from './entities.js';
import type { Format } from './format.js';
import type { HassEntity } from './hass.js';

/** Undefined of an entity that is not there. */
export type StateOf = (key: EntityKey) => HassEntity | undefined;

/** What every part of the card shows. */
export interface CardState {
  stateOf: StateOf;
  format: Format;
  /** Epoch ms. */
  now: number;
}

/** The reasons' icons; a reason that is not here has REASON_ICON. */
export const REASON_ICONS: Record<string, string | undefined> = {
  hungry: 'mdi:baby-bottle',
  tired: 'mdi:weather-night',
  discomfort: 'mdi:thermometer',
  'belly pain': 'mdi:stomach',
  burping: 'mdi:weather-windy',
  lonely: 'mdi:hand-heart',
};
export const REASON_ICON = 'mdi:help-circle';
