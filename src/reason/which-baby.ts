import { fitLogistic, logitsOf, softmax, Standardising } from '../maths/logistic.js';
import { indexOfLargest } from '../maths/statistics.js';
import type { BabyEstimate } from '../values.js';
import { isEmbedding, unpackEmbedding } from './embedding.js';
import type { BabyPrediction } from './prediction.js';
import { accuraciesOf, NO_RECORD, STRONG_EVIDENCE, trackRecords } from './record.js';

/** A voice changes within months: older cries do not count. */
const CRIES = 150;
/** The number of cries that count as much as not knowing which baby cries more often. */
const PRIOR_CRIES = 2;
/**
 * Precision of each weight of the regression, and the number of points that count for features having one variance: the
 * middle of 32 to 128 and of 4 to 64, which did well on half of the pairs of the 18 phones with five cries or more in
 * Donate-a-Cry.
 */
const PRECISION = 64;
const PRIOR_POINTS = 4;
/** Share of cries whose voice misleads, however clear it seems: an assumption. One of them must not outweigh all others. */
const DECEIVES = 0.01;

/** A cry as a baby's memory holds it. */
export interface RememberedCry {
  /** Epoch ms. */
  onset: number;
  /** As packEmbedding gives it; '' where there is none. */
  embedding: string;
  said: { who?: BabyPrediction };
  /** Whether it was this baby's or another's, if a caregiver said so, and when. */
  owner?: { isMine: boolean; at: number };
}

/** A cry of which a caregiver said whose it was. */
interface OwnedCry extends RememberedCry {
  /** Index of the baby. */
  baby: number;
}

/**
 * Estimates which of several babies in a room is crying, from CryNet's embedding and earlier answers. It names no baby
 * until its predictions, each made before the answer, speak strongly for the voice against how often each baby cries.
 */
export class WhichBaby {
  private readonly names: readonly string[];
  private readonly owned: readonly OwnedCry[];
  /** How often each baby cries. */
  private readonly shares: readonly number[];
  private readonly voice: { scaling: Standardising; weights: readonly Float64Array[] } | undefined;

  /** @param cries what each baby's memory holds, by the baby's name: at least two babies */
  constructor(cries: ReadonlyMap<string, readonly RememberedCry[]>) {
    this.names = [...cries.keys()];
    this.owned = [...cries.values()]
      .flatMap((ofOne, baby) => ofOne.filter(({ owner }) => owner?.isMine).map(cry => ({ ...cry, baby })))
      .sort((a, b) => a.onset - b.onset);
    this.shares = sharesOf(this.names.map((_, one) => this.owned.filter(({ baby }) => baby === one).length));
    this.voice = this.fitVoice();
  }

  /** Who is crying, and what to remember of that prediction. @param embedding of the cry's event, if it has one */
  estimate(embedding: unknown): { who: BabyEstimate; said: BabyPrediction } {
    const voice = this.byVoice(embedding);
    const { isProved, ...record } = this.record();
    const probabilities = isProved ? voice : this.shares;
    // Without an embedding, nobody is named.
    const named = probabilities === this.shares ? undefined : this.names[indexOfLargest(voice)];
    return {
      who: { label: named ?? 'unsure', probabilities: this.byName(probabilities), ...record },
      said: {
        voice: this.byName(voice),
        commonest: this.byName(this.shares),
        ...(named !== undefined && { named }),
      },
    };
  }

  private fitVoice(): WhichBaby['voice'] {
    const last = this.owned.findLast(({ embedding }) => embedding !== '');
    if (!last) return undefined;
    const heard = this.owned
      .filter(({ embedding }) => embedding.length === last.embedding.length)
      .slice(-CRIES);
    const embeddings = heard.map(({ embedding }) => unpackEmbedding(embedding));
    const scaling = new Standardising(embeddings, PRIOR_POINTS);
    const offsets = this.shares.map(Math.log);
    const points = heard.map(({ baby }, i) => ({
      features: scaling.of(embeddings[i]),
      offsets,
      label: baby,
    }));
    const penalties = [...scaling.mean].map(() => PRECISION);
    return { scaling, weights: fitLogistic(points, this.names.length, penalties) };
  }

  private byVoice(embedding: unknown): readonly number[] {
    const { voice, shares } = this;
    if (!voice || !isEmbedding(embedding) || embedding.length !== voice.scaling.mean.length) return shares;
    const logits = logitsOf(voice.scaling.of(embedding), voice.weights, shares.map(Math.log));
    return softmax(logits).map((p, baby) => (1 - DECEIVES) * p + DECEIVES * shares[baby]);
  }

  /** How right the predictions were that were made before it was known whose each cry was. */
  private record(): { isProved: boolean } & Pick<
    BabyEstimate,
    'learnedFrom' | 'accuracy' | 'baselineAccuracy'
  > {
    const judged = this.owned.flatMap(({ onset, owner, baby, said: { who } }) => {
      // Predicted for other babies, or under other names.
      if (!who || !this.names.every(name => name in who.voice)) return [];
      const of = (chances: Record<string, number>): number[] => this.names.map(name => chances[name]);
      const probabilities = of(who.voice);
      return [{ onset, answeredAt: owner!.at, label: baby, probabilities, commonest: of(who.commonest) }];
    });
    const gain = judged.reduce(
      (sum, { label, probabilities, commonest }) => sum + Math.log(probabilities[label] / commonest[label]),
      0,
    );
    const records = trackRecords(judged, sharesOf);
    return {
      isProved: gain > STRONG_EVIDENCE,
      learnedFrom: this.owned.length,
      ...accuraciesOf(records.at(-1) ?? NO_RECORD),
    };
  }

  private byName(chances: readonly number[]): Record<string, number> {
    return Object.fromEntries(this.names.map((name, i) => [name, chances[i]]));
  }
}

/** How often each baby cries, judging by how many of its cries are known. */
function sharesOf(counts: readonly number[]): number[] {
  const sum = counts.reduce((a, b) => a + b, 0);
  return counts.map(count => (count + PRIOR_CRIES / counts.length) / (sum + PRIOR_CRIES));
}
