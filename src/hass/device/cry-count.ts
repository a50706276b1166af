import type { CryEvent } from '../../values.js';

/** The cries of a night, which goes from noon to noon. */
export interface Night {
  /** When it began, epoch ms. */
  since: number;
  /** How long each cry was, in seconds, by its id. */
  cries: Record<string, number>;
  /** When the newest cry of all began, epoch ms. */
  lastOnset: number | null;
}

/** The last noon, by this computer's clock: epoch ms. */
export function nightBegin(now: number): number {
  const noon = new Date(now);
  noon.setHours(12, 0, 0, 0);
  if (noon.getTime() > now) noon.setDate(noon.getDate() - 1);
  return noon.getTime();
}

/** The night at a time: the same one, or a new one without cries. */
export function nightAt(night: Night | undefined, now: number): Night {
  const since = nightBegin(now);
  if (night?.since === since) return night;
  return { since, cries: {}, lastOnset: night?.lastOnset ?? null };
}

/** The night with what is told of a cry now. */
export function withCry(night: Night, { id, onset, durationS }: CryEvent): Night {
  return {
    ...night,
    cries: { ...night.cries, [id]: durationS },
    lastOnset: Math.max(night.lastOnset ?? 0, onset),
  };
}
