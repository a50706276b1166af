import path from 'node:path';
import { DeepInfantError } from '../../errors.js';
import { LABELS, type Label } from '../../values.js';
import { readCsv } from '../../files/csv.js';

/** What a recording contains: a sound that CryNet scores, or `other`: not a cry, and otherwise unknown. */
export type RecordingLabel = Label | 'other';
const RECORDING_LABELS: readonly RecordingLabel[] = [...LABELS, 'other'];

/** One labelled recording of a corpus. */
export interface Recording {
  /** Absolute path. */
  file: string;
  /** Path as in the manifest: the recording's name. */
  path: string;
  label: RecordingLabel;
  /** The corpus's own finer name of the sound, such as `cat`; '' where it has none. */
  sublabel: string;
  /** Why the baby cried, according to the corpus; '' if it does not say, or if nobody cries. */
  reason: string;
  source: string;
  /** Recordings that share a phone, upload or speaker are never on both sides of a split. */
  group: string;
  /** Licence and author of the recording, according to the corpus; '' if it does not say. */
  licence: string;
  attribution: string;
}

const REQUIRED = ['path', 'label', 'split_group'] as const;
const COLUMNS = [...REQUIRED, 'sublabel', 'reason', 'source', 'licence', 'attribution'] as const;

/**
 * Reads `manifest.csv` of a corpus folder: columns `path`, `label`, `split_group` and optionally `sublabel`,
 * `reason`, `source`, `licence` and `attribution`.
 * Rows with a label that is not in RECORDING_LABELS (`uncertain`, room responses) are left out and counted in `left`.
 * @throws DeepInfantError what readCsv throws, and `manifest` if it lacks a column, names a file outside the folder, or lists no
 * recording
 */
export async function readManifest(
  folder: string,
): Promise<{ recordings: Recording[]; left: Record<string, number> }> {
  const file = path.join(folder, 'manifest.csv');
  const recordings: Recording[] = [];
  const left = new Map<string, number>();
  for (const row of await readCsv(file, COLUMNS)) {
    for (const column of REQUIRED) {
      if (!row[column]) {
        throw new DeepInfantError(
          'manifest',
          `${file}: a row has no '${column}': ${JSON.stringify(row).slice(0, 120)}. The first line must name the columns, ` +
            'separated by commas, with at least path, label and split_group.',
        );
      }
    }
    // By the rules of every system, so that a manifest is safe wherever it is read.
    if (path.win32.isAbsolute(row.path) || row.path.split(/[/\\]/).includes('..')) {
      throw new DeepInfantError(
        'manifest',
        `${file} lists '${row.path.slice(0, 120)}'. Paths must lie inside the folder, without '..'.`,
      );
    }
    const label = RECORDING_LABELS.find(known => known === row.label);
    if (label) {
      recordings.push({
        file: path.join(folder, row.path),
        path: row.path,
        label,
        sublabel: row.sublabel,
        reason: row.reason,
        source: row.source,
        group: row.split_group,
        licence: row.licence,
        attribution: row.attribution,
      });
    } else left.set(row.label, (left.get(row.label) ?? 0) + 1);
  }
  if (recordings.length === 0)
    throw new DeepInfantError('manifest', `${file} lists no recording with a known label.`);
  return { recordings, left: Object.fromEntries(left) };
}
