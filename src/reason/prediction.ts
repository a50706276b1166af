/** The two models of a reason: what holds for all babies, and what was learned of this one too. */
export const PREDICTORS = ['general', 'personal'] as const;
export type Predictor = (typeof PREDICTORS)[number];

/** What was known of a cry, and predicted, before its answer. Lists of numbers are in the order of REASONS. */
export interface Prediction {
  /**
   * Logarithms of each reason's odds: from what holds for all babies, with what was learned of this baby added, and from
   * its voice.
   */
  general: number[];
  personal: number[];
  voice: number[];
  /** The situation, as the personal model sees it. */
  features: number[];
  /** Probabilities from each model, and the one whose probabilities were shown. */
  told: Record<Predictor, number[]>;
  uses: Predictor;
  /** Where several babies may cry. */
  who?: BabyPrediction;
}

/** Probabilities of each baby in the room, by its name: by the voice, and by how often each baby cried. */
export interface BabyPrediction {
  voice: Record<string, number>;
  commonest: Record<string, number>;
  /** The baby that was named; none while the voice had not proved itself. */
  named?: string;
  /** The name that the baby who remembers the cry had at the time. */
  calledAs?: string;
}
