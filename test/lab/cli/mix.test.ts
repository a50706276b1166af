import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { PACKAGE_ROOT } from '../../../src/package-root.js';
import { synthesiseCry } from '../../../src/synth/cry.js';
import { babble } from '../../../src/synth/nursery.js';
import { writeWav } from '../../audio/wav-writer.js';
import { deepinfant } from '../../cli/run.js';
import { MN04, needFiles, YAMNET } from '../teacher/published.js';

describe('deepinfant mix', function () {
  this.timeout(240_000);
  let folder: string;
  let corpus: string;
  let config: string;
  let scores: string;

  before(async function () {
    folder = await mkdtemp(path.join(os.tmpdir(), 'deepinfant-mix-'));
    needFiles(this, YAMNET, MN04);
    corpus = path.join(folder, 'corpus');
    config = path.join(folder, 'config.json');
    scores = path.join(folder, 'scores');
    await mkdir(corpus);
    let manifest = 'path,label,split_group\n';
    for (let seed = 0; seed < 3; seed++) {
      for (const [label, sound] of [
        ['cry', synthesiseCry({ seed, durationS: 3 })],
        ['speech', babble({ seed, durationS: 3 })],
      ] as const) {
        const name = `${label}${seed}.wav`;
        await writeFile(path.join(corpus, name), writeWav(sound, { rate: 16000 }));
        manifest += `${name},${label},${name}\n`;
      }
    }
    await writeFile(path.join(corpus, 'manifest.csv'), manifest);
    const shipped = await readFile(path.join(PACKAGE_ROOT, 'models', 'crynet', 'training.json'), 'utf8');
    const { widths, ...rest } = JSON.parse(shipped) as { widths: object };
    const small = {
      ...rest,
      ...{ folds: 2, cropFrames: 64, steps: 2, batch: 2, nightHours: 0.02 },
      widths: Object.fromEntries(Object.keys(widths).map(name => [name, 4])),
    };
    await writeFile(config, JSON.stringify(small));
    const cache = path.join(folder, 'cache');
    await deepinfant('teach', YAMNET, MN04, '--data', corpus, '--out', scores, '--cache', cache);
  });
  after(() => rm(folder, { recursive: true }));

  it('makes mixtures that teachers heard, which a network can learn from, and adds to them', async () => {
    const out = path.join(folder, 'mixtures');
    const make = (count: number): ReturnType<typeof deepinfant> =>
      deepinfant(
        ...['mix', config, YAMNET, MN04, '--data', corpus, '--teacher', scores],
        ...['--out', out, '--count', String(count)],
      );
    const first = await make(50);
    assert.equal(first.status, 0, first.stderr);
    assert.match(first.stdout, /6 of 6 recordings are mixed/);
    assert.match(first.stdout, /64 mixtures: /);
    const kept = await readFile(path.join(out, 'mixtures-0.bin'));
    const more = await make(65);
    assert.match(more.stdout, /128 mixtures: /, more.stderr);
    assert.deepEqual(await readFile(path.join(out, 'mixtures-0.bin')), kept);
    const trained = await deepinfant(
      ...['train', config, '--data', corpus, '--teacher', scores, '--mixtures', out],
      ...['--fold', '0', '--out', path.join(folder, 'trained')],
    );
    assert.equal(trained.status, 0, trained.stderr);
    assert.match(trained.stdout, /fold 0: AUC/);
  });

  it('are not learned from with other recordings, or without the scores they were made with', async () => {
    const out = path.join(folder, 'foreign');
    await mkdir(out);
    await writeFile(path.join(out, 'run.json'), '{"cropFrames":64,"corpusSha256":"another"}');
    const train = (...options: string[]): ReturnType<typeof deepinfant> =>
      deepinfant('train', config, '--data', corpus, '--out', path.join(folder, 'run'), ...options);
    const foreign = await train('--teacher', scores, '--mixtures', out);
    assert.match(foreign.stderr, /The mixtures in .*foreign were made with another corpusSha256/);
    const missing = await train('--teacher', scores, '--mixtures', path.join(folder, 'nowhere'));
    assert.match(missing.stderr, /nowhere holds no mixtures: .*deepinfant mix/);
    const deaf = await train('--mixtures', out);
    assert.match(deaf.stderr, /Mixtures need the scores of both teachers/);
    for (const { status } of [foreign, missing, deaf]) assert.equal(status, 1);
  });
});

// It needs no teacher.
describe('deepinfant mix without scores', () => {
  it('asks for the scores of both teachers', async () => {
    const files = ['config.json', 'yamnet.tflite', 'mn04_as.onnx'];
    const { status, stderr } = await deepinfant('mix', ...files, '--data', 'corpus', '--out', 'mixtures');
    assert.equal(status, 2);
    assert.match(stderr, /^Give a training config/);
  });
});
