import path from 'node:path';
import * as v from 'valibot';
import type { Keeping } from '../../src/journal/journal.js';
import { flag, numberFrom, text } from '../settings.js';

export const BABY_SETTINGS = v.object({
  name: text(),
  /** Date as YYYY-MM-DD, or '' when it is unknown. */
  birthDate: text(),
  /** Address of a Baby Buddy that knows the baby, or ''. */
  babyBuddy: text(),
  /** The child's name there, or '' where it is the only one. */
  child: text(),
  /** Whether the journal keeps clips and pictures of cries. */
  keepsSound: flag(true),
  /** How many days the journal keeps its entries, and how many MB of sound. */
  keepDays: numberFrom(1, 36_500, 365),
  soundMb: numberFrom(1, 10_000_000, 1000),
  /** Folder for the sound, with one folder below it for each baby; '' for Node-RED's own. */
  soundFolder: text(),
});

export type BabySettings = v.InferOutput<typeof BABY_SETTINGS>;

/** What Node-RED keeps apart from the flow, and never exports. */
export interface BabyCredentials {
  /** Baby Buddy's API key. */
  token?: string;
}

/** @param folder the baby's */
export function keepingOf(
  { keepsSound, keepDays, soundMb, soundFolder }: BabySettings,
  folder: string,
): Keeping {
  return {
    hasSound: keepsSound,
    days: keepDays,
    soundMb,
    ...(soundFolder && { soundFolder: path.resolve(soundFolder, path.basename(folder)) }),
  };
}
