import { mean } from '../../maths/statistics.js';
import { bootstrapIntervals, type Interval } from '../evaluation/bootstrap.js';
import { classFigures, type ClassFigures } from '../evaluation/multiclass.js';
import { plot } from '../../pictures/plot.js';
import { MEL7S_REASONS } from '../../model/mel7s.js';
import {
  GUESSERS,
  PROTOCOL_NAMES,
  PROTOCOLS,
  type Guesser,
  type Prediction,
  type ProtocolName,
} from './protocol.js';

const FIGURES = {
  accuracy: 'accuracy',
  balancedAccuracy: 'balanced accuracy',
  macroF1: 'macro-F1',
  macroAuc: 'AUC',
} as const satisfies Record<keyof ClassFigures, string>;
const FIGURE_NAMES = Object.keys(FIGURES) as (keyof ClassFigures)[];

const GUESSER_TITLES: Record<Guesser, string> = {
  mel7s: 'mel7s',
  head: "head on CryNet's embedding",
  commonest: 'always the commonest',
};

/** The classifiers' figures under one protocol. */
export interface ProtocolFigures {
  /** Recordings tested; copies count where the protocol tests them. */
  tested: number;
  guessers: Record<Guesser, ClassFigures & { intervals: Record<keyof ClassFigures, Interval> }>;
  /** Each reason guessed equally often. */
  chance: ClassFigures;
  /** The same guesses, split by whether the training set has another recording of the phone. */
  phones: Record<'known' | 'unknown', PhoneFigures>;
}

/** Of some of the recordings tested. */
interface PhoneFigures {
  tested: number;
  /** Undefined without a recording. */
  accuracy?: Record<Guesser, number>;
}

/**
 * Figures of each protocol, with 95% intervals over phones where it keeps them apart, otherwise over original recordings,
 * like someone who does not know about phones.
 */
export function protocolFigures(
  predictions: ReadonlyMap<ProtocolName, readonly Prediction[]>,
): Record<ProtocolName, ProtocolFigures> {
  const figures = PROTOCOL_NAMES.map(name => [
    name,
    figuresOf(predictions.get(name)!, PROTOCOLS[name].isByPhone),
  ]);
  return Object.fromEntries(figures) as Record<ProtocolName, ProtocolFigures>;
}

function figuresOf(predictions: readonly Prediction[], isByPhone: boolean): ProtocolFigures {
  const phone = (isKnown: boolean): PhoneFigures => {
    const some = predictions.filter(({ isPhoneKnown }) => isPhoneKnown === isKnown);
    if (some.length === 0) return { tested: 0 };
    return {
      tested: some.length,
      accuracy: ofGuessers(guesser => classFigures(guessesOf(some, guesser, isByPhone)).accuracy),
    };
  };
  return {
    tested: predictions.length,
    guessers: ofGuessers(guesser => {
      const guesses = guessesOf(predictions, guesser, isByPhone);
      const intervals = bootstrapIntervals(guesses, sample => {
        const figures = classFigures(sample);
        return FIGURE_NAMES.map(figure => figures[figure]);
      });
      const byName = FIGURE_NAMES.map((figure, i) => [figure, intervals[i]]);
      return {
        ...classFigures(guesses),
        intervals: Object.fromEntries(byName) as Record<keyof ClassFigures, Interval>,
      };
    }),
    chance: chanceOf(predictions),
    phones: { known: phone(true), unknown: phone(false) },
  };
}

function ofGuessers<T>(give: (guesser: Guesser) => T): Record<Guesser, T> {
  return Object.fromEntries(GUESSERS.map(guesser => [guesser, give(guesser)])) as Record<Guesser, T>;
}

function guessesOf(
  predictions: readonly Prediction[],
  guesser: Guesser,
  isByPhone: boolean,
): { truth: number; probabilities: number[]; fold: number; group: string }[] {
  return predictions.map(({ path, group, reason, fold, probabilities }) => ({
    truth: reason,
    probabilities: probabilities[guesser],
    fold,
    group: isByPhone ? group : path,
  }));
}

function chanceOf(predictions: readonly Prediction[]): ClassFigures {
  const guess = 1 / MEL7S_REASONS.length;
  const shares = MEL7S_REASONS.map(
    (_, reason) => predictions.filter(prediction => prediction.reason === reason).length / predictions.length,
  );
  // Recall is the share of guesses, precision that of the reason.
  const f1s = shares.map(share => (2 * share * guess) / (share + guess));
  return {
    accuracy: guess,
    balancedAccuracy: guess,
    macroF1: mean(f1s),
    macroAuc: 0.5,
  };
}

/** The figures as rows of a table, the first its head. */
export function protocolTable(figures: Readonly<Record<ProtocolName, ProtocolFigures>>): string[][] {
  const text = (value: number): string => value.toFixed(2);
  const head = ['', ...FIGURE_NAMES.map(figure => FIGURES[figure])];
  const rows = PROTOCOL_NAMES.flatMap(name => {
    const { tested, guessers, chance } = figures[name];
    const title = [`${PROTOCOLS[name].title} (${tested} tested)`, ...FIGURE_NAMES.map(() => '')];
    const rowsOfGuessers = GUESSERS.map(guesser => {
      const { intervals, ...values } = guessers[guesser];
      const cells = FIGURE_NAMES.map(figure => {
        const [low, high] = intervals[figure];
        return `${text(values[figure])} (${text(low)} to ${text(high)})`;
      });
      return [`  ${GUESSER_TITLES[guesser]}`, ...cells];
    });
    return [title, ...rowsOfGuessers, ['  chance', ...FIGURE_NAMES.map(figure => text(chance[figure]))]];
  });
  return [head, ...rows];
}

/** Accuracy on phones in the training set and on others, as rows of a table, the first its head. */
export function phoneTable(figures: Readonly<Record<ProtocolName, ProtocolFigures>>): string[][] {
  const rows = PROTOCOL_NAMES.filter(name => !PROTOCOLS[name].isByPhone).flatMap(name =>
    (['known', 'unknown'] as const).map(side => {
      const { tested, accuracy } = figures[name].phones[side];
      const cells = GUESSERS.map(guesser => accuracy?.[guesser].toFixed(2) ?? '');
      return [`${PROTOCOLS[name].title}, phones ${side} (${tested} tested)`, ...cells];
    }),
  );
  return [['accuracy', ...GUESSERS.map(guesser => GUESSER_TITLES[guesser])], ...rows];
}

/** Balanced accuracy by protocol, as an SVG picture. */
export function protocolPlot(figures: Readonly<Record<ProtocolName, ProtocolFigures>>): string {
  const chance = 1 / MEL7S_REASONS.length;
  const width = 0.8 / GUESSERS.length;
  const end = PROTOCOL_NAMES.length;
  return plot({
    title: 'Why a baby cries: balanced accuracy by protocol',
    x: {
      label: '',
      from: 0,
      to: end,
      ticks: PROTOCOL_NAMES.map((name, i) => ({ at: i + 0.5, text: PROTOCOLS[name].shortTitle })),
    },
    y: { label: 'balanced accuracy', from: 0, to: 1 },
    series: [
      ...GUESSERS.map((guesser, n) => ({
        name: GUESSER_TITLES[guesser],
        mark: 'bars' as const,
        bars: PROTOCOL_NAMES.map((name, i) => {
          const { balancedAccuracy, intervals } = figures[name].guessers[guesser];
          const from = i + 0.1 + n * width;
          return { from, to: from + width, value: balancedAccuracy, interval: intervals.balancedAccuracy };
        }),
      })),
      {
        name: 'chance',
        mark: 'dashed',
        points: [
          { x: 0, y: chance },
          { x: end, y: chance },
        ],
      },
    ],
  });
}
