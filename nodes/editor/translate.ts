/**
 * A text from the locale files of the node type with which the key begins, such as `deepinfant-audio.label.url`.
 * @param values what takes the places of `__name__` in it
 */
export function translate(
  key: `deepinfant-${string}.${string}`,
  values: Record<string, string | number> = {},
): string {
  const [type] = key.split('.');
  return RED._(`@deepinfant/node-red/${type}:${key}`, values);
}
