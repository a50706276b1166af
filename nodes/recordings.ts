import path from 'node:path';
import type { NodeMessage } from 'node-red';
import { type NamedRecording, recordingsAt } from '../src/audio/recordings.js';
import { sourceName } from '../src/audio/source-name.js';
import { DeepInfantError } from '../src/errors.js';
import { textOf } from '../src/unknown-data.js';

/** In characters (Linux, PATH_MAX). */
const MOST_PATH = 4096;

/**
 * The recordings that a message brings: `payload` is a Buffer with a whole file, or the path of a file or a folder.
 * A Buffer's source is called after `msg.filename`, as the file nodes set it, or else `msg.topic`.
 * @throws DeepInfantError `not-a-recording` for any other payload, or what recordingsAt throws
 */
export async function recordingsOf(
  msg: NodeMessage,
  warn: (message: string) => void,
): Promise<NamedRecording[]> {
  const { payload, topic, filename } = msg;
  if (Buffer.isBuffer(payload)) {
    const name = typeof filename === 'string' ? path.basename(filename) : '';
    return [{ input: payload, source: sourceName(name || textOf(topic) || 'recording') }];
  }
  if (typeof payload === 'string' && payload.length > MOST_PATH)
    throw new DeepInfantError(
      'not-found',
      `msg.payload has ${payload.length} characters, more than any path.`,
    );
  if (typeof payload === 'string' && payload !== '') return recordingsAt(payload, { warn });
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
