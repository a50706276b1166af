import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { inOrder } from '../../in-order.js';
import { DeepInfantError, messageOf } from '../../errors.js';
import { joinCopies, type Copy } from './copies.js';
import { CLASS_FOLDERS, readLabelledFolder } from './labelled-folder.js';
import { readManifest, type Recording } from './manifest.js';

/** Hashing gains nothing from more: eight files at once keep a CPU core busy. */
const FILES_AT_ONCE = 8;

/** What a folder holds to train on and to measure with. */
export interface CorpusFolder {
  /** Recordings with the same content are of one group. */
  recordings: Recording[];
  /** Number of recordings whose label is not used, by label. */
  left: Record<string, number>;
  /** What a person should know before trusting the corpus, one sentence each: copies, unconventional file names. */
  remarks: string[];
  /** SHA-256 over the recordings in order: their content and everything that the corpus says about them. */
  sha256: string;
}

/**
 * Reads the corpus in a folder: the recordings that its `manifest.csv` lists (see readManifest) or, where there is none,
 * those under its `cry/` and `not-cry/` (see readLabelledFolder). Each file is read once to find copies, so that a missing
 * one is reported now and not hours later.
 * @throws DeepInfantError `corpus` when the folder has neither form, `unreadable` for a folder or recording that cannot be
 * read, and what readManifest and readLabelledFolder throw
 */
export async function readCorpusFolder(folder: string): Promise<CorpusFolder> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw unreadableError(folder, error);
  });
  if (names.includes('manifest.csv')) return withoutCopies({ ...(await readManifest(folder)), remarks: [] });
  if (Object.keys(CLASS_FOLDERS).every(name => names.includes(name)))
    return withoutCopies({ ...(await readLabelledFolder(folder)), left: {} });
  throw new DeepInfantError(
    'corpus',
    `${folder} is not a corpus. It needs a manifest.csv with the columns path, label and split_group, or two folders ` +
      'of recordings, cry/ and not-cry/.',
  );
}

/** Merges the groups of a corpus's copies, and remarks on them. */
async function withoutCopies(corpus: Omit<CorpusFolder, 'sha256'>): Promise<CorpusFolder> {
  const digests: string[] = [];
  for await (const digest of inOrder(corpus.recordings, FILES_AT_ONCE, contentSha256)) digests.push(digest);
  const { recordings, copies } = joinCopies(corpus.recordings, digests);
  const hash = createHash('sha256');
  // Where the corpus lies on this machine does not matter.
  recordings.forEach((recording, i) => hash.update(JSON.stringify({ ...recording, file: digests[i] })));
  return {
    ...corpus,
    recordings,
    remarks: [...corpus.remarks, ...copies.map(remarkOn)],
    sha256: hash.digest('hex'),
  };
}

async function contentSha256({ file }: Recording): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file), hash);
  } catch (error) {
    throw unreadableError(file, error);
  }
  return hash.digest('hex');
}

function unreadableError(place: string, error: unknown): DeepInfantError {
  return new DeepInfantError(
    'unreadable',
    `Cannot read ${place}, which belongs to the corpus: ${messageOf(error)}. Check its path and permissions.`,
  );
}

function remarkOn({ first, copy }: Copy): string {
  const groups =
    copy.group === first.group ? '' : ` Their groups '${first.group}' and '${copy.group}' are merged.`;
  const labels =
    copy.label === first.label
      ? ''
      : ` One is labelled '${first.label}', the other '${copy.label}': remove the wrong one.`;
  return `${copy.path} has the same content as ${first.path}.${groups}${labels}`;
}
