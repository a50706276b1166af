import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { synthesiseCry } from '../../../src/synth/cry.js';
import { PROTOCOL_NAMES } from '../../../src/lab/reasons/protocol.js';
import { writeWav } from '../../audio/wav-writer.js';
import { deepinfant, outcomeOf, start } from '../../cli/run.js';
import { until } from '../../until.js';

const TAGS = ['hungry', 'discomfort', 'tired', 'belly_pain', 'burping'];

describe('deepinfant protocol', function () {
  this.timeout(300_000);
  let folder: string;
  let corpus: string;
  let out: string;

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'deepinfant-protocol-'));
    corpus = path.join(folder, 'corpus');
    out = path.join(folder, 'out');
    await mkdir(corpus);
    const rows = ['path,label,split_group,reason'];
    for (const [i, tag] of [...TAGS, ...TAGS, ...TAGS, 'lonely'].entries()) {
      const cry = synthesiseCry({ seed: i, durationS: 2 });
      await writeFile(path.join(corpus, `${i}.wav`), writeWav(cry, { rate: 16000 }));
      rows.push(`${i}.wav,cry,phone${i},${tag}`);
    }
    await writeFile(path.join(corpus, 'manifest.csv'), rows.join('\n'));
  });
  after(() => rm(folder, { recursive: true }));

  it('keeps what was measured when it is stopped, and prints the table once all is there', async () => {
    const args = ['protocol', '--data', corpus, '--out', out, '--steps', '1'];
    const first = path.join(out, 'copies-by-file-0.json');
    const child = start(args);
    const ended = outcomeOf(child);
    await until(() => child.exitCode !== null || existsSync(first), first, 60_000);
    child.kill('SIGINT');
    const stopped = await ended;
    assert.equal(stopped.status, 130, stopped.stderr);
    assert.match(stopped.stderr, /^15 cries with a reason from 15 phones, 1 left out: lonely\n/);

    // Training the other folds would take a minute; that they are not trained again is what matters here.
    const measured = await readFile(first);
    for (const name of PROTOCOL_NAMES)
      for (let fold = 0; fold < 5; fold++) await writeFile(path.join(out, `${name}-${fold}.json`), measured);
    await mkdir(path.join(out, 'model'));
    await writeFile(path.join(out, 'model', 'manifest.json'), '{}');
    const { status, stdout, stderr } = await deepinfant(...args);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^ +accuracy +balanced accuracy +macro-F1 +AUC *\n/);
    assert.match(stdout, /split by phone \(25 tested\) *\n( {2}\S.*\d\.\d\d.*\n){4}/);
    assert.match(stdout, /split by file, phones unknown \(25 tested\)/);
    const [, picture, model] = /Plot: (.+)\nModel: (.+)\n$/.exec(stdout)!;
    assert.match(await readFile(picture, 'utf8'), /^<svg /);
    assert.equal(model, path.join(out, 'model'));

    const json = await deepinfant(...args, '--json');
    const figures = JSON.parse(json.stdout) as Record<string, unknown>;
    assert.equal(figures.recordings, 15);
    assert.equal(figures.phones, 15);
    assert.deepEqual(figures.left, { lonely: 1 });
    assert.deepEqual(Object.keys(figures.protocols as object), PROTOCOL_NAMES);
  });

  it('says when the phones are too few to measure what sound alone tells', async () => {
    const { status, stderr } = await deepinfant('protocol', '--data', corpus, '--sound');
    assert.equal(status, 1);
    assert.match(stderr, /at least 45 phones \(split_group\); the corpus has 15/);
  });

  it('says what is wrong with its call, and with a corpus that tells no reasons', async () => {
    const missing = await deepinfant('protocol');
    assert.equal(missing.status, 2);
    assert.match(missing.stderr, /^Give a corpus with --data.*\n\nUsage: deepinfant protocol --data FOLDER/);
    const steps = await deepinfant('protocol', '--data', corpus, '--steps', '1.5');
    assert.equal(steps.status, 2);
    assert.match(steps.stderr, /^--steps must be a whole number/);

    const silent = path.join(folder, 'silent');
    await mkdir(silent);
    await writeFile(path.join(silent, 'manifest.csv'), 'path,label,split_group\na.wav,cry,a\n');
    await writeFile(path.join(silent, 'a.wav'), writeWav(new Float32Array(48000), { rate: 16000 }));
    const reasonless = await deepinfant('protocol', '--data', silent, '--out', out);
    assert.equal(reasonless.status, 1);
    assert.match(
      reasonless.stderr,
      /Each reason needs cries from at least 3 phones .* hungry: 0, discomfort: 0/,
    );
  });
});
