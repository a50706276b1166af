import path from 'node:path';
import { listRecordings, skippedText } from './recording-list.js';
import { sourceName } from './source-name.js';

/** A recording, and what its source is called. */
export interface NamedRecording {
  /** A file's path, or a file's content. */
  input: string | Buffer;
  source: string;
}

/**
 * The recordings of a file, or of a folder and those below it. A file's source is `name`, or else the file's name; that
 * of a folder's file is its path in the folder.
 * @param options `warn` is told what a folder holds beside recordings
 * @throws DeepInfantError `not-found`, or `no-recordings` for a folder without any.
 */
export async function recordingsAt(
  fileOrFolder: string,
  { name = '', warn }: { name?: string; warn: (message: string) => void },
): Promise<NamedRecording[]> {
  const files = await listRecordings([fileOrFolder], {
    skipped: besides => {
      warn(skippedText(besides));
    },
  });
  return files.map(file => ({
    input: file,
    source: sourceName(path.relative(fileOrFolder, file) || name || path.basename(file)),
  }));
}

/**
 * Processes recordings one after another. A lone recording's error is thrown; one broken file of many is reported and
 * does not keep the others from being processed.
 */
export async function forEachRecording<T>(
  recordings: readonly T[],
  { signal, report }: { signal: AbortSignal; report: (error: unknown) => void },
  process: (recording: T) => Promise<void>,
): Promise<void> {
  for (const recording of recordings) {
    try {
      await process(recording);
    } catch (error) {
      if (signal.aborted) return;
      if (recordings.length === 1) throw error;
      report(error);
    }
  }
}
