import path from 'node:path';
import type { Keeping } from '../../src/journal/journal.js';

export interface BabySettings {
  name: string;
  /** Date as YYYY-MM-DD, or '' when it is not told. */
  birthDate: string;
  /** Address of a Baby Buddy that knows the baby, or ''. */
  babyBuddy: string;
  /** The child's name there, or '' where it is the only one. */
  child: string;
  /** Whether the journal keeps clips and pictures of cries. */
  keepsSound: boolean;
  /** So many days the journal keeps what it noted; so many MB of sound. The editor saves numbers as text. */
  keepDays: number | string;
  soundMb: number | string;
  /** Folder in which they lie, one below it for each baby, or '' for Node-RED's own. */
  soundFolder: string;
}

/** What Node-RED keeps apart from the flow, and never exports. */
export interface BabyCredentials {
  /** Baby Buddy's API key. */
  token?: string;
}

export const BABY_DEFAULTS: BabySettings = {
  name: '',
  birthDate: '',
  babyBuddy: '',
  child: '',
  keepsSound: true,
  keepDays: 365,
  soundMb: 1000,
  soundFolder: '',
};

/** @param folder the baby's */
export function keepingOf(
  { keepsSound, keepDays, soundMb, soundFolder }: BabySettings,
  folder: string,
): Keeping {
  const shared = soundFolder.trim();
  return {
    hasSound: keepsSound,
    days: Number(keepDays),
    soundMb: Number(soundMb),
    ...(shared && { soundFolder: path.resolve(shared, path.basename(folder)) }),
  };
}
