import { messageOf } from './errors.js';

const MOST_WARNINGS = 100;
const warned = new Set<string>();

/**
 * Guards what a timer, a stream or a socket calls. Nobody else would catch what it throws, and that would end the process
 * that hosts it, such as Node-RED: it is reported, and the next call may do better.
 *
 * @param work may give a promise, whose rejection is reported too
 * @param report by default a warning of the process, which Node-RED's log shows
 */
export function guard<Args extends unknown[]>(
  work: (...args: Args) => unknown,
  report: (error: unknown) => void = warn,
): (...args: Args) => void {
  return (...args) => {
    try {
      const result = work(...args);
      if (result instanceof Promise) result.catch(report);
    } catch (error) {
      report(error);
    }
  };
}

/** Once of each kind: a stream may fail with every chunk, for a year. */
function warn(error: unknown): void {
  const message = messageOf(error);
  if (warned.has(message) || warned.size === MOST_WARNINGS) return;
  warned.add(message);
  process.emitWarning(error instanceof Error ? error : message, 'DeepInfant');
}
