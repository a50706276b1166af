import { type Stats, unwatchFile, watchFile } from 'node:fs';
import path from 'node:path';
import { guard } from '../../guard.js';
import { secretsFile } from './secrets.js';

/** A stat a second costs nothing, and works on every file system, and where Kubernetes puts another file in its place. */
const LOOK_EVERY_MS = 1000;

/** Calls `changed` when a configuration, or the secrets beside it, may have changed. @returns what ends that */
export function watchConfig(file: string, changed: () => void): () => void {
  const files = [file, secretsFile(path.dirname(path.resolve(file)))];
  const guarded = guard((now: Stats, before: Stats) => {
    // The first call says only that there is no such file.
    if (now.mtimeMs !== before.mtimeMs || now.size !== before.size || now.ino !== before.ino) changed();
  });
  for (const watched of files) watchFile(watched, { interval: LOOK_EVERY_MS }, guarded);
  return () => {
    for (const watched of files) unwatchFile(watched, guarded);
  };
}
