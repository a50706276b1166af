import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { shipModels } from '../../../src/lab/training/ship-models.js';
import { readModel } from '../../../src/model/load.js';
import { PACKAGE_ROOT } from '../../../src/package-root.js';
import { deepinfant } from '../../cli/run.js';

const MODELS = path.join(PACKAGE_ROOT, 'models');

describe('deepinfant ship', () => {
  let folder: string;
  let run: string;
  let to: string;

  /** A run as `deepinfant train` leaves it. */
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'deepinfant-ship-'));
    run = path.join(folder, 'run');
    to = path.join(folder, 'models');
    for (const name of ['crynet', 'crynet-fixed']) {
      await cp(path.join(MODELS, name), path.join(run, 'all', name), { recursive: true });
      await rm(path.join(run, 'all', name, 'MODEL_CARD.md'));
    }
    await writeFile(path.join(run, 'all', 'run.json'), '{}');
    await writeFile(path.join(run, 'all', 'log.csv'), 'step\n');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('copies every reading of a trained model, which then runs, and leaves its card', async () => {
    await mkdir(path.join(to, 'crynet'), { recursive: true });
    await writeFile(path.join(to, 'crynet', 'MODEL_CARD.md'), 'figures');
    await writeFile(path.join(to, 'crynet', 'manifest.json'), 'the old one');
    const { status, stdout } = await deepinfant('ship', run, '--to', to);
    assert.equal(status, 0);
    assert.deepEqual(stdout.trim().split('\n'), [path.join(to, 'crynet'), path.join(to, 'crynet-fixed')]);
    assert.deepEqual((await readdir(to)).sort(), ['crynet', 'crynet-fixed']);
    assert.deepEqual((await readdir(path.join(to, 'crynet'))).sort(), [
      'MODEL_CARD.md',
      'NOTICE',
      'manifest.json',
      'weights.bin',
    ]);
    assert.equal(await readFile(path.join(to, 'crynet', 'MODEL_CARD.md'), 'utf8'), 'figures');
    for (const name of ['crynet', 'crynet-fixed'])
      assert.deepEqual(await readModel(path.join(to, name)), await readModel(path.join(MODELS, name)));
  });

  it('copies mel7s from where a protocol leaves it', async () => {
    const protocol = path.join(folder, 'protocol');
    await cp(path.join(MODELS, 'mel7s'), path.join(protocol, 'model'), { recursive: true });
    assert.deepEqual(await shipModels(protocol, to), ['mel7s']);
    assert.deepEqual(
      await readFile(path.join(to, 'mel7s', 'weights.bin')),
      await readFile(path.join(MODELS, 'mel7s', 'weights.bin')),
    );
  });

  it('copies nothing of a run whose files do not belong together', async () => {
    const weights = path.join(run, 'all', 'crynet', 'weights.bin');
    const bytes = await readFile(weights);
    bytes[7] ^= 1;
    await writeFile(weights, bytes);
    await assert.rejects(shipModels(run, to), { code: 'run', message: /crynet.*not those of its manifest/ });
    await assert.rejects(readdir(to), { code: 'ENOENT' });
  });

  it('names a folder that holds no finished run', async () => {
    await rm(path.join(run, 'all', 'crynet', 'manifest.json'));
    await rm(path.join(run, 'all', 'crynet-fixed', 'manifest.json'));
    const { status, stderr } = await deepinfant('ship', run, '--to', to);
    assert.equal(status, 1);
    assert.match(stderr, /run contains no finished model/);
    assert.equal((await deepinfant('ship')).status, 2);
  });
});
