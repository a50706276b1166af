import type { BabyProfile } from '../../src/reason/context.js';
import { ReasonEstimator } from '../../src/reason/estimator.js';
import type { ContextFact } from '../../src/reason/facts.js';
import { reasonLine } from '../../src/reason/phrase.js';
import type { CryEvent } from '../../src/values.js';

/** A cry event whose reason was estimated. */
export type ExplainedCry = CryEvent & Required<Pick<CryEvent, 'reason'>>;

/** What was told of each baby, by node id: a deploy makes all nodes anew, and must not forget the last feed. */
const factsTold = new Map<string, readonly ContextFact[]>();

/** What is known of one baby. */
export class Baby {
  private readonly estimator: ReasonEstimator;

  /**
   * @param id of the node that stands for the baby
   * @throws DeepInfantError `birth-date` when it is not an ISO date.
   */
  constructor(
    private readonly id: string,
    private readonly profile: BabyProfile,
  ) {
    this.estimator = new ReasonEstimator(profile);
    for (const fact of factsTold.get(id) ?? []) this.estimator.tell(fact);
  }

  /** @throws DeepInfantError `context` for an unknown kind or time. */
  tell(fact: ContextFact): void {
    this.estimator.tell(fact);
    factsTold.set(this.id, this.estimator.memory.facts);
  }

  /** The event with its likely reason, and both in words. */
  explain(cry: CryEvent): { event: ExplainedCry; text: string } {
    const event = { ...cry, reason: this.estimator.estimate(cry) };
    return { event, text: reasonLine(event, this.profile) };
  }
}
