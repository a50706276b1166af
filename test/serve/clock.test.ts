import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { concat } from '../../src/concat.js';
import { endOf, type CryEntry } from '../../src/journal/entries.js';
import { readEntries } from '../../src/journal/entry-file.js';
import { entriesFile, Journal } from '../../src/journal/journal.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { synthesiseCry } from '../../src/synth/cry.js';
import { SAMPLE_RATE } from '../../src/values.js';
import { writeWav } from '../audio/wav-writer.js';
import { MAIN } from '../cli/run.js';
import { freePort } from '../free-port.js';
import { cryAt } from '../reason/cries.js';
import { until } from '../until.js';

const DAY_MS = 86_400_000;
const CLOCK_SHIFT = path.join(PACKAGE_ROOT, 'dist', 'test', 'nodes', 'clock-shift.js');

interface Health {
  isReady: boolean;
  troubles: { troubles: string[] }[];
  /** What it printed until then. */
  output: string;
}

describe('The service with a wrong clock', function () {
  this.timeout(90_000);
  let folder: string;
  let journalFolder: string;
  const old = cryAt(Date.now() - 40 * DAY_MS);

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-clock-'));
    journalFolder = path.join(folder, 'data', 'baby-Mia', 'journal');
    mkdirSync(journalFolder, { recursive: true });
    const journal = new Journal(journalFolder, { hasSound: true, days: 365, soundMb: 1000 });
    await journal.open();
    for (const event of [{ ...old, id: 'old' }, cryAt(Date.now() - DAY_MS)])
      await journal.noteCry({
        ...event,
        state: 'ended',
        offset: event.onset + 10_000,
        offsetS: event.onsetS + 10,
      });
    await journal.close();
    const sound = concat([synthesiseCry({ seed: 1, durationS: 6 }), new Float32Array(20 * SAMPLE_RATE)]);
    writeFileSync(path.join(folder, 'cry.wav'), writeWav(sound, { rate: SAMPLE_RATE }));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const cries = (): CryEntry[] =>
    [...readEntries(entriesFile(journalFolder)).entries.values()].filter(entry => entry.kind === 'cry');

  /** Lets it hear a cry to its end, with a clock that is so far ahead. @returns what /health says meanwhile */
  async function hear(shiftMs: number): Promise<Health> {
    const port = await freePort();
    const file = path.join(folder, 'deepinfant.yaml');
    writeFileSync(
      file,
      `folder: data\nbabies: [{ name: Mia }]\nsources: [{ type: recording, name: Cot, path: cry.wav }]\npage: { port: ${port} }\n`,
    );
    const child = spawn(process.execPath, ['--require', CLOCK_SHIFT, MAIN, 'serve', file], {
      env: { ...process.env, CLOCK_SHIFT_MS: String(shiftMs) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'close');
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    try {
      await until(
        () => /Cot: Mia cried for/.test(output),
        () => output,
        60_000,
      );
      const reply = await fetch(`http://127.0.0.1:${port}/health`);
      return { ...((await reply.json()) as Omit<Health, 'output'>), output };
    } finally {
      child.kill('SIGTERM');
      await ended;
    }
  }

  it('deletes nothing where that is a year ahead, and says so', async () => {
    const before = cries();
    const { isReady, troubles } = await hear(400 * DAY_MS);
    assert.equal(isReady, true);
    assert.match(
      troubles[0].troubles.join('\n'),
      /The clock of this computer says .* but the last entry before is from/,
    );
    const after = cries();
    assert.deepEqual(after.slice(0, before.length), before);
    assert.equal(after.length, before.length + 1);
  });

  it('deletes nothing where that was never set, notes nothing of 1970, and says so until it is set', async () => {
    const before = cries();
    const { isReady, troubles, output } = await hear(300_000 - Date.now());
    assert.equal(isReady, true);
    assert.match(troubles[0].troubles.join('\n'), /The clock of this computer is not set/);
    assert.deepEqual(cries(), before);
    assert.doesNotMatch(output, /expected|damaged/);
    const right = await hear(0);
    assert.deepEqual(right.troubles, []);
    const [first, second, third, ...others] = cries();
    assert.deepEqual([first, second], before);
    assert.ok(endOf(third) > Date.now() - DAY_MS);
    assert.deepEqual(others, []);
  });
});
