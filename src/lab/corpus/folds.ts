import { DeepInfantError } from '../../errors.js';
import { Random } from '../../maths/random.js';

/** How a corpus is split: into this many grouped folds, or into a fold for each source of cries. */
export type FoldKind = number | 'sources';

/** A corpus's folds. Each is held out once. */
export interface Split {
  /** Number of folds, and the fold of each recording: 0 to count - 1. */
  count: number;
  folds: number[];
  /** The source that each fold leaves out; undefined for grouped folds. */
  sources?: string[];
}

/** A source has a fold of its own if its cries come from this many groups: fewer could not measure anything. */
const LEAST_CRY_GROUPS = 10;

/**
 * Splits recordings into folds; the same seed gives the same ones.
 * @param kind a number: see groupedFolds. `sources`: a fold holds all recordings of one source of cries, so the other
 * folds hold nothing of that source. Recordings of sources with few or no cries are spread over the folds by groups.
 * @throws DeepInfantError `too-few-recordings` when a fold would get no cry, or nothing but cries; for `sources` also
 * `folds` when fewer than two sources have cries of LEAST_CRY_GROUPS groups, or when a group belongs to two of them
 */
export function splitOf(
  recordings: readonly { group: string; label: string; source: string }[],
  kind: FoldKind,
  seed: number,
): Split {
  if (kind === 'sources') return sourceFolds(recordings, seed);
  checkTrainable(recordings, kind);
  return { count: kind, folds: groupedFolds(recordings, kind, seed) };
}

/** Describes one fold of a split: what is held out. */
export function foldText({ count, sources }: Split, fold: number, seed: number): string {
  return sources ? `source '${sources[fold]}'` : `grouped fold ${fold} of ${count} (seed ${seed})`;
}

/** Describes all folds of a split. */
export function foldsText({ count, sources }: Split, seed: number): string {
  return sources
    ? `${count} folds that leave a source out (${sources.join(', ')})`
    : `${count} grouped folds (seed ${seed})`;
}

function sourceFolds(
  recordings: readonly { group: string; label: string; source: string }[],
  seed: number,
): Split {
  const cryGroups = new Map<string, Set<string>>();
  for (const { source, label, group } of recordings) {
    const groups = cryGroups.get(source) ?? new Set();
    if (label === 'cry') groups.add(group);
    cryGroups.set(source, groups);
  }
  const sources = [...cryGroups.keys()].filter(name => cryGroups.get(name)!.size >= LEAST_CRY_GROUPS).sort();
  if (sources.length < 2) {
    const counts = [...cryGroups].map(([name, { size }]) => `${name === '' ? 'no source' : name}: ${size}`);
    throw new DeepInfantError(
      'folds',
      `To leave a source out, cries are needed of two sources, from at least ${LEAST_CRY_GROUPS} groups each. Groups with ` +
        `cries, by source: ${counts.join(', ')}. Add recordings and name their 'source' in the manifest, or give the ` +
        'number of grouped folds instead.',
    );
  }
  const foldOf = new Map<string, number>();
  for (const { source, group } of recordings) {
    const fold = sources.indexOf(source);
    if (fold < 0) continue;
    const other = foldOf.get(group) ?? fold;
    if (other !== fold) {
      throw new DeepInfantError(
        'folds',
        `Group '${group}' has recordings of '${sources[other]}' and of '${source}', so neither source can be left out. ` +
          'Remove the recordings of one of them, or give the number of grouped folds instead.',
      );
    }
    foldOf.set(group, fold);
  }
  const rest = recordings.filter(({ group }) => !foldOf.has(group));
  const restFolds = spreadGroups(rest, sources.length, seed);
  rest.forEach(({ group }, i) => foldOf.set(group, restFolds[i]));
  const folds = recordings.map(({ group }) => foldOf.get(group)!);
  for (const [fold, source] of sources.entries()) {
    if (recordings.every(({ label }, i) => folds[i] !== fold || label === 'cry')) {
      throw new DeepInfantError(
        'too-few-recordings',
        `With '${source}' left out, nothing but cries is left to measure. Add recordings of other sounds.`,
      );
    }
  }
  return { count: sources.length, folds, sources };
}

/**
 * Splits recordings into folds so that no group is in two, and each fold has about its share of every label.
 * Deterministic by seed: groups are taken largest first (equal ones in shuffled order), each into the fold where the
 * labels' shares then differ least.
 * @returns the fold of each recording, 0 to folds - 1
 * @throws DeepInfantError `folds` when there are fewer groups than folds
 */
export function groupedFolds(
  recordings: readonly { group: string; label: string }[],
  folds: number,
  seed: number,
): number[] {
  const groups = new Set(recordings.map(({ group }) => group)).size;
  if (groups < folds) {
    throw new DeepInfantError(
      'folds',
      `${groups} groups cannot make ${folds} folds. Add recordings from other phones, or use fewer folds.`,
    );
  }
  return spreadGroups(recordings, folds, seed);
}

/** As groupedFolds, for any number of groups: some folds may stay empty. */
function spreadGroups(
  recordings: readonly { group: string; label: string }[],
  folds: number,
  seed: number,
): number[] {
  const labels = [...new Set(recordings.map(r => r.label))].sort();
  const groups = new Map<string, number[]>();
  for (const { group, label } of recordings) {
    let counts = groups.get(group);
    if (!counts) groups.set(group, (counts = labels.map(() => 0)));
    counts[labels.indexOf(label)]++;
  }
  const totals = labels.map((_, i) => [...groups.values()].reduce((sum, counts) => sum + counts[i], 0));
  const random = new Random(seed);
  const order = [...groups.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, counts]) => ({
      group,
      counts,
      size: counts.reduce((a, b) => a + b),
      tie: random.uniform(),
    }))
    .sort((a, b) => b.size - a.size || a.tie - b.tie);
  const held = Array.from({ length: folds }, () => labels.map(() => 0));
  const foldOf = new Map<string, number>();
  for (const { group, counts } of order) {
    // Least sum of squared shares = evenest spread of each label; rare labels weigh as much as common ones.
    const cost = held.map(fold =>
      counts.reduce((sum, n, i) => sum + ((fold[i] + n) ** 2 - fold[i] ** 2) / totals[i] ** 2, 0),
    );
    const best = cost.indexOf(Math.min(...cost));
    foldOf.set(group, best);
    counts.forEach((n, i) => (held[best][i] += n));
  }
  return recordings.map(r => foldOf.get(r.group)!);
}

/**
 * Refuses a split that has a group in two folds: a network would be measured on what it learned from.
 * @param folds the fold of each recording
 * @throws DeepInfantError `split`, naming the group and a file on each side
 */
export function checkSplit(
  folds: readonly number[],
  recordings: readonly { group: string; path: string }[],
): void {
  if (folds.length !== recordings.length) {
    throw new DeepInfantError(
      'split',
      `The split has ${folds.length} recordings, but the corpus has ${recordings.length}. Split this corpus again.`,
    );
  }
  const firsts = new Map<string, number>();
  recordings.forEach(({ group, path }, i) => {
    const first = firsts.get(group) ?? i;
    firsts.set(group, first);
    if (folds[i] !== folds[first]) {
      throw new DeepInfantError(
        'split',
        `Group '${group}' is on both sides of a split: ${recordings[first].path} in fold ${folds[first]}, ${path} in ` +
          `fold ${folds[i]}. Put all recordings of a group into one fold; otherwise the figures would be too good.`,
      );
    }
  });
}

/**
 * Refuses recordings of which a fold would get no cry, or nothing but cries.
 * @throws DeepInfantError `too-few-recordings`, with what there is and what is needed
 */
export function checkTrainable(recordings: readonly { group: string; label: string }[], folds: number): void {
  const [cries, others] = [true, false].map(isCry => {
    const ofClass = recordings.filter(({ label }) => (label === 'cry') === isCry);
    return { count: ofClass.length, groups: new Set(ofClass.map(({ group }) => group)).size };
  });
  if (Math.min(cries.groups, others.groups) < folds) {
    throw new DeepInfantError(
      'too-few-recordings',
      `${cries.count} recordings of cries from ${cries.groups} groups and ${others.count} of other sounds from ` +
        `${others.groups} groups cannot make ${folds} folds: each fold needs a separate group of each. ` +
        'Add recordings from other phones, places or days, or use fewer folds.',
    );
  }
}
