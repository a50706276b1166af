import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { mock } from 'node:test';
import { readRecording } from '../../src/audio/recording.js';
import { concat } from '../../src/concat.js';
import type { CryEntry } from '../../src/journal/entries.js';
import { entriesFile, Journal } from '../../src/journal/journal.js';
import { EntryFile, readEntries } from '../../src/journal/entry-file.js';
import { periodText } from '../../src/journal/sentences.js';
import { cryOf, dayOf, nightOf } from '../../src/journal/questions.js';
import { replyTo } from '../../src/journal/reply.js';
import { soundPaths } from '../../src/journal/sound-folder.js';
import { SAMPLE_RATE, type CryEvent, type SourceHealth } from '../../src/values.js';
import { cryAt, HOUR_MS, HUNGRY, MINUTE_MS } from '../reason/cries.js';
import { needTools, skip } from '../tools.js';
import { endedCry, folderOfTest, KEEPING, openJournal, play } from './journals.js';

const NOW = Date.now();
const DAY_MS = 24 * HOUR_MS;
const UNFINISHED = '2026-01-01T00-00-00Z-1767225600000-0123abcd.mp3.1.tmp';

describe('a journal', () => {
  const folder = folderOfTest();
  const onDisk = (): CryEntry | undefined =>
    cryOf(readEntries(entriesFile(folder())).entries.values(), NOW + DAY_MS);
  const sounds = (): string[] => {
    const files = path.join(folder(), 'sounds');
    return existsSync(files) ? readdirSync(files).sort() : [];
  };

  afterEach(() => {
    mock.timers.reset();
  });

  it('notes a cry as it goes on, with its intensity over time', async () => {
    const journal = await openJournal(folder());
    await journal.noteCry(cryAt(NOW));
    assert.equal(onDisk()!.offset, undefined);
    await journal.noteCry({ ...cryAt(NOW), state: 'ongoing', durationS: 8, intensity: 'scream' });
    await journal.noteCry(endedCry(NOW, 12));
    // What comes late or twice tells nothing new.
    await journal.noteCry({ ...cryAt(NOW), state: 'ongoing', durationS: 9 });
    await journal.noteCry(endedCry(NOW, 12));
    const { course, durationS, offset } = onDisk()!;
    assert.deepEqual(course, [
      { atS: 0, intensity: 'cry' },
      { atS: 8, intensity: 'scream' },
      { atS: 12, intensity: 'cry' },
    ]);
    assert.deepEqual({ durationS, offset }, { durationS: 12, offset: NOW + 12_000 });
  });

  it('ends a cry that went on when the program was killed', async () => {
    await (await openJournal(folder())).noteCry({ ...cryAt(NOW), state: 'ongoing', durationS: 8 });
    const journal = await openJournal(folder());
    assert.deepEqual([onDisk()!.offset, onDisk()!.isCutOff], [NOW + 8000, true]);
    // Its detector may run elsewhere.
    await journal.noteCry(endedCry(NOW, 12));
    assert.deepEqual([onDisk()!.offset, onDisk()!.isCutOff], [NOW + 12_000, undefined]);
  });

  it('notes no recording whose time is unknown', async () => {
    const event = endedCry(5000);
    assert.equal(await (await openJournal(folder())).noteCry(event), event);
    assert.equal(onDisk(), undefined);
  });

  it('keeps answers and facts, and lets go of those that are taken back', async () => {
    const journal = await openJournal(folder());
    await journal.noteAnswer('cot@1', { reason: 'hungry', at: NOW });
    await journal.noteCry(endedCry(NOW));
    await journal.noteAnswer(cryAt(NOW).id, { reason: 'hungry', at: NOW });
    assert.equal(onDisk()!.answer!.reason, 'hungry');
    // What is estimated after the answer knows it.
    await journal.noteCry({ ...endedCry(NOW), peakScore: 1, reason: { ...HUNGRY, confidence: 0.99 } });
    assert.equal(onDisk()!.answer!.reason, 'hungry');
    assert.equal(onDisk()!.reason, undefined);
    await journal.noteAnswer(cryAt(NOW).id, { reason: 'tired', at: NOW + 2, by: 'Ben' });
    await journal.noteAnswer(cryAt(NOW).id, { reason: 'lonely', at: NOW + 1, by: 'Anna' });
    assert.deepEqual(onDisk()!.answer, { reason: 'tired', at: NOW + 2, by: 'Ben' });
    await journal.noteAnswer(cryAt(NOW).id, undefined);
    assert.equal(onDisk()!.answer, undefined);
    await journal.noteFact({ kind: 'feed', at: NOW, id: 'a' });
    await journal.noteFact({ kind: 'feed', at: NOW - MINUTE_MS, id: 'a' });
    assert.deepEqual(dayOf(journal.entries, NOW - MINUTE_MS, NOW).facts, [
      { kind: 'feed', at: NOW - MINUTE_MS, id: 'a' },
    ]);
    await journal.removeFact('a');
    assert.deepEqual(dayOf(journal.entries, NOW - MINUTE_MS, NOW).facts, []);
  });

  it('deletes what is older than it is to be kept', async () => {
    const journal = await openJournal(folder());
    await journal.noteCry(endedCry(NOW - 8 * DAY_MS));
    await journal.noteCry(endedCry(NOW - 6 * DAY_MS));
    await journal.noteFact({ kind: 'feed', at: NOW - 8 * DAY_MS });
    await journal.close();
    const { entries } = await openJournal(folder(), { days: 7 });
    assert.deepEqual(
      [...entries].map(({ id }) => id),
      [cryAt(NOW - 6 * DAY_MS).id],
    );
  });

  it('deletes nothing when the clock leaps by years, and says so', async () => {
    const journal = await openJournal(folder(), { days: 7 });
    await journal.noteCry(endedCry(NOW - 6 * DAY_MS));
    await journal.noteCry(endedCry(NOW));
    await journal.close();
    const later = NOW + 2 * 365 * DAY_MS;
    mock.timers.enable({ apis: ['Date'], now: later });
    for (let start = 0; start < 2; start++) {
      const ahead = await openJournal(folder(), { days: 7 });
      assert.match(ahead.trouble.retention!, /The clock of this computer says .* Nothing is deleted/);
      await ahead.noteCry(endedCry(later + start));
      await ahead.tidy();
      assert.equal([...ahead.entries].length, 3 + start);
      await ahead.close();
    }
    mock.timers.setTime(NOW + HOUR_MS);
    const right = await openJournal(folder(), { days: 7 });
    assert.equal(right.trouble.retention, undefined);
    assert.equal([...right.entries].length, 4);
    assert.equal(cryOf(right.entries, Date.now())!.onset, NOW);
    // And while it runs.
    mock.timers.setTime(later);
    await right.tidy();
    assert.match(right.trouble.retention!, /was changed by more than a day/);
    assert.equal([...right.entries].length, 4);
  });

  it('deletes nothing for an empty or negative setting, and says so', async () => {
    for (const days of [0, -1, NaN]) {
      const journal = await openJournal(folder(), { days });
      await journal.noteCry(endedCry(NOW - 400 * DAY_MS));
      await journal.tidy();
      assert.equal([...journal.entries].length, 1);
      assert.match(journal.trouble.retention!, /kept for .* days. Enter 1 or more/);
    }
  });

  it('is kept by one at a time', async () => {
    const journal = await openJournal(folder());
    await journal.noteCry(endedCry(NOW));
    const link = `${folder()}-link`;
    symlinkSync(folder(), link);
    await assert.rejects(new Journal(link, KEEPING).open(), { code: 'locked' });
    await journal.close();
    const next = new Journal(link, KEEPING);
    await next.open();
    assert.equal([...next.entries].length, 1);
    await next.close();
  });

  it('refuses a cry that it could not read again', async () => {
    const journal = await openJournal(folder());
    await assert.rejects(journal.noteCry({ ...endedCry(NOW), durationS: 1e12 }), { code: 'invalid' });
    assert.deepEqual([...journal.entries], []);
    assert.equal(journal.trouble.storage, undefined);
  });

  it('was listening all the time when the clock is set back', async () => {
    const journal = await openJournal(folder());
    mock.timers.enable({ apis: ['Date'], now: NOW });
    const health = (): Promise<void> =>
      journal.noteHealth({ source: 'cot', state: 'running', since: NOW } as SourceHealth);
    for (const minutes of [0, 0.5, 1, 1.5, -20, -19.5, -19]) {
      mock.timers.setTime(NOW + minutes * MINUTE_MS);
      await health();
    }
    await journal.close();
    const spans = [...journal.entries].map(entry => (entry.kind === 'heard' ? [entry.from, entry.to] : []));
    assert.deepEqual(
      spans.map(times => times.map(time => (time - NOW) / MINUTE_MS)),
      [
        [0, 1.5],
        [-20, -19],
      ],
    );
  });

  it('tells when a source was not heard, also because nobody listened', async () => {
    const night = new Date(2026, 0, 10, 22).getTime();
    const journal = await openJournal(folder(), { days: 1e6 });
    const heard = (source: string, from: number, to: number): Promise<void> =>
      (journal as unknown as { put: (entry: object) => Promise<void> }).put({
        kind: 'heard',
        id: `${source}${from}`,
        source,
        from: night + from * MINUTE_MS,
        to: night + to * MINUTE_MS,
      });
    await heard('cot', -300, 60);
    await heard('cot', 60.5, 100);
    await heard('cot', 120, 900);
    await heard('bed', -600, -400);
    const { gaps } = nightOf(journal.entries, night, NOW);
    assert.deepEqual(
      gaps.map(({ source, from, to }) => [source, (from - night) / MINUTE_MS, (to - night) / MINUTE_MS]),
      [[undefined, 100, 120]],
    );
    const deaf = nightOf(journal.entries, night + 3 * DAY_MS, NOW);
    const [whole] = deaf.gaps;
    assert.match(periodText(deaf), /not listening/);
    assert.deepEqual([whole.source, whole.to - whole.from], [undefined, 16 * HOUR_MS]);
  });

  it('notes from the health of a source when it is heard', async () => {
    const journal = await openJournal(folder());
    const health = (state: SourceHealth['state']): Promise<void> =>
      journal.noteHealth({ source: 'cot', state, since: NOW } as SourceHealth);
    await health('starting');
    await health('running');
    await health('running');
    await health('silent');
    await health('running');
    await journal.close();
    const kept = [...readEntries(entriesFile(folder())).entries.values()];
    assert.deepEqual(new Set(kept.map(({ kind }) => kind)), new Set(['heard']));
  });

  it('goes on noting in memory while it cannot write, says so, and writes it later', async () => {
    writeFileSync(folder(), 'a file where the folder is to be');
    await assert.rejects(new Journal(folder(), KEEPING).open(), { code: 'storage' });
    rmSync(folder());
    const journal = await openJournal(folder());
    rmSync(folder(), { recursive: true });
    writeFileSync(folder(), 'a file where the folder is to be');
    await journal.noteCry(endedCry(NOW));
    assert.match(journal.trouble.storage!, /Cannot write the journal/);
    assert.equal(cryOf(journal.entries, NOW)!.id, endedCry(NOW).id);
    rmSync(folder());
    await journal.noteCry(endedCry(NOW + HOUR_MS));
    assert.equal(journal.trouble.storage, undefined);
    assert.equal(readEntries(entriesFile(folder())).entries.size, 2);
  });

  describe('with sound', () => {
    before(function () {
      needTools(this, 'ffmpeg');
    });

    /** Notes a cry of a source that played all the time: 10 to 22 s, as cryAt has its onset at 60 s. */
    async function cry(
      journal: Journal,
      onset: number,
      lengthS = 12,
    ): Promise<ReturnType<Journal['noteCry']>> {
      const range: [number, number] = [60, 60 + lengthS];
      play(journal, { fromS: 0, toS: 64, cry: range });
      await journal.noteCry({ ...cryAt(onset), windows: [{ startS: 60, score: 0.9 }] });
      for (let toS = 69; toS < 60 + lengthS + 8; toS += 5) {
        play(journal, { fromS: toS - 5, toS, cry: range });
        await journal.noteCry({ ...cryAt(onset), state: 'ongoing', durationS: toS - 60 });
      }
      return journal.noteCry(endedCry(onset, lengthS));
    }

    async function heard(file: string): Promise<Float32Array> {
      const chunks: Float32Array[] = [];
      for await (const { samples } of readRecording(file, { source: 'clip' })) chunks.push(samples);
      return concat(chunks);
    }

    it('keeps a clip from 5 s before the onset to the end, within 50 ms and 200 KB for 20 s', async () => {
      const journal = await openJournal(folder());
      const { clip, picture } = await cry(journal, NOW, 15);
      const samples = await heard(clip!);
      const begin = samples.findIndex(sample => Math.abs(sample) > 0.1) / SAMPLE_RATE;
      assert(Math.abs(begin - 5) < 0.05, `the cry begins at ${begin} s`);
      assert(
        Math.abs(samples.length / SAMPLE_RATE - 20) < 0.05,
        `it is ${samples.length / SAMPLE_RATE} s long`,
      );
      assert(Math.abs(samples.at(-800)!) + Math.abs(samples.at(-804)!) > 0.1, 'it ends with the cry');
      assert(statSync(clip!).size <= 200_000, `${statSync(clip!).size} bytes`);
      assert(existsSync(picture!));
      const { sound } = onDisk()!;
      assert.deepEqual([sound!.from, sound!.durationS], [NOW - 5000, 20]);
    });

    it('keeps the first minute of a long cry', async () => {
      const { clip } = await cry(await openJournal(folder()), NOW, 300);
      assert.equal(Math.round((await heard(clip!)).length / SAMPLE_RATE), 60);
    });

    it('keeps what there is of a source that had just begun', async () => {
      const journal = await openJournal(folder());
      play(journal, { fromS: 58, toS: 75, cry: [60, 70] });
      const { clip } = await journal.noteCry(endedCry(NOW, 10));
      assert.equal(Math.round((await heard(clip!)).length / SAMPLE_RATE), 12);
    });

    it('keeps no clip of a source that it does not hear', async () => {
      const journal = await openJournal(folder());
      play(journal, { fromS: 0, toS: 80, cry: [60, 70], source: 'kitchen' });
      assert.equal((await journal.noteCry(endedCry(NOW, 10))).clip, undefined);
      assert.deepEqual(sounds(), []);
    });

    it('deletes the oldest sound when all takes too much', async () => {
      const journal = await openJournal(folder(), { soundMb: 0.25 });
      for (let i = 0; i < 4; i++) await cry(journal, NOW + i * HOUR_MS);
      await journal.tidy();
      const kept = [...journal.entries].filter(entry => entry.kind === 'cry' && entry.sound);
      assert(kept.length > 0 && kept.length < 4, `${kept.length} are kept`);
      assert.equal(kept.at(-1)!.id, cryAt(NOW + 3 * HOUR_MS).id);
      assert.equal(sounds().length, 2 * kept.length);
    });

    it('keeps no sound at all where none is to be kept, and deletes what it noted', async () => {
      await cry(await openJournal(folder()), NOW);
      writeFileSync(path.join(folder(), 'sounds', UNFINISHED), '');
      const journal = await openJournal(folder(), { hasSound: false });
      assert.deepEqual(sounds(), [UNFINISHED]);
      assert.equal((await cry(journal, NOW + HOUR_MS)).clip, undefined);
      assert.deepEqual(sounds(), [UNFINISHED]);
      assert.equal(journal.unknownFiles, 1);
      assert.equal(cryOf(journal.entries, NOW)!.sound, undefined);
    });

    it('keeps sound that it does not know, and counts it', async () => {
      const first = await openJournal(folder());
      await cry(first, NOW);
      await first.close();
      const backup = readFileSync(entriesFile(folder()));
      const second = await openJournal(folder());
      const { clip } = await cry(second, NOW + HOUR_MS);
      await second.close();
      assert.equal(second.unknownFiles, 0);
      // An older journal is restored, a line is damaged, and the journal is lost.
      const damaged = backup.toString().replaceAll('"kind":"cry"', '"kind":"cr?"');
      for (const [content, unknown] of [
        [backup, 2],
        [damaged, 4],
        ['', 4],
      ] as const) {
        writeFileSync(entriesFile(folder()), content);
        const journal = await openJournal(folder());
        assert.equal(journal.unknownFiles, unknown);
        assert.equal(sounds().length, 4);
        await journal.close();
      }
      assert(existsSync(clip!));
      // To forget everything is to forget that, too.
      await (await openJournal(folder())).forget();
      assert.deepEqual(sounds(), []);
    });

    it('gives a cry the clip that was kept before the program was killed', async () => {
      const journal = await openJournal(folder());
      play(journal, { fromS: 0, toS: 95, cry: [60, 90] });
      await journal.noteCry(cryAt(NOW));
      const { clip } = await journal.noteCry(endedCry(NOW));
      const [cry] = [...journal.entries].filter(entry => entry.kind === 'cry');
      const { sound, ...entry } = cry;
      await journal.close();
      // As if the entry had not been written any more.
      const file = new EntryFile(entriesFile(folder()));
      file.open();
      await file.put(entry);
      await file.close();
      const again = await openJournal(folder());
      const [adopted] = [...again.entries].filter(entry => entry.kind === 'cry');
      assert.equal(soundPaths(adopted.sound!, again.folder, again.soundFolder).clip, clip);
      assert(Math.abs(adopted.sound!.from - sound!.from) < 200, `from ${adopted.sound!.from - sound!.from}`);
      assert(Math.abs(adopted.sound!.durationS - sound!.durationS) < 0.2);
      assert.equal(adopted.sound!.bytes, sound!.bytes);
      assert.equal(again.unknownFiles, 0);
      await again.close();
    });

    it('finds its sound when its folders are moved, and deletes it there', async () => {
      const [before, after] = ['before', 'after'].map(name => path.join(path.dirname(folder()), name));
      const journal = await openJournal(folder(), { soundFolder: before });
      await cry(journal, NOW);
      await journal.close();
      renameSync(before, after);
      const moved = await openJournal(folder(), { soundFolder: after });
      assert.equal(moved.unknownFiles, 0);
      const { payload } = replyTo(moved, { ask: 'cry' }, NOW + DAY_MS);
      assert.equal(path.dirname((payload as CryEvent).clip!), after);
      await moved.close();
      await openJournal(folder(), { soundFolder: after, hasSound: false });
      assert.deepEqual(readdirSync(after), []);
    });

    it('deletes no file that is not its own, whatever an entry names', async () => {
      const journal = await openJournal(folder());
      await cry(journal, NOW);
      await journal.close();
      const other = path.join(path.dirname(folder()), 'other.mp3');
      writeFileSync(other, '');
      const entries = new EntryFile(entriesFile(folder()));
      entries.open();
      const entry = [...entries.entries.values()].find(({ kind }) => kind === 'cry') as CryEntry;
      await entries.put({ ...entry, sound: { ...entry.sound!, clip: other, picture: '../other.mp3' } });
      await entries.close();
      const none = await openJournal(folder(), { hasSound: false });
      assert.equal(cryOf(none.entries, NOW)!.sound, undefined);
      assert(existsSync(other));
    });

    it('keeps its own folder private, and lets others read a shared one', async () => {
      const shared = path.join(path.dirname(folder()), 'media');
      const own = await openJournal(folder());
      await cry(own, NOW);
      await own.close();
      chmodSync(path.join(folder(), 'sounds'), 0o755);
      for (const name of sounds()) chmodSync(path.join(folder(), 'sounds', name), 0o644);
      const journal = await openJournal(folder(), { soundFolder: shared });
      await cry(journal, NOW + HOUR_MS);
      await journal.close();
      await (await openJournal(folder())).close();
      const modes = (where: string): number[] =>
        [where, ...readdirSync(where).map(name => path.join(where, name))].map(
          file => statSync(file).mode & 0o777,
        );
      assert.deepEqual(modes(path.join(folder(), 'sounds')), [0o700, 0o600, 0o600]);
      const usual = path.join(path.dirname(folder()), 'usual');
      mkdirSync(usual);
      for (const name of ['1', '2']) writeFileSync(path.join(usual, name), '');
      assert.deepEqual(modes(shared), modes(usual));
    });

    it('keeps sound in another folder, and leaves what else lies there alone', async () => {
      const soundFolder = path.join(path.dirname(folder()), 'media');
      mkdirSync(soundFolder);
      writeFileSync(path.join(soundFolder, 'song.mp3'), '');
      const { clip } = await cry(await openJournal(folder(), { soundFolder }), NOW);
      assert.match(path.relative(soundFolder, clip!), new RegExp(`^[^/]*-${NOW}-[^/]*\\.mp3$`));
      assert(existsSync(clip!));
      const journal = await openJournal(folder(), { hasSound: false, soundFolder });
      assert.deepEqual(readdirSync(soundFolder), ['song.mp3']);
      await journal.forget();
      assert.deepEqual(readdirSync(soundFolder), ['song.mp3']);
    });

    it('forgets everything, also what is being written', async () => {
      const journal = await openJournal(folder());
      const writing = cry(journal, NOW);
      await journal.noteFact({ kind: 'feed', at: NOW });
      await writing;
      await journal.forget();
      assert(!existsSync(folder()));
      assert.deepEqual([...journal.entries], []);
      await journal.noteCry(endedCry(NOW + HOUR_MS));
      assert.equal(readEntries(entriesFile(folder())).entries.size, 1);
    });

    it('stops clips before the disk is full, says so, and notes cries in memory when it is', async function () {
      const disk = path.join(path.dirname(folder()), 'disk');
      mkdirSync(disk);
      const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=60m', 'tmpfs', disk]);
      if (mounted.status !== 0) skip(this, 'mounting a small disk needs root');
      try {
        const journal = await openJournal(path.join(disk, 'journal'));
        assert((await cry(journal, NOW)).clip);
        const fill = (count: string): unknown =>
          spawnSync('dd', ['if=/dev/zero', `of=${disk}/filler${count}`, 'bs=1M', `count=${count}`]);
        fill('15');
        assert.equal((await cry(journal, NOW + HOUR_MS)).clip, undefined);
        assert.match(journal.trouble.sound!, /almost full/);
        assert.equal(journal.trouble.storage, undefined);
        fill('60');
        spawnSync('dd', ['if=/dev/zero', `of=${disk}/crumbs`, 'bs=1k']);
        // The last page of the file has room for some.
        for (let i = 1; i <= 20; i++) await journal.noteCry(endedCry(NOW + HOUR_MS + i * MINUTE_MS));
        assert.match(journal.trouble.storage!, /Cannot write the journal/);
        for (const name of ['filler15', 'filler60', 'crumbs']) rmSync(path.join(disk, name), { force: true });
        assert((await cry(journal, NOW + 4 * HOUR_MS)).clip);
        assert.equal(JSON.stringify(journal.trouble), '{}');
        const { entries, damaged } = readEntries(entriesFile(path.join(disk, 'journal')));
        assert.deepEqual([entries.size, damaged], [23, []]);
      } finally {
        spawnSync('umount', [disk]);
      }
    });
  });
});
