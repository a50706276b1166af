import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { readRecording } from '../audio/recording.js';
import { check } from '../check.js';
import { concat } from '../concat.js';
import { id, keptTime, sentence } from '../door/fields.js';
import { LONGEST_S } from '../journal/cry-recorder.js';
import type { Journal } from '../journal/journal.js';

/** Characters: a clip lasts a minute at most, and takes less than half of this. */
const MOST_CLIP = 2_000_000;

const CLIP = v.union([
  v.object({ id, error: sentence }),
  v.object({ id, from: keptTime, mp3: v.pipe(v.string(), v.maxLength(MOST_CLIP), v.base64()) }),
]);

/** The sound of a cry as a satellite sends it, or why it does not: docs/mqtt.md. */
export type ClipMessage = v.InferOutput<typeof CLIP>;

/** @throws DeepInfantError `invalid`, SyntaxError */
export function readClipMessage(payload: string): ClipMessage {
  return check(CLIP, JSON.parse(payload), 'clip');
}

/** What a satellite replies to whoever asks for the sound of a cry. @param isAllowed whether it gives any */
export async function clipMessageOf(
  journal: Journal,
  cryId: string,
  isAllowed: boolean,
): Promise<ClipMessage> {
  if (!isAllowed)
    return { id: cryId, error: "The satellite gives no clips: 'clips' in its 'mqtt' would allow that." };
  const clip = journal.clipOf(cryId);
  try {
    if (clip) return { id: cryId, from: clip.from, mp3: await readFile(clip.file, 'base64') };
  } catch {
    // It was deleted just now, or by somebody.
  }
  return { id: cryId, error: 'The satellite keeps no clip of this cry.' };
}

/** The samples of a clip, 16 kHz mono, a minute at most. @throws DeepInfantError for what is not a recording */
export async function samplesOf(mp3: string): Promise<Float32Array> {
  const parts: Float32Array[] = [];
  for await (const { samples } of readRecording(Buffer.from(mp3, 'base64'))) {
    parts.push(samples);
    // Each has a second.
    if (parts.length >= LONGEST_S) break;
  }
  return concat(parts);
}
