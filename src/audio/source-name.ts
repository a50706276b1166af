import { MOST_NAME } from '../door/fields.js';

/**
 * The name of a source that is called after a path, an address or what a person typed: no longer than chunks and cry
 * events may have it. The end of a long one is kept, which differs most.
 */
export function sourceName(text: string): string {
  return text.length <= MOST_NAME ? text : `…${text.slice(1 - MOST_NAME)}`;
}
