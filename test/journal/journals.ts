import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Journal, type Keeping } from '../../src/journal/journal.js';
import { SAMPLE_RATE, type AudioChunk, type CryEvent } from '../../src/values.js';
import { cryAt } from '../reason/cries.js';

export const KEEPING: Keeping = { hasSound: true, days: 365, soundMb: 100 };

/** Gives each test of a suite an empty folder. */
export function folderOfTest(): () => string {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return () => path.join(folder, 'journal');
}

/** Opens a journal as after the process that kept it was killed. */
export async function openJournal(folder: string, keeping: Partial<Keeping> = {}): Promise<Journal> {
  unlock(folder);
  const journal = new Journal(folder, { ...KEEPING, ...keeping });
  await journal.open();
  return journal;
}

/** Takes the lock away from a journal of this process, which cannot be killed. */
export function unlock(folder: string): void {
  rmSync(path.join(folder, 'journal.lock'), { force: true });
}

/** A cry of half a minute that has ended. */
export function endedCry(onset: number, durationS = 30): CryEvent {
  return {
    ...cryAt(onset),
    state: 'ended',
    durationS,
    offset: onset + 1000 * durationS,
    offsetS: cryAt(onset).onsetS + durationS,
  };
}

/** Plays a source from second to second, in chunks of an eighth: silence, but a tone of 1 kHz over the time of the cry. */
export function play(
  journal: Journal,
  { fromS, toS, cry, source = 'cot' }: { fromS: number; toS: number; cry: [number, number]; source?: string },
): void {
  const length = SAMPLE_RATE / 8;
  for (let firstSample = fromS * SAMPLE_RATE; firstSample < toS * SAMPLE_RATE; firstSample += length) {
    const samples = Float32Array.from({ length }, (_, i) => {
      const time = (firstSample + i) / SAMPLE_RATE;
      return time >= cry[0] && time < cry[1] ? 0.5 * Math.sin(2 * Math.PI * 1000 * time) : 0;
    });
    const chunk: AudioChunk = { samples, firstSample, at: 0, source, lost: 0 };
    journal.push(chunk);
  }
}
