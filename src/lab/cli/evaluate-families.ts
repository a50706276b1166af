import { setImmediate } from 'node:timers/promises';
import {
  familyPlot,
  familyTable,
  figuresOfFamilies,
  judgeFamily,
  type FamilyResult,
} from '../evaluation/families.js';
import { writeAtomically } from '../../files/write-atomically.js';
import { print, printJson, printTable } from '../../cli/output.js';
import { ProgressLine } from '../../cli/progress-line.js';

export interface FamilyOptions {
  families: number;
  /** Of the first family; the others follow. */
  seed: number;
  /** Share of answers that are wrong. */
  wrong: number;
  json: boolean;
  /** SVG file to write; without it, none is written. */
  picture: string | undefined;
  signal: AbortSignal;
}

/** `deepinfant evaluate --families`: measures the reasons in simulated families. */
export async function evaluateFamilies({
  families,
  seed,
  wrong,
  json,
  picture,
  signal,
}: FamilyOptions): Promise<void> {
  const results: FamilyResult[] = [];
  const progress = new ProgressLine(LOG_EVERY);
  for (let family = 0; family < families; family++) {
    progress.show({ part: 'families', done: family, total: families });
    // Lets Ctrl-C through.
    await setImmediate();
    signal.throwIfAborted();
    results.push(judgeFamily(seed * SEEDS_APART + family, wrong));
  }
  progress.clear();
  const figures = figuresOfFamilies(results);
  if (picture !== undefined) await writeAtomically(picture, familyPlot(figures));
  if (json) {
    printJson({ families, at: figures, seed, wrong });
    return;
  }
  printTable(familyTable(figures));
  if (picture !== undefined) print(`\nPlot: ${picture}`);
}

const LOG_EVERY = 20;
/** Two seeds have no family in common, up to so many. */
const SEEDS_APART = 100_000;
