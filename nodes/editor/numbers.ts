/** Whether a field holds a number in a range; an empty field does not. */
export function isNumberFrom(text: string, least: number, most: number): boolean {
  const number = Number(text);
  return text.trim() !== '' && number >= least && number <= most;
}
