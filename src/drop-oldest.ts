/** Removes the first entry of a map that has more than `most`. @returns its key; undefined where there was room */
export function dropOldest<Key>(map: Map<Key, unknown>, most: number): Key | undefined {
  if (map.size <= most) return undefined;
  const [oldest] = map.keys();
  map.delete(oldest);
  return oldest;
}
