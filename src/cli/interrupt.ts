/**
 * A signal that the first Ctrl-C (SIGINT) aborts, so that the command can end its work; a second one ends the process.
 * @param signals of the system that do so
 */
export function abortOnInterrupt(signals: readonly NodeJS.Signals[] = ['SIGINT']): AbortSignal {
  const stopping = new AbortController();
  for (const signal of signals)
    process.once(signal, () => {
      stopping.abort();
    });
  return stopping.signal;
}
