import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { readConfig } from '../../../src/lab/detector/config.js';
import { PACKAGE_ROOT } from '../../../src/package-root.js';

describe('a training config', () => {
  const shipped = path.join(PACKAGE_ROOT, 'models', 'crynet', 'training.json');
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'deepinfant-config-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('is read as it is written, its fields in their order', async () => {
    for (const name of ['training.json', 'fine-tune.json']) {
      const file = path.join(PACKAGE_ROOT, 'models', 'crynet', name);
      const written = JSON.parse(await readFile(file, 'utf8')) as object;
      assert.equal(JSON.stringify(await readConfig(file)), JSON.stringify(written));
    }
  });

  const mistakes: [string, object, RegExp][] = [
    ['no night to choose thresholds on', { nightHours: 0 }, /nightHours is 0; expected a number above 0/],
    ['one fold', { folds: 1 }, /folds is 1; expected at least 2/],
    [
      'unknown folds',
      { folds: 'phones' },
      /folds is 'phones'; expected a whole number of at least 2, or 'sources'/,
    ],
    ['a crop between two steps', { cropFrames: 100 }, /cropFrames is 100; expected a multiple of 8/],
    ['a name that leads elsewhere', { name: '../x' }, /name is '\.\.\/x'; expected letters/],
    ['a number as text', { learningRate: '0.003' }, /learningRate is '0\.003'; expected a number/],
    ['widths without a layer', { widths: { conv1: 4 } }, /widths\.conv2 is missing/],
    ['no name', { name: undefined }, /name is missing/],
  ];
  for (const [name, changes, message] of mistakes) {
    it(`is refused with ${name}`, async () => {
      const file = path.join(folder, 'config.json');
      const config = JSON.parse(await readFile(shipped, 'utf8')) as object;
      await writeFile(file, JSON.stringify({ ...config, ...changes }));
      await assert.rejects(readConfig(file), { code: 'invalid', message });
    });
  }

  it('is refused where it is not JSON', async () => {
    const file = path.join(folder, 'broken.json');
    await writeFile(file, '{');
    await assert.rejects(readConfig(file), { code: 'config', message: /broken\.json/ });
  });
});
