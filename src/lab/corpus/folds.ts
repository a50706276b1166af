import { DeepInfantError } from '../../errors.js';
import { Random } from '../../maths/random.js';

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
  const labels = [...new Set(recordings.map(r => r.label))].sort();
  const groups = new Map<string, number[]>();
  for (const { group, label } of recordings) {
    let counts = groups.get(group);
    if (!counts) groups.set(group, (counts = labels.map(() => 0)));
    counts[labels.indexOf(label)]++;
  }
  if (groups.size < folds) {
    throw new DeepInfantError(
      'folds',
      `${groups.size} groups cannot make ${folds} folds. Add recordings from other phones, or use fewer folds.`,
    );
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
