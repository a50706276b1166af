import { AsyncLocalStorage } from 'node:async_hooks';
import { messageOf } from './errors.js';

type Report = (error: unknown) => void;

const MOST_WARNINGS = 100;
const warned = new Set<string>();
const reports = new AsyncLocalStorage<Report>();

/**
 * Guards what a timer, a stream or a socket calls. Nobody else would catch what it throws, and that would end the process
 * that hosts it, such as Node-RED: it is reported, and the next call may do better.
 *
 * @param work may give a promise, whose rejection is reported too
 * @param report by default that of `reportDefects` around it, else a warning of the process, which Node-RED's log shows
 */
export function guard<Args extends unknown[]>(
  work: (...args: Args) => unknown,
  report: Report = reports.getStore() ?? warn,
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

/** Does some work. What it guards, or begins and guards later, reports to `report`: to the node whose work it is. */
export function reportDefects<Result>(report: Report, work: () => Result): Result {
  return reports.run(report, work);
}

/** Once of each kind: a stream may fail with every chunk, for a year. */
function warn(error: unknown): void {
  const message = messageOf(error);
  if (warned.has(message) || warned.size === MOST_WARNINGS) return;
  warned.add(message);
  process.emitWarning(error instanceof Error ? error : message, 'DeepInfant');
}
