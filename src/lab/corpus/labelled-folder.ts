import path from 'node:path';
import { listRecordings } from '../../audio/recording-list.js';
import { parseFileName, unknownCodes, type FileName } from './file-name.js';
import type { Recording } from './manifest.js';

/** The folders of a labelled folder, and the label of the recordings in them. */
export const CLASS_FOLDERS = { cry: 'cry', 'not-cry': 'other' } as const;

/**
 * Lists the recordings under `cry/` and `not-cry/` of a folder, at any depth. Their group is the phone if the name is
 * one of the Donate-a-cry corpus, else the first folder below `cry/` or `not-cry/` (the same name in both is the same
 * group: one place, one day), else the recording itself.
 * @returns the recordings, and remarks on their names
 * @throws DeepInfantError `not-found`, `unreadable` or `no-recordings` for one of the two folders
 */
export async function readLabelledFolder(
  folder: string,
): Promise<{ recordings: Recording[]; remarks: string[] }> {
  const recordings: Recording[] = [];
  const names: FileName[] = [];
  const unnamed: string[] = [];
  for (const [classFolder, label] of Object.entries(CLASS_FOLDERS)) {
    for (const file of await listRecordings([path.join(folder, classFolder)])) {
      const steps = path.relative(folder, file).split(path.sep);
      const place = steps.join('/');
      const name = parseFileName(file);
      if (name) names.push(name);
      else unnamed.push(place);
      recordings.push({
        file,
        path: place,
        label,
        sublabel: '',
        reason: name && label === 'cry' ? (name.reason.meaning ?? name.reason.code) : '',
        source: path.basename(path.resolve(folder)),
        group: name?.instance ?? (steps.length > 2 ? steps[1] : place),
        licence: '',
        attribution: '',
      });
    }
  }
  const remarks = [...unknownCodes(names)].map(
    ([code, count]) =>
      `${code} in ${count} of ${recordings.length} file names is not a code of the Donate-a-cry convention.`,
  );
  if (names.length > 0 && unnamed.length > 0) {
    remarks.push(
      `${unnamed.length} of ${recordings.length} file names do not follow the Donate-a-cry convention, such as ` +
        `${unnamed[0]}: their phone is unknown, so each is grouped by its folder or stands alone.`,
    );
  }
  return { recordings, remarks };
}
