import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { readCorpusFolder } from '../../../src/lab/corpus/corpus.js';

const PHONE = '0c8f14a9-6999-485b-97a2-913c1cbf099c';

describe('readCorpusFolder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'deepinfant-corpus-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Writes files whose content is their name, or what is given. */
  async function write(files: Record<string, string>): Promise<void> {
    for (const [file, content] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
      await writeFile(path.join(folder, file), content || file);
    }
  }

  it('reads a manifest, also beside cry/ and not-cry/', async () => {
    await write({
      'manifest.csv': 'path,label,split_group\na.wav,cry,p1\nb.wav,uncertain,p2\n',
      'a.wav': '',
      'cry/c.wav': '',
      'not-cry/d.wav': '',
    });
    const { recordings, left, remarks } = await readCorpusFolder(folder);
    assert.deepEqual(
      recordings.map(r => r.path),
      ['a.wav'],
    );
    assert.deepEqual(left, { uncertain: 1 });
    assert.deepEqual(remarks, []);
  });

  it('reads cry/ and not-cry/, grouped by phone, else by folder, else by file', async () => {
    await write({
      [`cry/kitchen/${PHONE}-1431028888092-1.7-m-26-sc.3gp`]: '',
      [`not-cry/${PHONE.toUpperCase()}-1430742197-1.0-m-04-hu.caf`]: '',
      'cry/kitchen/monday/a.wav': '',
      'cry/b.WAV': '',
      'cry/notes.txt': '',
      'not-cry/kitchen/a.flac': '',
      'not-cry/b.WAV': '',
    });
    const { recordings, left } = await readCorpusFolder(folder);
    assert.deepEqual(
      recordings.map(r => [r.path, r.label, r.group, r.reason]),
      [
        ['cry/b.WAV', 'cry', 'cry/b.WAV', ''],
        [`cry/kitchen/${PHONE}-1431028888092-1.7-m-26-sc.3gp`, 'cry', PHONE, 'scared'],
        ['cry/kitchen/monday/a.wav', 'cry', 'kitchen', ''],
        [`not-cry/${PHONE.toUpperCase()}-1430742197-1.0-m-04-hu.caf`, 'other', PHONE, ''],
        ['not-cry/b.WAV', 'other', 'not-cry/b.WAV', ''],
        ['not-cry/kitchen/a.flac', 'other', 'kitchen', ''],
      ],
    );
    for (const { file, path: place } of recordings) assert.equal(file, path.join(folder, place));
    assert.deepEqual(left, {});
  });

  it('tells of names outside the convention, of unknown codes and of copies, and keeps all', async () => {
    await write({
      [`cry/${PHONE}-1431028888092-1.7-m-26-zz.3gp`]: '',
      'cry/a.wav': 'one sound',
      'cry/b.wav': 'one sound',
      'not-cry/c.wav': 'one sound',
      'not-cry/d.wav': '',
    });
    const { recordings, remarks } = await readCorpusFolder(folder);
    assert.deepEqual(
      recordings.map(r => r.group),
      [PHONE, 'cry/a.wav', 'cry/a.wav', 'cry/a.wav', 'not-cry/d.wav'],
    );
    assert.deepEqual(
      recordings.map(r => r.reason),
      ['zz', '', '', '', ''],
    );
    assert.equal(remarks.length, 4);
    assert.match(remarks[0], /^reason 'zz' in 1 of 5 file names/);
    assert.match(remarks[1], /4 of 5 file names.*cry\/a\.wav/);
    assert.match(remarks[2], /cry\/b\.wav.*cry\/a\.wav.*are merged\.$/);
    assert.match(remarks[3], /not-cry\/c\.wav.*labelled 'cry', the other 'other'/);
  });

  it('says nothing of names where none is of the convention', async () => {
    await write({ 'cry/a.wav': '', 'not-cry/b.wav': '' });
    assert.deepEqual((await readCorpusFolder(folder)).remarks, []);
  });

  it('has a hash of the content and of what is said of it, not of where it lies', async () => {
    const files = { 'x/cry/a.wav': '', 'x/not-cry/b.wav': '' };
    const hashOf = async (changed: Record<string, string>): Promise<string> => {
      await rm(path.join(folder, 'x'), { recursive: true, force: true });
      await write(changed);
      return (await readCorpusFolder(path.join(folder, 'x'))).sha256;
    };
    const hash = await hashOf(files);
    assert.match(hash, /^[0-9a-f]{64}$/);
    assert.notEqual(await hashOf({ ...files, 'x/cry/a.wav': 'another sound' }), hash);
    assert.notEqual(await hashOf({ 'x/cry/c.wav': 'x/cry/a.wav', 'x/not-cry/b.wav': '' }), hash);
    await write({ 'moved/x/cry/a.wav': 'x/cry/a.wav', 'moved/x/not-cry/b.wav': 'x/not-cry/b.wav' });
    assert.equal((await readCorpusFolder(path.join(folder, 'moved/x'))).sha256, hash);
  });

  it('tells both forms where a folder has neither', async () => {
    const error = { code: 'corpus', message: /manifest\.csv.*cry\/ and not-cry\// };
    await assert.rejects(readCorpusFolder(folder), error);
    await write({ 'cry/a.wav': '' });
    await assert.rejects(readCorpusFolder(folder), error);
  });

  it('names a folder without recordings, and a folder or recording that cannot be read', async () => {
    await assert.rejects(readCorpusFolder(path.join(folder, 'none')), {
      code: 'unreadable',
      message: /none/,
    });
    await write({ 'cry/a.wav': '', 'not-cry/notes.txt': '' });
    await assert.rejects(readCorpusFolder(folder), { code: 'no-recordings', message: /not-cry/ });
    await write({ 'manifest.csv': 'path,label,split_group\nb.wav,cry,p1\n' });
    await assert.rejects(readCorpusFolder(folder), { code: 'unreadable', message: /b\.wav/ });
  });
});
