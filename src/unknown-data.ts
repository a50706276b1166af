/** Ways into data of unknown shape: what messages, files and other programs bring. */

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** The property at the end of a path into data of unknown shape; undefined where the path breaks off. */
export function at(data: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    data,
  );
}

/** The entries of an object of unknown shape; none where it is no object. */
export function entries(data: unknown): [string, unknown][] {
  return isObject(data) ? Object.entries(data) : [];
}

/** The text of a text, a number or a boolean; '' for anything else, which `String` may throw at. */
export function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}

/** The number that a value is or that a text holds; NaN for anything else, which `Number` may throw at. */
export function numberOf(value: unknown): number {
  return typeof value === 'number' || typeof value === 'string' ? Number(value) : NaN;
}
