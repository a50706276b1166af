import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { readManifest } from '../../../src/lab/corpus/manifest.js';

describe('readManifest', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'deepinfant-manifest-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('lists the recordings whose label is scored and counts the others', async () => {
    await writeFile(
      path.join(folder, 'manifest.csv'),
      'path,source,label,reason,split_group,licence\nx/a.wav,mine,cry,hungry,p1,CC0\n' +
        'b.wav,mine,uncertain,,p2,CC0\nc.wav,mine,__proto__,,p2,CC0\n',
    );
    assert.deepEqual(await readManifest(folder), {
      recordings: [
        {
          file: path.join(folder, 'x/a.wav'),
          path: 'x/a.wav',
          label: 'cry',
          sublabel: '',
          reason: 'hungry',
          source: 'mine',
          group: 'p1',
          licence: 'CC0',
          attribution: '',
        },
      ],
      left: Object.fromEntries([
        ['uncertain', 1],
        ['__proto__', 1],
      ]),
    });
  });

  it("reads a spreadsheet's byte-order mark and line ends", async () => {
    await writeFile(
      path.join(folder, 'manifest.csv'),
      '\ufeffpath,label,split_group\r\na.wav,cry,p1\r\nb.wav,other,p2\r\n',
    );
    const { recordings } = await readManifest(folder);
    assert.deepEqual(
      recordings.map(r => [r.path, r.label, r.group]),
      [
        ['a.wav', 'cry', 'p1'],
        ['b.wav', 'other', 'p2'],
      ],
    );
  });

  it('refuses to reach out of the folder', async () => {
    for (const place of [
      '/etc/passwd',
      '../a.wav',
      'x/../../a.wav',
      '..',
      'C:\\a.wav',
      'x\\..\\..\\a.wav',
      '\\\\host\\a.wav',
    ]) {
      await writeFile(path.join(folder, 'manifest.csv'), `path,label,split_group\n${place},cry,p1\n`);
      await assert.rejects(readManifest(folder), { code: 'manifest', message: /inside the folder/ }, place);
    }
    await writeFile(path.join(folder, 'manifest.csv'), 'path,label,split_group\nx/..a...wav,cry,p1\n');
    assert.equal((await readManifest(folder)).recordings.length, 1);
  });

  it('names the file when it is missing, malformed, lacks a column or holds nothing', async () => {
    await assert.rejects(readManifest(folder), { code: 'csv', message: /manifest\.csv/ });
    await writeFile(path.join(folder, 'manifest.csv'), 'path,label\na.wav,cry\n');
    await assert.rejects(readManifest(folder), { code: 'manifest', message: /split_group/ });
    await writeFile(path.join(folder, 'manifest.csv'), 'path;label;split_group\na.wav;cry;p1\n');
    await assert.rejects(readManifest(folder), { code: 'manifest', message: /separated by commas/ });
    await writeFile(
      path.join(folder, 'manifest.csv'),
      'path,label,split_group\na.wav,cry,"p1\nb.wav,cry,p2\n',
    );
    await assert.rejects(readManifest(folder), {
      code: 'csv',
      message: /manifest\.csv: Line 2 has a quote/,
    });
    await writeFile(path.join(folder, 'manifest.csv'), 'path,label,split_group\n');
    await assert.rejects(readManifest(folder), { code: 'manifest', message: /no recording/ });
  });
});
