import type { Recording } from './manifest.js';

/** Two recordings with the same content, as they came: the same or different groups, the same or different labels. */
export interface Copy {
  first: Recording;
  copy: Recording;
}

/**
 * Joins the groups of recordings with the same content, which would otherwise be on both sides of a split.
 * @param digests a hash of each recording's content
 * @returns the recordings in their order, a joined group under the name that came first, and each copy that was found
 */
export function joinCopies(
  recordings: readonly Recording[],
  digests: readonly string[],
): { recordings: Recording[]; copies: Copy[] } {
  const firsts = new Map<string, Recording>();
  const copies: Copy[] = [];
  // Union-find: the group that a joined group is now part of.
  const joined = new Map<string, string>();
  const wholeOf = (group: string): string => {
    let whole = group;
    while (joined.has(whole)) whole = joined.get(whole)!;
    return whole;
  };
  recordings.forEach((copy, i) => {
    const first = firsts.get(digests[i]);
    if (!first) {
      firsts.set(digests[i], copy);
      return;
    }
    copies.push({ first, copy });
    const [to, from] = [wholeOf(first.group), wholeOf(copy.group)];
    if (from !== to) joined.set(from, to);
  });
  return { recordings: recordings.map(r => ({ ...r, group: wholeOf(r.group) })), copies };
}
