/** A text from the locale files of the node type with which the key begins, such as `deepinfant-audio.label.url`. */
export function translate(key: `deepinfant-${string}.${string}`): string {
  const [type] = key.split('.');
  return RED._(`@deepinfant/node-red/${type}:${key}`);
}
