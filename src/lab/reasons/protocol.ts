import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { checkSplit, groupedFolds } from '../corpus/folds.js';
import { DeepInfantError } from '../../errors.js';
import type { Classifier } from '../../model/classifier.js';
import { indexOfLargest } from '../../maths/statistics.js';
import { LogisticRegression, type LabelledPoint } from '../../maths/logistic.js';
import { Mel7s, MEL7S_REASONS } from '../../model/mel7s.js';
import type { Tf } from '../training/tf.js';
import { loadTrainingTf } from '../training/backend.js';
import { writeAtomically } from '../../files/write-atomically.js';
import { trainMel7s, type Mel7sTraining } from './mel7s.js';
import { describeClips, type HeadExample, type ReasonClip, type ReasonExample } from './reason-clips.js';
import { writeMel7s } from './ship-mel7s.js';
import { claimFolder } from '../training/run-folder.js';

/** How recordings are split into a training and a test set. */
interface Protocol {
  title: string;
  /** Name in a plot. */
  shortTitle: string;
  /** Whether altered copies make the reasons equally common. */
  hasCopies: boolean;
  /** Whether all recordings of a phone, and their copies, stay on one side; otherwise each file is on its own. */
  isByPhone: boolean;
}

/** From the leakiest to no leak. The last differs from the first only in the split. */
export const PROTOCOLS = {
  'copies-by-file': {
    title: 'copies made, then split by file',
    shortTitle: 'copies, by file',
    hasCopies: true,
    isByPhone: false,
  },
  'by-file': { title: 'split by file', shortTitle: 'by file', hasCopies: false, isByPhone: false },
  'by-phone': { title: 'split by phone', shortTitle: 'by phone', hasCopies: false, isByPhone: true },
  'by-phone-copies': {
    title: 'split by phone, then copies made',
    shortTitle: 'by phone, copies',
    hasCopies: true,
    isByPhone: true,
  },
} as const satisfies Record<string, Protocol>;
export type ProtocolName = keyof typeof PROTOCOLS;
export const PROTOCOL_NAMES = Object.keys(PROTOCOLS) as ProtocolName[];

/** The classifiers: two networks, and always the commonest reason of the training set, not counting copies. */
export const GUESSERS = ['mel7s', 'head', 'commonest'] as const;
export type Guesser = (typeof GUESSERS)[number];

/** The classifiers' predictions for a held-out recording. */
export interface Prediction {
  path: string;
  group: string;
  /** Index of MEL7S_REASONS. */
  reason: number;
  fold: number;
  /** Whether the training set has another recording of its phone. */
  isPhoneKnown: boolean;
  /** Of MEL7S_REASONS. */
  probabilities: Record<Guesser, number[]>;
}

/** What decides the figures, apart from the recordings. */
export interface ProtocolSettings {
  seed: number;
  folds: number;
  mel7s: Mel7sTraining;
}

export const PROTOCOL_SETTINGS: ProtocolSettings = {
  seed: 1,
  folds: 5,
  mel7s: { steps: 300, batch: 24, learningRate: 0.003, weightDecay: 0.01, dropout: 0.2 },
};

/** Phones that each reason needs: to teach, to choose the head's penalty with, and to test. */
const LEAST_PHONES = 3;
/** Strengths of the head's penalty to choose from, and the folds of the training side that choose. */
const HEAD_L2 = [0.003, 0.03, 0.3, 3];
export const HEAD_FOLDS = 3;

/** The data, the settings and the folder of a run. */
export interface ProtocolRun {
  clips: readonly ReasonClip[];
  corpusSha256: string;
  /** CryNet, whose embedding the head reads. */
  classifier: Classifier;
  settings: ProtocolSettings;
  /** Gets a JSON file for each fold, so that nothing is done twice, and `model/`. */
  folder: string;
  signal: AbortSignal;
  onProgress: (phase: 'hearing' | 'training', done: number, total: number, loss?: number) => void;
}

/**
 * Trains and tests the classifiers of reasons by each protocol, fold by fold; then trains mel7s on everything, copies
 * included, and writes it to `model/`. The same settings, recordings and backend give the same result.
 * @throws DeepInfantError `too-few-recordings` when a reason lacks phones, `run-differs` when the folder holds a run of
 * another kind
 */
export async function runProtocols(run: ProtocolRun): Promise<Map<ProtocolName, Prediction[]>> {
  const { clips, corpusSha256, classifier, settings, folder, signal, onProgress } = run;
  checkPhones(clips);
  const { sha256: cryNet } = classifier.manifest.weights;
  await claimFolder(folder, JSON.stringify({ settings, corpusSha256, cryNet }, null, 2));
  const tf = await loadTrainingTf();
  let described: Promise<ReasonExample[]> | undefined;
  const describe = (): Promise<ReasonExample[]> =>
    (described ??= describeClips(clips, classifier, settings.seed, (done, total) => {
      signal.throwIfAborted();
      onProgress('hearing', done, total);
    }));

  const folds = Array.from({ length: settings.folds }, (_, fold) => fold);
  const parts = PROTOCOL_NAMES.flatMap(name => folds.map(fold => ({ name, fold })));
  const { steps } = settings.mel7s;
  let trained = 0;
  const onStep = (loss: number): void => {
    signal.throwIfAborted();
    onProgress('training', ++trained, (parts.length + 1) * steps, loss);
  };
  const predictions = new Map<ProtocolName, Prediction[]>(PROTOCOL_NAMES.map(name => [name, []]));
  for (const [part, { name, fold }] of parts.entries()) {
    trained = part * steps;
    const tested = await readOrMake(path.join(folder, `${name}-${fold}.json`), async () =>
      testFold(tf, await describe(), name, fold, settings, onStep),
    );
    predictions.get(name)!.push(...tested);
  }
  trained = parts.length * steps;
  const model = path.join(folder, 'model');
  if (!existsSync(path.join(model, 'manifest.json'))) {
    const weights = await trainMel7s(tf, await describe(), settings.mel7s, settings.seed, onStep);
    const recordings = clips.map(({ recording }) => recording);
    await writeMel7s(model, weights, { recordings, sha256: corpusSha256 }, settings.seed);
  }
  return predictions;
}

/** @throws DeepInfantError `too-few-recordings` when a reason lacks phones */
export function checkPhones(clips: readonly ReasonClip[]): void {
  const phones = MEL7S_REASONS.map(
    (_, reason) =>
      new Set(clips.filter(clip => clip.reason === reason).map(({ recording }) => recording.group)).size,
  );
  if (Math.min(...phones) >= LEAST_PHONES) return;
  const counts = MEL7S_REASONS.map((reason, i) => `${reason}: ${phones[i]}`).join(', ');
  throw new DeepInfantError(
    'too-few-recordings',
    `Each reason needs cries from at least ${LEAST_PHONES} phones (split_group); the corpus has ${counts}. ` +
      'Add recordings.',
  );
}

/** Reads a file, or makes its content and writes it. */
async function readOrMake<T>(file: string, make: () => Promise<T>): Promise<T> {
  if (existsSync(file)) return JSON.parse(await readFile(file, 'utf8')) as T;
  const made = await make();
  await writeAtomically(file, JSON.stringify(made));
  return made;
}

async function testFold(
  tf: Tf,
  all: readonly ReasonExample[],
  name: ProtocolName,
  fold: number,
  settings: ProtocolSettings,
  onStep: (loss: number) => void,
): Promise<Prediction[]> {
  const { hasCopies, isByPhone } = PROTOCOLS[name];
  const examples = all.filter(({ isCopy }) => hasCopies || !isCopy);
  const foldOf = split(examples, isByPhone, settings.folds, settings.seed);
  const taught = examples.filter((_, i) => foldOf[i] !== fold);
  const tested = examples.filter(({ isCopy }, i) => foldOf[i] === fold && !(isByPhone && isCopy));

  const weights = await trainMel7s(tf, taught, settings.mel7s, settings.seed + fold, onStep);
  const mel7s = new Mel7s(weights);
  const head = trainHead(taught, isByPhone, settings.seed);
  const counts = MEL7S_REASONS.map(
    (_, reason) => taught.filter(example => example.reason === reason && !example.isCopy).length,
  );
  const commonest = counts.map((_, reason) => (reason === indexOfLargest(counts) ? 1 : 0));
  const phones = new Set(taught.map(({ group }) => group));
  return tested.map(({ path, group, reason, picture, embedding }) => ({
    path,
    group,
    reason,
    fold,
    isPhoneKnown: phones.has(group),
    probabilities: {
      mel7s: mel7s.probabilities(picture),
      head: head.probabilities(embedding),
      commonest,
    },
  }));
}

/** The fold of each example, by file or by phone; every fold has its share of each reason. */
export function split(
  examples: readonly HeadExample[],
  isByPhone: boolean,
  folds: number,
  seed: number,
): number[] {
  const label = ({ reason }: HeadExample): string => MEL7S_REASONS[reason];
  if (!isByPhone) {
    const alone = examples.map((example, i) => ({ group: String(i), label: label(example) }));
    return groupedFolds(alone, folds, seed);
  }
  // Copies do not count, so that the folds are the same with and without them.
  const originals = examples.filter(({ isCopy }) => !isCopy);
  const grouped = originals.map(example => ({ group: example.group, label: label(example) }));
  const foldOfOriginal = groupedFolds(grouped, folds, seed);
  const foldOfPhone = new Map(originals.map(({ group }, i) => [group, foldOfOriginal[i]]));
  const foldOf = examples.map(({ group }) => foldOfPhone.get(group)!);
  checkSplit(foldOf, examples);
  return foldOf;
}

/** A logistic regression on CryNet's embedding; its penalty is chosen on folds of the training set, split the same way. */
export function trainHead(
  taught: readonly HeadExample[],
  isByPhone: boolean,
  seed: number,
): LogisticRegression {
  const points = taught.map(({ embedding, reason }) => ({ features: embedding, label: reason }));
  const train = (some: readonly LabelledPoint[], l2: number): LogisticRegression =>
    new LogisticRegression(some, MEL7S_REASONS.length, l2);
  const foldOf = split(taught, isByPhone, HEAD_FOLDS, seed);
  const losses = HEAD_L2.map(l2 => {
    let loss = 0;
    for (let fold = 0; fold < HEAD_FOLDS; fold++) {
      const kept = points.filter((_, i) => foldOf[i] !== fold);
      const head = train(kept, l2);
      for (const { features, label } of points.filter((_, i) => foldOf[i] === fold))
        loss -= Math.log(head.probabilities(features)[label]);
    }
    return loss;
  });
  return train(points, HEAD_L2[losses.indexOf(Math.min(...losses))]);
}
