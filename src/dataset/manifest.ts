import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { DeepInfantError, messageOf } from '../errors.js';
import { LABELS, type Label } from '../values.js';
import { parseCsv } from './csv.js';

/** What a recording holds: a sound that CryNet scores, or `other`: no cry, and nobody says what. */
export type RecordingLabel = Label | 'other';
const RECORDING_LABELS: readonly RecordingLabel[] = [...LABELS, 'other'];

/** One labelled recording of a corpus. */
export interface Recording {
  /** Absolute path. */
  file: string;
  /** Path as the manifest gives it: the recording's name. */
  path: string;
  label: RecordingLabel;
  /** The corpus's own finer name of the sound, such as `cat`; '' where it has none. */
  sublabel: string;
  source: string;
  /** Recordings that share a phone, upload or speaker; never on both sides of a split. */
  group: string;
  /** Licence and author of the recording, as the corpus names them; '' where it does not. */
  licence: string;
  attribution: string;
}

/**
 * Reads `manifest.csv` of a corpus folder: columns `path`, `label`, `split_group`, and, where there are, `sublabel`,
 * `source`, `licence` and `attribution`.
 * Rows with another label than RECORDING_LABELS (`uncertain`, room responses) are left out and counted in `left`.
 * @throws DeepInfantError `manifest` when it is missing, lacks a column, or holds no recording
 */
export async function readManifest(
  folder: string,
): Promise<{ recordings: Recording[]; left: Record<string, number> }> {
  const file = path.join(folder, 'manifest.csv');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new DeepInfantError(
      'manifest',
      `Cannot read ${file}: ${messageOf(error)}. Name a folder with a manifest.csv.`,
    );
  }
  const recordings: Recording[] = [];
  const left: Record<string, number> = {};
  for (const row of parseCsv(text, [
    'path',
    'label',
    'split_group',
    'sublabel',
    'source',
    'licence',
    'attribution',
  ])) {
    for (const column of ['path', 'label', 'split_group'] as const) {
      if (!row[column]) {
        throw new DeepInfantError(
          'manifest',
          `${file}: a row lacks '${column}': ${JSON.stringify(row).slice(0, 120)}`,
        );
      }
    }
    const label = RECORDING_LABELS.find(known => known === row.label);
    if (label) {
      recordings.push({
        file: path.join(folder, row.path),
        path: row.path,
        label,
        sublabel: row.sublabel,
        source: row.source,
        group: row.split_group,
        licence: row.licence,
        attribution: row.attribution,
      });
    } else left[row.label] = (left[row.label] ?? 0) + 1;
  }
  if (recordings.length === 0)
    throw new DeepInfantError('manifest', `${file} lists no recording with a known label.`);
  return { recordings, left };
}
