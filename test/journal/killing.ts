import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../../src/maths/random.js';
import { entriesFile } from '../../src/journal/journal.js';
import { readEntries } from '../../src/journal/entry-file.js';
import { cryAt } from '../reason/cries.js';
import { endedCry, openJournal } from './journals.js';

const LONGEST_MS = 300;
/** What the killed process says once it is opened. */
const OPEN = 'open';

/** What became of journals whose process was killed. */
export interface KilledRounds {
  /** Entries whose writer was told that they are on disk. */
  noted: number;
  /** Of those, the ones that were not there afterwards. */
  lost: string[];
  /** Rounds after which a line was damaged, or a cry of another round was still open. */
  unclean: number;
}

/** Kills a process that notes one thing after another into the same journal, at random moments. */
export async function killRounds(folder: string, rounds: number): Promise<KilledRounds> {
  const random = new Random(1);
  const noted = new Set<string>();
  const result: KilledRounds = { noted: 0, lost: [], unclean: 0 };
  for (let round = 0; round < rounds; round++) {
    const child = spawn(process.execPath, [path.join(__dirname, 'killing.js'), folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const closed = once(child, 'close');
    let said = '';
    await new Promise<void>(resolve => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (said.startsWith(OPEN)) resolve();
      });
    });
    await sleep(random.uniform() * LONGEST_MS);
    child.kill('SIGKILL');
    await closed;
    for (const id of said.split('\n').slice(1, -1)) noted.add(id);
    const { entries, damaged } = readEntries(entriesFile(folder));
    const stillOpen = [...entries.values()].filter(
      entry => entry.kind === 'cry' && entry.offset === undefined,
    );
    if (damaged.length > 0 || stillOpen.length > 1) result.unclean++;
    // An ended cry is noted when it is there with its end.
    result.lost = [...noted].filter(id => {
      const entry = entries.get(id);
      return entry === undefined || (entry.kind === 'cry' && entry.offset === undefined);
    });
    result.noted = noted.size;
    if (result.lost.length > 0) break;
  }
  return result;
}

/** Notes cries and feeds until it is killed, and says of each when it is on disk. */
async function noteAll(folder: string): Promise<void> {
  const journal = await openJournal(folder, { hasSound: false });
  writeSync(1, `${OPEN}\n`);
  for (let at = Date.now(); ; at++) {
    await journal.noteCry(cryAt(at));
    await journal.noteCry({ ...cryAt(at), state: 'ongoing', durationS: 8 });
    await journal.noteCry(endedCry(at));
    writeSync(1, `${cryAt(at).id}\n`);
    await journal.noteFact({ kind: 'feed', at });
    writeSync(1, `fact feed@${at}\n`);
  }
}

if (require.main === module) void noteAll(process.argv[2]);
