/**
 * Does what a machine that is busy for a moment may spoil, as it delays what is measured, until it works: a fault spoils each try.
 * @throws what the last try throws
 */
export async function tries(most: number, attempt: () => Promise<void>): Promise<void> {
  for (let left = most - 1; ; left--) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (left === 0) throw error;
      console.log(`      once more: ${String(error).split('\n')[0]}`);
    }
  }
}
