import type { Recording } from './manifest.js';

/** A model's NOTICE: the sources, licences and authors of the recordings that it learned from, each once. */
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
