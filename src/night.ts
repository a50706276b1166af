/** The one definition of a night, for the journal, the entities, the card and quiet hours: by the local clock. */

/** A stretch of time. */
export interface Stretch {
  /** Epoch ms. */
  from: number;
  to: number;
}

/** A night goes from six in the evening to ten in the morning. */
const NIGHT_BEGINS = 18;
const NIGHT_ENDS = 10;

/**
 * The night at `time` (epoch ms): the one that is running, or else, by day, the one that ended that morning. Where the
 * clocks change, it is an hour shorter or longer.
 */
export function nightAt(time: number): Stretch {
  const evening = new Date(time);
  if (evening.getHours() < NIGHT_BEGINS) evening.setDate(evening.getDate() - 1);
  evening.setHours(NIGHT_BEGINS, 0, 0, 0);
  const morning = new Date(evening);
  morning.setDate(morning.getDate() + 1);
  morning.setHours(NIGHT_ENDS);
  return { from: evening.getTime(), to: morning.getTime() };
}
