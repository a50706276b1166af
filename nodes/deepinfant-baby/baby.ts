import type { NodeContextData } from 'node-red';
import type { BabyProfile, ContextFact } from '../../src/reason/context.js';
import { ReasonEstimator } from '../../src/reason/estimator.js';
import type { CryEvent, ReasonEstimate } from '../../src/values.js';

/** More than a day's, which is all that counts. */
const FACTS_KEPT = 100;

/** What is known of one baby. What was told is kept in a node's context, so that a deploy does not forget it. */
export class Baby {
  private readonly estimator: ReasonEstimator;
  private facts: ContextFact[];

  /** @throws DeepInfantError `birth-date` when it is not an ISO date. */
  constructor(
    profile: BabyProfile,
    private readonly context: NodeContextData,
  ) {
    this.estimator = new ReasonEstimator(profile);
    this.facts = (context.get('facts') ?? []) as ContextFact[];
    for (const fact of this.facts) this.estimator.tell(fact);
  }

  /** @throws DeepInfantError `context` for an unknown kind or time. */
  tell(fact: ContextFact): void {
    this.estimator.tell(fact);
    this.facts = [...this.facts, fact].slice(-FACTS_KEPT);
    this.context.set('facts', this.facts);
  }

  estimate(event: CryEvent): ReasonEstimate {
    return this.estimator.estimate(event);
  }
}
