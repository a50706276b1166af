import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { figuresOf } from '../../src/evaluation/metrics.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { readConfig } from '../../src/training/config.js';
import { readCorpus } from '../../src/training/corpus.js';

const FILES = 200;
/** The fold that the shipped network did not see. */
const SHIPPED_FOLD = 0;
const corpusFolder = process.env.DEEPINFANT_DATA ?? path.join(PACKAGE_ROOT, '..', 'shared', 'data');

describe('deepinfant classify on recordings that the shipped model never saw', function () {
  this.timeout(300_000);

  it(`tells cries from the rest in ${FILES} of them (AUC of 0.95 at least)`, async function () {
    if (!existsSync(path.join(corpusFolder, 'manifest.csv'))) {
      console.log(`      skipped: no corpus at ${corpusFolder}; name one with DEEPINFANT_DATA`);
      this.skip();
    }
    const config = await readConfig(path.join(PACKAGE_ROOT, 'models', 'crynet', 'training.json'));
    const { recordings, folds } = await readCorpus(config, { corpus: corpusFolder, more: [], teacher: [] });
    const heldOut = recordings.filter((_, i) => folds[i] === SHIPPED_FOLD);
    // Every second one of about 400: all sources, labels in the corpus's shares.
    const chosen = heldOut.filter((_, i) => i % 2 === 0).slice(0, FILES);
    const main = path.join(PACKAGE_ROOT, 'dist', 'src', 'cli', 'main.js');
    const args = [main, 'classify', '--json', ...chosen.map(recording => recording.file)];
    const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 26 });
    const results = stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as { file: string; cry: { score: number; isCry: boolean } });
    assert.deepEqual(
      results.map(result => result.file),
      chosen.map(recording => recording.file),
    );
    const scored = chosen.map(({ label }, i) => ({ label, score: results[i].cry.score }));
    const cries = chosen.filter(({ label }) => label === 'cry').length;
    const falseAlarms = results.filter((result, i) => result.cry.isCry && chosen[i].label !== 'cry').length;
    const found = results.filter((result, i) => result.cry.isCry && chosen[i].label === 'cry').length;
    const { auc, recallAt } = figuresOf(scored);
    console.log(
      `      ${chosen.length} files of ${new Set(chosen.map(r => r.group)).size} groups: AUC ${auc.toFixed(4)}; ` +
        `recall ${recallAt['0.016'].toFixed(3)} at 1.6 % false alarms; ` +
        `balanced: ${found} of ${cries} cries, ${falseAlarms} of ${chosen.length - cries} others`,
    );
    assert.ok(auc >= 0.95, `AUC ${auc}`);
  });
});
