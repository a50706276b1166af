import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MemoryFile } from '../../src/baby/memory-file.js';

const check = (json: unknown): { n: number } => {
  if (typeof (json as { n?: unknown } | null)?.n !== 'number') throw new Error('It has no number.');
  return json as { n: number };
};

describe('the file of a memory', () => {
  let folder: string;
  let file: MemoryFile;
  const inFolder = (name: string): string => path.join(folder, name);

  beforeEach(() => {
    folder = path.join(mkdtempSync(path.join(tmpdir(), 'deepinfant-')), 'baby');
    file = new MemoryFile(folder);
  });
  afterEach(() => {
    rmSync(path.dirname(folder), { recursive: true });
  });

  it('gives back what was saved, and nothing before that', async () => {
    assert.deepEqual(file.open(check), { memory: undefined });
    await file.save(() => ({ n: 1 }));
    assert.deepEqual(new MemoryFile(folder).open(check), { memory: { n: 1 } });
    assert.deepEqual(readdirSync(folder).sort(), ['memory.copy.json', 'memory.json']);
  });

  it('writes once for many changes, and what is newest', async () => {
    let n = 0;
    let writes = 0;
    const saves: Promise<void>[] = [];
    for (n = 1; n <= 100; n++) saves.push(file.save(() => (writes++, { n })));
    await Promise.all(saves);
    assert.deepEqual(file.open(check), { memory: { n: 101 } });
    assert(writes <= 2, String(writes));
  });

  for (const [damage, bytes] of Object.entries({
    'cut off': '{"n":',
    empty: '',
    zeros: '\0'.repeat(100),
    'something else': '{"m":1}',
    null: 'null',
  })) {
    it(`falls back to its copy when it is ${damage}, says so and keeps the damaged one`, async () => {
      await file.save(() => ({ n: 1 }));
      writeFileSync(inFolder('memory.json'), bytes);
      const opened = file.open(check);
      assert.deepEqual(opened.memory, { n: 1 });
      assert.match(opened.damage!, /memory\.json is damaged: .* It is kept as .*\. Its copy is used\.$/);
      const aside = readdirSync(folder).find(name => name.endsWith('.damaged'))!;
      assert.equal(readFileSync(inFolder(aside), 'latin1'), bytes);
      await file.save(() => ({ n: 2 }));
      assert.deepEqual(file.open(check), { memory: { n: 2 } });
    });
  }

  it('begins anew when both are damaged, and keeps them', async () => {
    await file.save(() => ({ n: 1 }));
    for (const name of ['memory.json', 'memory.copy.json']) writeFileSync(inFolder(name), 'x');
    const { memory, damage } = file.open(check);
    assert.equal(memory, undefined);
    assert.match(damage!, /It begins anew\.$/);
    assert.equal(readdirSync(folder).filter(name => name.endsWith('.damaged')).length, 2);
  });

  it('deletes everything, and can be used again', async () => {
    await file.save(() => ({ n: 1 }));
    writeFileSync(inFolder('memory.json'), 'x');
    file.open(check);
    void file.save(() => ({ n: 2 }));
    await file.remove();
    assert.deepEqual(readdirSync(path.dirname(folder)), []);
    await file.save(() => ({ n: 3 }));
    assert.deepEqual(file.open(check), { memory: { n: 3 } });
  });

  it('names the folder that cannot be written, and writes once it can be', async () => {
    writeFileSync(folder, 'a file where the folder is to be');
    await assert.rejects(
      file.save(() => ({ n: 1 })),
      { code: 'storage', message: new RegExp(`cannot be kept in ${folder}: .*EEXIST|ENOTDIR`) },
    );
    rmSync(folder);
    await file.save(() => ({ n: 2 }));
    assert.deepEqual(file.open(check), { memory: { n: 2 } });
  });

  it('leaves the old memory whole on a full disk, and no debris', async function () {
    const disk = path.join(path.dirname(folder), 'disk');
    spawnSync('mkdir', [disk]);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]);
    if (mounted.status !== 0) {
      console.log('      skipped: only root may mount a small disk');
      this.skip();
    }
    try {
      const full = new MemoryFile(path.join(disk, 'baby'));
      await full.save(() => ({ n: 1 }));
      await assert.rejects(
        full.save(() => ({ n: 2, text: 'x'.repeat(100_000) })),
        { code: 'storage', message: /ENOSPC.*Make room/ },
      );
      assert.deepEqual(readdirSync(path.join(disk, 'baby')).sort(), ['memory.copy.json', 'memory.json']);
      assert.deepEqual(full.open(check), { memory: { n: 1 } });
      await full.save(() => ({ n: 3 }));
      assert.deepEqual(full.open(check), { memory: { n: 3 } });
    } finally {
      spawnSync('umount', [disk]);
    }
  });
});
