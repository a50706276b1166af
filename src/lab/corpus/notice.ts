import type { Recording } from './manifest.js';

/** What a model owes to the recordings it learned from: sources, licences and authors, each once. */
export function noticeOf(notice: string, recordings: readonly Recording[]): string {
  const authors = new Map<string, Set<string>>();
  for (const { source, licence, attribution } of recordings) {
    const heading = [source, licence].filter(Boolean).join(', ');
    if (heading) authors.set(heading, (authors.get(heading) ?? new Set()).add(attribution));
  }
  const sections = [...authors]
    .sort()
    .map(([heading, names]) => `${heading}:\n  ${[...names].sort().join('\n  ')}\n`);
  return [`${notice}\n`, ...sections].join('\n');
}
