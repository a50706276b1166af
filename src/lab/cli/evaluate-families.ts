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
import { bar, clearStatus, Pace, showStatus } from '../../cli/status-line.js';

export interface FamilyOptions {
  families: number;
  /** Of the first family; the others' follow. */
  seed: number;
  /** Share of answers that are wrong. */
  wrong: number;
  json: boolean;
  /** An SVG file to be written; none without it. */
  picture: string | undefined;
  signal: AbortSignal;
}

/** `deepinfant evaluate --families`: judges the reason in simulated families. */
export async function evaluateFamilies({
  families,
  seed,
  wrong,
  json,
  picture,
  signal,
}: FamilyOptions): Promise<void> {
  const results: FamilyResult[] = [];
  const pace = new Pace();
  for (let family = 0; family < families; family++) {
    const done = `${family}/${families} families${pace.left(family, families)}`;
    showStatus(`${bar(family / families)} ${done}`);
    if (family % LOG_LINE_FAMILIES === 0 && !process.stderr.isTTY) process.stderr.write(`${done}\n`);
    // Lets Ctrl-C be heard.
    await setImmediate();
    signal.throwIfAborted();
    results.push(judgeFamily(seed * SEEDS_APART + family, wrong));
  }
  clearStatus();
  const figures = figuresOfFamilies(results);
  if (picture !== undefined) await writeAtomically(picture, familyPlot(figures));
  if (json) {
    printJson({ families, at: figures, seed, wrong });
    return;
  }
  printTable(familyTable(figures));
  if (picture !== undefined) print(`\nPicture: ${picture}`);
}

const LOG_LINE_FAMILIES = 20;
/** Two seeds have no family in common, up to so many. */
const SEEDS_APART = 100_000;
