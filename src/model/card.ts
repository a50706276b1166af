import { readFileSync } from 'node:fs';
import path from 'node:path';
import { modelPath } from './load.js';
import { PRESETS, type Preset } from './manifest.js';

/** What a preset did in nights that were made of recordings which the network had not learned from. */
export interface NightFigures {
  /** Of `episodes` cries, so many were reported. */
  found: number;
  episodes: number;
  falseAlarmsPerNight: number;
}

/**
 * A model's figures by preset, from the table of its card: `| \`balanced\` | 105 of 120 | 1.2 | …`. A preset that the card
 * does not state is left out.
 * @param model a name of `listModels()`, or the path of a model's folder
 */
export function nightFigures(model: string): Partial<Record<Preset, NightFigures>> {
  const card = readCard(path.join(modelPath(model), 'MODEL_CARD.md'));
  const rows = PRESETS.flatMap(preset => {
    const row = new RegExp(`^\\| \`${preset}\` *\\| *(\\d+) of (\\d+) *\\| *([\\d.]+) *\\|`, 'm').exec(card);
    if (!row) return [];
    const [found, episodes, falseAlarmsPerNight] = row.slice(1).map(Number);
    return [[preset, { found, episodes, falseAlarmsPerNight }] as const];
  });
  return Object.fromEntries(rows);
}

/** A model of one's own need not have a card. */
function readCard(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
