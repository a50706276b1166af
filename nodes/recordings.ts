import path from 'node:path';
import type { NodeMessage } from 'node-red';
import { listRecordings } from '../src/audio/recording.js';
import { DeepInfantError } from '../src/errors.js';

/** A recording that a message or a setting names. */
export interface NamedRecording {
  input: string | Buffer;
  source: string;
}

/**
 * The recordings of a file, or of a folder and those below it. A file's source is `name`, or else the file's name; that
 * of a folder's file is its path in the folder.
 * @throws DeepInfantError `not-found`, or `no-recordings` for a folder without any.
 */
export async function recordingsAt(fileOrFolder: string, name = ''): Promise<NamedRecording[]> {
  const files = await listRecordings([fileOrFolder]);
  return files.map(file => ({
    input: file,
    source: path.relative(fileOrFolder, file) || name || path.basename(file),
  }));
}

/**
 * The recordings that a message brings: `payload` is a Buffer with a whole file, or the path of a file or a folder.
 * A Buffer's source is called after `msg.filename`, as the file nodes set it, or else `msg.topic`.
 * @throws DeepInfantError `not-a-recording` for any other payload.
 */
export async function recordingsOf(msg: NodeMessage): Promise<NamedRecording[]> {
  const { payload, topic } = msg;
  if (Buffer.isBuffer(payload)) {
    const named = typeof msg.filename === 'string' && path.basename(msg.filename);
    return [{ input: payload, source: named || topic || 'recording' }];
  }
  if (typeof payload === 'string' && payload !== '') return recordingsAt(payload);
  throw new DeepInfantError(
    'not-a-recording',
    `msg.payload is ${kindOf(payload)}; send a Buffer that holds an audio file, or the path of a file or folder`,
  );
}

function kindOf(payload: unknown): string {
  if (payload === '') return 'an empty string';
  if (payload === null || payload === undefined) return String(payload);
  return `of type ${typeof payload}`;
}

/**
 * Gives each recording to `hear`, one after another. A lone recording's error is thrown; one broken file of many is
 * reported and does not keep the others from being heard.
 */
export async function forEachRecording<T>(
  recordings: T[],
  { signal, report }: { signal: AbortSignal; report: (error: unknown) => void },
  hear: (recording: T) => Promise<void>,
): Promise<void> {
  for (const recording of recordings) {
    try {
      await hear(recording);
    } catch (error) {
      if (signal.aborted) return;
      if (recordings.length === 1) throw error;
      report(error);
    }
  }
}
