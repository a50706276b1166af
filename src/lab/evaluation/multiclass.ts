import { indexOfLargest, mean } from '../../maths/statistics.js';

/** A classifier's answer for an item, and the truth. */
export interface Classified {
  /** Index of the true class. */
  truth: number;
  /** Of each class; the largest is what the classifier answers. */
  probabilities: readonly number[];
  /** The fold that held it out. Scores of different folds come from different classifiers and are not comparable. */
  fold: number;
}

/** Figures of a classifier of several classes, in [0, 1]. Classes without an item do not count. */
export interface ClassFigures {
  /** Share of right answers. */
  accuracy: number;
  /** Mean over the classes of the share of right answers: chance is 1 / classes, however common each is. */
  balancedAccuracy: number;
  /** Mean over the classes of the harmonic mean of precision and recall. */
  macroF1: number;
  /**
   * Mean over the classes of the area under the ROC curve of that class against the rest, over pairs of one fold (Forman
   * and Scholz 2010): chance is 0.5.
   */
  macroAuc: number;
}

export function classFigures(items: readonly Classified[]): ClassFigures {
  const answers = items.map(({ probabilities }) => indexOfLargest(probabilities));
  const classes = [...new Set(items.map(({ truth }) => truth))];
  const perClass = classes.map(label => {
    const hits = items.filter(({ truth }, i) => truth === label && answers[i] === label).length;
    const members = items.filter(({ truth }) => truth === label).length;
    const answered = answers.filter(answer => answer === label).length;
    return { hits, recall: hits / members, f1: (2 * hits) / (members + answered) };
  });
  const aucs = classes.map(label => aucOf(items, label)).filter(auc => !Number.isNaN(auc));
  return {
    accuracy: perClass.reduce((sum, { hits }) => sum + hits, 0) / items.length,
    balancedAccuracy: mean(perClass.map(({ recall }) => recall)),
    macroF1: mean(perClass.map(({ f1 }) => f1)),
    macroAuc: mean(aucs),
  };
}

/** Share of the pairs of a fold's item of the class and one of another in which the former scores higher; ties half. */
function aucOf(items: readonly Classified[], label: number): number {
  let won = 0;
  let pairs = 0;
  for (const fold of new Set(items.map(item => item.fold))) {
    const scored = items
      .filter(item => item.fold === fold)
      .map(({ truth, probabilities }) => ({ isOfClass: truth === label, score: probabilities[label] }))
      .sort((a, b) => a.score - b.score);
    const members = scored.filter(({ isOfClass }) => isOfClass).length;
    pairs += members * (scored.length - members);
    // Items of other classes with a lower score than those at `from`, then those with the same.
    let below = 0;
    for (let from = 0, to = 0; from < scored.length; from = to) {
      while (to < scored.length && scored[to].score === scored[from].score) to++;
      const tied = scored.slice(from, to).filter(({ isOfClass }) => isOfClass).length;
      won += tied * (below + (to - from - tied) / 2);
      below += to - from - tied;
    }
  }
  return won / pairs;
}
