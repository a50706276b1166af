import * as v from 'valibot';
import { check } from '../check.js';
import { isObject } from '../unknown-data.js';
import { REASONS } from '../values.js';
import { count, epoch, id, name } from './fields.js';

/** How often predictions were right: see `TrackRecord`. */
const TRACK_RECORD = v.pipe(
  v.object({ answers: count, right: count, commonestRight: count }),
  v.check(
    ({ answers, right, commonestRight }) => Math.max(right, commonestRight) <= answers,
    'at most as many right ones as answers',
  ),
);

const OUTCOME = v.object({
  outcome: name,
  /** Of an answer, and of one that is withdrawn: the cry that it is about. */
  cry: v.optional(id),
  /** What an answer said. */
  reason: v.optional(v.picklist(REASONS)),
  at: v.optional(epoch),
  by: v.optional(name),
  /** Whose cry it was, where there are several babies. */
  baby: v.optional(name),
  record: v.optional(TRACK_RECORD),
  /** The fact that was noted or withdrawn. */
  fact: v.optional(v.looseObject({})),
});

/** What became of a command to the reason node. */
export type ReadOutcome = v.InferOutput<typeof OUTCOME>;

/** Whether a value claims to be the outcome of a command: whoever reads it then gets the outcome or an error. */
export function isLikeOutcome(value: unknown): value is { outcome: string } {
  return isObject(value) && typeof value.outcome === 'string';
}

/**
 * The outcome that a message brings.
 * @throws DeepInfantError `invalid`
 */
export function readOutcome(value: unknown): ReadOutcome {
  return check(OUTCOME, value, 'outcome');
}
