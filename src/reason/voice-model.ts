import { fitLogistic, logitsOf, Standardising } from '../maths/logistic.js';
import { REASONS } from '../values.js';
import { bounded, centre } from './evidence.js';
import { unpackEmbedding } from './embedding.js';

/** A voice changes within months, and its model must be fitted within a few ms: older cries do not count. */
const CRIES = 150;

/**
 * The number of cries of a reason that make its prototype count half. If a baby's reasons were as far apart as two of its
 * cries are in one direction, it would be the number of dimensions, 256.
 */
const PROTOTYPE_WEIGHT = 256;
/** Precision of each weight of the regression: all 256 together then move the odds by a factor of about e. */
const PRECISION = 256;

/** An answered cry. */
interface VoicedCry {
  /** As packEmbedding gives it; '' where there is none. */
  embedding: string;
  /** Logarithms of what is known without the voice, in the order of REASONS. */
  personal: readonly number[];
  /** What it was: index of REASONS. */
  label: number;
}

/**
 * What the sound of a baby's cries says about their reasons beyond what is known without it: the mean of prototypes and
 * of a logistic regression on CryNet's embedding.
 */
export class VoiceModel {
  private readonly scaling: Standardising | undefined;
  private readonly prototypes: Float64Array[] = [];
  private readonly weights: Float64Array[] = [];

  /** @param cries in the order in which they were heard; those count whose embeddings have the newest one's length */
  constructor(cries: readonly VoicedCry[]) {
    const last = cries.findLast(({ embedding }) => embedding !== '');
    if (!last) return;
    const heard = cries.filter(({ embedding }) => embedding.length === last.embedding.length).slice(-CRIES);
    const embeddings = heard.map(({ embedding }) => unpackEmbedding(embedding));
    const scaling = new Standardising(embeddings);
    this.scaling = scaling;
    const points = heard.map(({ personal, label }, i) => ({
      features: scaling.of(embeddings[i]),
      offsets: personal,
      label,
    }));
    this.prototypes = REASONS.map((_, reason) => {
      const ofReason = points.filter(({ label }) => label === reason);
      return scaling.mean.map(
        (_, i) =>
          ofReason.reduce((sum, { features }) => sum + features[i], 0) / (ofReason.length + PROTOTYPE_WEIGHT),
      );
    });
    const penalties = [...scaling.mean].map(() => PRECISION);
    this.weights = fitLogistic(points, REASONS.length, penalties);
  }

  /**
   * Logarithms in the order of REASONS, bounded: a sound unlike all answered ones is far from every prototype. Zeros where
   * nothing is known.
   */
  logs(embedding: Float32Array): number[] {
    // An event that came as JSON has lost its embedding.
    if (!this.scaling || this.scaling.mean.length !== embedding.length) return REASONS.map(() => 0);
    const features = this.scaling.of(embedding);
    const regression = centre(logitsOf(features, this.weights));
    // Log likelihoods of normal distributions with variance 1 around the prototypes.
    const distances = this.prototypes.map(prototype =>
      prototype.reduce((sum, value, i) => sum + value * features[i] - value ** 2 / 2, 0),
    );
    return centre(distances).map((log, i) => bounded((log + regression[i]) / 2));
  }
}
