import type { Intensity } from '../../src/values.js';

export interface NotifySettings {
  name: string;
  /** Id of a deepinfant-hass node. */
  hass: string;
  /** Id of a deepinfant-baby node, or ''. */
  baby: string;
  /** Actions that notify, with commas between them, in the order in which they are told; none only logs. */
  phones: string;
  /** How long each one has to answer until the next one is told, in minutes; 0 tells all at once. */
  escalateMin: number;
  /** Reasons to be told of and `unsure`, with commas between them; '' is all. */
  reasons: string;
  /** In percent. */
  minConfidence: number;
  minDurationS: number;
  minIntensity: Intensity;
  /** Hours of the day in which nobody is told, HH:MM; '' is none. */
  quietFrom: string;
  quietTo: string;
  /** Whether cries, answers and troubles of sources are told in Home Assistant. */
  log: boolean;
}

export const NOTIFY_DEFAULTS: NotifySettings = {
  name: '',
  hass: '',
  baby: '',
  phones: '',
  escalateMin: 0,
  reasons: '',
  minConfidence: 0,
  minDurationS: 0,
  minIntensity: 'fuss',
  quietFrom: '',
  quietTo: '',
  log: true,
};
