import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isChainedOgg } from '../../src/audio/ogg.js';

const FIRST = 2;
const FURTHER = 0;

/** A page of one segment. */
function page(flags: number): Buffer {
  const bytes = Buffer.alloc(28 + 30);
  bytes.write('OggS');
  bytes[5] = flags;
  bytes[26] = 1;
  bytes[27] = 30;
  return bytes;
}

describe('isChainedOgg', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-ogg-'));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  function write(...pages: Buffer[]): string {
    const file = path.join(folder, 'sound.ogg');
    writeFileSync(file, Buffer.concat(pages));
    return file;
  }

  it('tells streams one after another from one, and from several beside each other', async () => {
    assert.equal(await isChainedOgg(write(page(FIRST), page(FURTHER))), false);
    assert.equal(await isChainedOgg(write(page(FIRST), page(FIRST), page(FURTHER))), false);
    const chained = [page(FIRST), page(FURTHER), page(FIRST), page(FURTHER)];
    assert.equal(await isChainedOgg(write(...chained)), true);
    assert.equal(await isChainedOgg(write(page(FIRST), Buffer.alloc(100), ...chained)), false);
    assert.equal(await isChainedOgg(write(page(FIRST).subarray(0, 27))), false);
  });

  it('reads a hundred thousand small pages in moments, and ends when it is told to', async function () {
    this.timeout(10_000);
    const file = write(page(FIRST), ...new Array<Buffer>(100_000).fill(page(FURTHER)), page(FIRST));
    assert.equal(await isChainedOgg(file), true);
    await assert.rejects(isChainedOgg(file, AbortSignal.abort()), { name: 'AbortError' });
  });
});
