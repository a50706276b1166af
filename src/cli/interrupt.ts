/** A signal that the first Ctrl-C (SIGINT) aborts, so that the command can end its work; a second one ends the process. */
export function abortOnInterrupt(): AbortSignal {
  const stopping = new AbortController();
  process.once('SIGINT', () => {
    stopping.abort();
  });
  return stopping.signal;
}
