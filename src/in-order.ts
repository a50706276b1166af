/**
 * Does `work` on each item, up to `atOnce` of them at a time, and gives the results in the order of the items. No more
 * than `atOnce` results wait at a time.
 */
export async function* inOrder<T, R>(
  items: Iterable<T>,
  atOnce: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const running: Promise<R>[] = [];
  for (const item of items) {
    if (running.length === atOnce) yield await running.shift()!;
    const result = work(item);
    // Its error is thrown when its turn comes.
    result.catch(() => undefined);
    running.push(result);
  }
  for (const result of running) yield await result;
}
