import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseCsv } from '../../src/dataset/csv.js';
import { readManifest } from '../../src/dataset/manifest.js';

describe('parseCsv', () => {
  it('reads quoted fields, doubled quotes, line breaks in quotes, empty fields and both line ends', () => {
    assert.deepEqual(parseCsv('a,b,c\r\n1,"x, ""y""\nz",\n\n,,3\n', ['a', 'b', 'c']), [
      { a: '1', b: 'x, "y"\nz', c: '' },
      { a: '', b: '', c: '3' },
    ]);
    assert.deepEqual(parseCsv('a\n1', ['b', 'a']), [{ b: '', a: '1' }]);
  });
});

describe('readManifest', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'deepinfant-manifest-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('lists the recordings whose label is scored and counts the others', async () => {
    await writeFile(
      path.join(folder, 'manifest.csv'),
      'path,source,label,split_group,licence\nx/a.wav,mine,cry,p1,CC0\nb.wav,mine,uncertain,p2,CC0\n',
    );
    assert.deepEqual(await readManifest(folder), {
      recordings: [
        {
          file: path.join(folder, 'x/a.wav'),
          path: 'x/a.wav',
          label: 'cry',
          sublabel: '',
          source: 'mine',
          group: 'p1',
          licence: 'CC0',
          attribution: '',
        },
      ],
      left: { uncertain: 1 },
    });
  });

  it('names the file when it is missing, lacks a column or holds nothing', async () => {
    await assert.rejects(readManifest(folder), { code: 'manifest', message: /manifest\.csv/ });
    await writeFile(path.join(folder, 'manifest.csv'), 'path,label\na.wav,cry\n');
    await assert.rejects(readManifest(folder), { code: 'manifest', message: /split_group/ });
    await writeFile(path.join(folder, 'manifest.csv'), 'path,label,split_group\n');
    await assert.rejects(readManifest(folder), { code: 'manifest', message: /no recording/ });
  });
});
