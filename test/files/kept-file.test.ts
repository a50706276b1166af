import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DeepInfantError, messageOf } from '../../src/errors.js';
import { KeptFile, type KeptFileOptions } from '../../src/files/kept-file.js';

interface Content {
  count: number;
}

function checkContent(json: unknown): Content {
  const { count } = json as Content;
  if (!Number.isInteger(count)) throw new Error(`count is ${String(count)}.`);
  return { count };
}

describe('KeptFile', () => {
  let folder: string;
  let file: string;
  let troubles: (string | undefined)[];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'kept-'));
    file = path.join(folder, 'private', 'count.json');
    troubles = [];
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  function keptFile(options: Partial<KeptFileOptions<Content>> = {}): KeptFile<Content> {
    return new KeptFile({
      path: file,
      what: 'the count',
      version: 1,
      check: checkContent,
      onTrouble: trouble => troubles.push(trouble?.message),
      ...options,
    });
  }

  it('gives what was saved', async () => {
    assert.deepEqual(keptFile().open(), { content: undefined });
    await keptFile().save(() => ({ count: 7 }));
    assert.deepEqual(keptFile().open(), { content: { count: 7 } });
    assert.deepEqual(troubles, []);
  });

  it('is private, also where others could read it before', async () => {
    await mkdir(path.dirname(file), { mode: 0o755 });
    await writeFile(file, '{"count":1}', { mode: 0o644 });
    const kept = keptFile();
    kept.open();
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    await kept.save(() => ({ count: 2 }));
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.equal((await stat(path.dirname(file))).mode & 0o777, 0o700);
  });

  it('notices a changed digit, sets the file aside and starts empty', async () => {
    await keptFile().save(() => ({ count: 7 }));
    await writeFile(file, (await readFile(file, 'utf8')).replace('"count":7', '"count":8'));
    const { content, damage } = keptFile().open();
    assert.equal(content, undefined);
    assert.match(
      String(damage),
      /count\.json is damaged: its checksum does not match\. It is kept as .*\.damaged\./,
    );
    const [aside] = await readdir(path.dirname(file));
    assert.match(await readFile(path.join(path.dirname(file), aside), 'utf8'), /"count":8/);
  });

  it('uses the copy when the first is damaged', async () => {
    await keptFile({ hasCopy: true }).save(() => ({ count: 7 }));
    await writeFile(file, 'not JSON');
    const { content, damage } = keptFile({ hasCopy: true }).open();
    assert.deepEqual(content, { count: 7 });
    assert.match(String(damage), /Its copy is used instead\./);
  });

  it('never overwrites a good file with content that could not be read again', async () => {
    const kept = keptFile();
    await kept.save(() => ({ count: 7 }));
    await kept.save(() => ({ count: NaN }));
    assert.deepEqual(keptFile().open(), { content: { count: 7 } });
    assert.match(String(troubles[0]), /Cannot save the count in .*count\.json: count is null\./);
    await kept.close();
  });

  it('reads a file without an envelope as version 0', async () => {
    await mkdir(path.dirname(file));
    await writeFile(file, '{"count":3}');
    const versions: number[] = [];
    const check = (json: unknown, version: number): Content => {
      versions.push(version);
      return checkContent(json);
    };
    assert.deepEqual(keptFile({ check }).open().content, { count: 3 });
    assert.deepEqual(versions, [0]);
  });

  it('leaves a file of a newer version alone', async () => {
    await keptFile({ version: 2 }).save(() => ({ count: 7 }));
    assert.throws(
      () => keptFile().open(),
      (error: unknown) => error instanceof DeepInfantError && error.code === 'newer-file',
    );
    assert.deepEqual(keptFile({ version: 2 }).open().content, { count: 7 });
  });

  it('tells once when a write fails, and writes everything once it can', async () => {
    // A file stands where the folder should be.
    await writeFile(path.dirname(file), '');
    const kept = keptFile();
    await kept.save(() => ({ count: 1 }));
    await kept.save(() => ({ count: 2 }));
    assert.equal(troubles.length, 1);
    assert.match(String(troubles[0]), /Free some disk space or make the folder writable/);
    await rm(path.dirname(file));
    await kept.close();
    assert.equal(troubles.at(-1), undefined);
    assert.deepEqual(keptFile().open().content, { count: 2 });
  });

  it('names a file that cannot be read', async () => {
    await mkdir(file, { recursive: true });
    assert.throws(
      () => keptFile().open(),
      (error: unknown) => /^Cannot read .*count\.json/.test(messageOf(error)),
    );
  });

  it('joins what another process wrote in the meantime, and asks for its content after that', async () => {
    let total = 1;
    const join = (other: Content): void => {
      total = Math.max(total, other.count);
    };
    const kept = keptFile({ join });
    kept.open();
    await kept.save(() => ({ count: total }));
    // Nobody else wrote: there is nothing to join.
    total = 0;
    await kept.save(() => ({ count: total }));
    assert.deepEqual(keptFile().open().content, { count: 0 });
    await keptFile({ join: () => undefined }).save(() => ({ count: 5 }));
    await kept.save(() => ({ count: total }));
    assert.deepEqual(keptFile().open().content, { count: 5 });
    assert.deepEqual(troubles, []);
    assert.deepEqual(await readdir(path.dirname(file)), ['count.json']);
  });

  it('never overwrites what another process wrote and nobody can read', async () => {
    const kept = keptFile({ join: () => undefined });
    kept.open();
    await kept.save(() => ({ count: 1 }));
    await writeFile(file, 'not JSON');
    await kept.save(() => ({ count: 2 }));
    const names = await readdir(path.dirname(file));
    const aside = names.find(name => name.endsWith('.damaged'));
    assert.equal(await readFile(path.join(path.dirname(file), aside!), 'utf8'), 'not JSON');
    assert.deepEqual(keptFile().open().content, { count: 2 });
    await keptFile({ version: 2 }).save(() => ({ count: 3 }));
    await kept.save(() => ({ count: 4 }));
    assert.match(String(troubles.at(-1)), /written by a newer version/);
    assert.deepEqual(keptFile({ version: 2 }).open().content, { count: 3 });
    await kept.close();
  });

  it('is written by several nodes of one process at once', async () => {
    const files = Array.from({ length: 8 }, () => keptFile());
    await Promise.all(files.map((kept, count) => kept.save(() => ({ count }))));
    assert.deepEqual(troubles.filter(Boolean), []);
    assert.deepEqual(await readdir(path.dirname(file)), ['count.json']);
    for (const kept of files) await kept.close();
  });

  it('deletes what killed processes left unfinished, and nothing else', async () => {
    await keptFile().save(() => ({ count: 7 }));
    const at = (name: string): string => path.join(path.dirname(file), name);
    for (const name of [
      'count.json.123.tmp',
      'count.json.124.tmp',
      'count.json.old.tmp',
      'other.json.123.tmp',
    ])
      await writeFile(at(name), 'unfinished');
    const before = new Date(Date.now() - 120_000);
    for (const name of ['count.json.123.tmp', 'count.json.old.tmp', 'other.json.123.tmp'])
      await utimes(at(name), before, before);
    keptFile().open();
    assert.deepEqual((await readdir(path.dirname(file))).sort(), [
      'count.json',
      // It may be being written now.
      'count.json.124.tmp',
      'count.json.old.tmp',
      'other.json.123.tmp',
    ]);
  });
});
