import * as v from 'valibot';
import { KEEPING_SETTINGS } from '../baby-node.js';
import { text, version } from '../settings.js';

export const BABY_SETTINGS = v.object({
  version,
  name: text(),
  /** Date as YYYY-MM-DD, or '' when it is unknown. */
  birthDate: text(),
  /** Address of a Baby Buddy that knows the baby, or ''. */
  babyBuddy: text(),
  /** The child's name there, or '' where it is the only one. */
  child: text(),
  ...KEEPING_SETTINGS.entries,
});

/** What Node-RED keeps apart from the flow, and never exports. */
export interface BabyCredentials {
  /** Baby Buddy's API key. */
  token?: string;
}
