import type { Recording } from './manifest.js';

/** Two recordings with the same content; their groups and labels may differ. */
export interface Copy {
  first: Recording;
  copy: Recording;
}

/**
 * Merges the groups of recordings with the same content, which would otherwise be on both sides of a split.
 * @param digests a hash of each recording's content
 * @returns the recordings in order, each merged group under its first name, and every copy that was found
 */
export function joinCopies(
  recordings: readonly Recording[],
  digests: readonly string[],
): { recordings: Recording[]; copies: Copy[] } {
  const firsts = new Map<string, Recording>();
  const copies: Copy[] = [];
  // Union-find: the group that a merged group is now part of.
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
