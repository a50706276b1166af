/** Ids in a text field, with commas or spaces between them, in the order in which they were chosen. */

export function readIds(text: string): string[] {
  return text.split(/[\s,]+/).filter(Boolean);
}

/** The field's new text once an id is chosen, which puts it last, or is not chosen any more. */
export function chooseId(text: string, id: string, isChosen: boolean): string {
  const others = readIds(text).filter(other => other !== id);
  return (isChosen ? [...others, id] : others).join(', ');
}

/** Whether all ids are entities or actions of a domain of Home Assistant, as in `light.nursery, light.hall`. */
export function areIdsOf(domain: string, text: string): boolean {
  return readIds(text).every(id => new RegExp(`^${domain}\\.\\w+$`).test(id));
}
