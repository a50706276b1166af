import * as v from 'valibot';
import { check } from '../../check.js';
import { CRY_STATES, INTENSITIES, REASONS } from '../../values.js';
import { StateFile } from '../../files/state-file.js';
import type { PlanState } from './notification-plan.js';

const time = v.number();

const ANSWER = v.object({
  cry: v.string(),
  reason: v.picklist(REASONS),
  at: time,
  by: v.optional(v.string()),
});

const ALERT = v.object({
  cry: v.object({
    id: v.string(),
    state: v.picklist(CRY_STATES),
    durationS: v.number(),
    intensity: v.picklist(INTENSITIES),
    reason: v.optional(v.object({ label: v.picklist([...REASONS, 'unsure']), confidence: v.number() })),
    who: v.optional(v.object({ label: v.string(), names: v.optional(v.array(v.string()), []) })),
    picture: v.optional(v.string()),
    clip: v.optional(v.string()),
  }),
  answer: v.optional(ANSWER),
  carer: v.optional(v.string()),
  owner: v.optional(v.string()),
  isLost: v.optional(v.boolean()),
  isOwed: v.optional(v.boolean()),
  at: time,
  notifiedAt: v.optional(time),
  phones: v.array(
    v.tuple([
      v.string(),
      v.object({
        shown: v.string(),
        sentAt: time,
        page: v.number(),
        wasCritical: v.boolean(),
        isUnsure: v.optional(v.boolean()),
      }),
    ]),
  ),
});

const KEPT_PLAN = v.object({ episodes: v.array(ALERT), snoozed: v.record(v.string(), time) });
type KeptPlan = v.InferOutput<typeof KEPT_PLAN>;

const ANSWER_0 = v.object({ reason: v.picklist(REASONS), by: v.string() });

/** As DeepInfant 0.1 kept it: an answer had no time of its own, and `by` was '' where nobody knew. */
const KEPT_PLAN_0 = v.object({
  ...KEPT_PLAN.entries,
  episodes: v.array(v.object({ ...ALERT.entries, answer: v.optional(ANSWER_0) })),
});

/** Keeps who was notified of what, so that answers count and nothing is sent twice after a crash, too. */
export class PlanFile {
  private readonly file: StateFile<KeptPlan>;

  /** @param report gets what goes wrong with the file */
  constructor(path: string, report: (error: unknown) => void) {
    this.file = new StateFile(
      { path, what: 'the notifications that were sent', version: 1, check: checkPlan },
      report,
    );
  }

  open(): PlanState | undefined {
    const kept = this.file.open();
    return (
      kept && {
        alerts: kept.episodes.map(alert => ({ ...alert, phones: new Map(alert.phones) })),
        snoozed: new Map(Object.entries(kept.snoozed)),
      }
    );
  }

  /** Writes what `state` gives when its turn comes. Never rejects. */
  save(state: () => PlanState): Promise<void> {
    return this.file.save(() => keptPlanOf(state()));
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

function keptPlanOf({ alerts, snoozed }: PlanState): KeptPlan {
  return {
    episodes: alerts.map(alert => ({ ...alert, phones: [...alert.phones] })),
    snoozed: Object.fromEntries(snoozed),
  };
}

function checkPlan(json: unknown, version: number): KeptPlan {
  if (version > 0) return check(KEPT_PLAN, json, 'notifications');
  const { episodes, snoozed } = check(KEPT_PLAN_0, json, 'notifications');
  return {
    episodes: episodes.map(({ answer, ...alert }) => ({
      ...alert,
      ...(answer && {
        answer: {
          cry: alert.cry.id,
          reason: answer.reason,
          at: alert.at,
          ...(answer.by !== '' && { by: answer.by }),
        },
      }),
    })),
    snoozed,
  };
}
