import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Recording } from '../corpus/manifest.js';
import { SEED_FRONT_END } from '../../features/front-end.js';
import { manifestText } from '../../model/manifest-text.js';
import { MEL7S_REASONS, MEL7S_SCALING, type Mel7sManifest } from '../../model/mel7s.js';
import { packWeights, sha256, type NamedWeights } from '../../model/weights.js';
import { writeAtomically } from '../../files/write-atomically.js';
import { noticeOf } from '../corpus/notice.js';

/** Writes mel7s as it is shipped: `weights.bin`, `NOTICE` and, last, `manifest.json`. */
export async function writeMel7s(
  folder: string,
  weights: readonly NamedWeights[],
  corpus: { recordings: Recording[]; sha256: string },
  seed: number,
): Promise<void> {
  const packed = packWeights(weights);
  const notice = odblNotice(corpus.recordings);
  const manifest: Mel7sManifest = {
    format: 1,
    name: 'mel7s',
    version: '1.0.0',
    licence: 'Apache-2.0',
    frontEnd: SEED_FRONT_END,
    scaling: MEL7S_SCALING,
    detector: 'crynet',
    clipS: 7,
    reasons: MEL7S_REASONS,
    weights: {
      file: 'weights.bin',
      sha256: sha256(packed),
      tensors: weights.map(({ name, shape }) => ({ name, shape })),
    },
    training: {
      dataSha256: corpus.sha256,
      groups: 'none was kept out: what mel7s can do was measured on networks trained alike, fold by fold',
      seed,
      notice,
    },
  };
  await mkdir(folder, { recursive: true });
  await writeAtomically(path.join(folder, 'weights.bin'), packed);
  await writeAtomically(path.join(folder, 'NOTICE'), noticeOf(notice, corpus.recordings));
  await writeAtomically(path.join(folder, 'manifest.json'), manifestText(manifest));
}

/** What the Open Database License (ODbL 1.0, section 4.3) asks a work made from a database to say. */
function odblNotice(recordings: readonly Recording[]): string {
  const databases = recordings
    .filter(({ licence }) => licence.startsWith('ODbL'))
    .map(({ attribution }) => attribution);
  return [...new Set(databases)]
    .map(name => `Contains information from ${name}, made available under the Open Database License (ODbL).`)
    .join('\n');
}
