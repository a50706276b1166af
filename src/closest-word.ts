/** Letters that may be wrong in a word of six. */
const WRONG_SHARE = 1 / 3;

/** The word that was probably meant; undefined where none is similar. */
export function closestWord(typed: string, words: readonly string[]): string | undefined {
  return words
    .map(word => ({ word, distance: editDistance(typed.toLowerCase(), word.toLowerCase()) }))
    .filter(({ word, distance }) => distance <= Math.ceil(WRONG_SHARE * word.length))
    .sort((a, b) => a.distance - b.distance)
    .at(0)?.word;
}

/** How many letters have to be put in, left out or changed to get from one word to another (Levenshtein 1966). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (const [i, letter] of Array.from(from).entries()) {
    const above = row;
    row = [i + 1];
    for (const [j, wanted] of Array.from(to).entries())
      row.push(Math.min(above[j] + (letter === wanted ? 0 : 1), above[j + 1] + 1, row[j] + 1));
  }
  return row[to.length];
}
