import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { entriesFile } from '../../src/journal/journal.js';
import { endedCry, openJournal } from '../journal/journals.js';
import { needTools } from '../tools.js';
import { runChaos } from './campaign.js';
import { Home, SECRETS } from './home.js';
import { verify } from './verify.js';
import { Witness, type WitnessLine } from './witness.js';

describe('the chaos', function () {
  this.timeout(180_000);

  it('kills Node-RED while it runs and while it starts, and finds all that was promised', async function () {
    needTools(this, 'ffmpeg');
    const { kills, promised, lost, unclean, leaks, wrong } = await runChaos({
      kills: 3,
      seed: 1,
      signal: new AbortController().signal,
    });
    assert.deepEqual([...lost, ...unclean, ...leaks, ...wrong], []);
    assert.deepEqual([...kills.values()], [1, 1, 1, 0, 0, 0]);
    assert.ok(promised.cries > 0 && promised.clips > 0);
  });

  it('notices what is lost, what is damaged, and where a secret is', async () => {
    const home = new Home({ hassUrl: '', cameraUrl: '', brokerPort: undefined });
    try {
      const folder = path.join(home.babyFolder, 'journal');
      const journal = await openJournal(folder, { hasSound: false });
      const [kept, lost] = [endedCry(Date.now()), endedCry(Date.now() - 60_000)];
      await journal.noteCry(kept);
      await journal.close();
      home.witness.note({ what: 'kept', id: kept.id });
      assert.deepEqual([verify(home).lost, verify(home).unclean, verify(home).leaks], [[], [], []]);
      const clip = path.join(folder, 'sounds', 'a.mp3');
      home.witness.note({ what: 'kept', id: lost.id });
      home.witness.note({ what: 'kept', id: kept.id, clip, picture: clip });
      home.witness.note({ what: 'fact', id: 'feed' });
      appendFileSync(entriesFile(folder), 'nonsense\n');
      writeFileSync(path.join(home.userDir, 'a.log'), encodeURIComponent(SECRETS['the key of Baby Buddy']));
      const { lost: found, unclean, leaks } = verify(home);
      assert.deepEqual(
        new Set(found),
        new Set([
          `the cry ${lost.id}`,
          `the name of the clip of ${kept.id}`,
          `${clip} of ${kept.id}`,
          'the fact feed',
        ]),
      );
      assert.equal(unclean.length, 1);
      assert.deepEqual(leaks, [`the key of Baby Buddy in ${path.join(home.userDir, 'a.log')}`]);
    } finally {
      home.remove();
    }
  });

  describe('takes a cry for promised', () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(path.join(tmpdir(), 'chaos-'));
    });
    afterEach(() => {
      rmSync(folder, { recursive: true });
    });

    function promised(...lines: WitnessLine[]): string[] {
      const witness = new Witness(path.join(folder, 'witness.jsonl'));
      for (const line of lines) witness.note(line);
      return [...witness.promises().cries];
    }

    it('once the journal has given it back, unless its status is red', () => {
      const lines: WitnessLine[] = [
        { what: 'begun', id: 'a' },
        { what: 'kept', id: 'a' },
        { what: 'begun', id: 'b' },
        { what: 'not promised', id: 'b' },
        { what: 'begun', id: 'c' },
      ];
      assert.deepEqual(promised(...lines), ['a']);
    });

    it('on a disk that takes nothing only once a later one is kept', () => {
      const lines: WitnessLine[] = [
        { what: 'trouble begins' },
        { what: 'begun', id: 'a' },
        { what: 'kept', id: 'a' },
        { what: 'begun', id: 'b' },
        { what: 'trouble ends' },
        { what: 'kept', id: 'b' },
      ];
      assert.deepEqual(promised(...lines), []);
      assert.deepEqual(promised({ what: 'begun', id: 'c' }, { what: 'kept', id: 'c' }), ['a', 'b', 'c']);
    });

    it('not if its process was killed before it was written', () => {
      const lines: WitnessLine[] = [
        { what: 'trouble begins' },
        { what: 'kept', id: 'a' },
        { what: 'killed' },
        { what: 'trouble ends' },
        { what: 'begun', id: 'b' },
        { what: 'kept', id: 'b' },
      ];
      assert.deepEqual(promised(...lines), ['b']);
    });
  });
});
