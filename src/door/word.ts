/**
 * The word that a person or another program means: `Hungry`, ` hungry ` and `HUNGRY` are `hungry`; `belly_pain` and
 * `belly-pain` are `belly pain`. Undefined if it is none of them.
 */
export function findWord<Word extends string>(words: readonly Word[], said: unknown): Word | undefined {
  if (typeof said !== 'string' || said.length > 100) return undefined;
  const plain = plainOf(said);
  return words.find(word => plainOf(word) === plain);
}

function plainOf(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ');
}
