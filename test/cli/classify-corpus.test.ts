import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { readCorpusFolder } from '../../src/lab/corpus/corpus.js';
import { figuresOf } from '../../src/lab/evaluation/metrics.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';

const FILES = 200;
const corpusFolder = process.env.DEEPINFANT_DATA ?? path.join(PACKAGE_ROOT, '..', 'shared', 'data');

// The shipped model learned from them: this tells whether it is whole and read as it was trained, not how well it hears
// others. Its card has figures of recordings that networks trained alike never saw.
describe('deepinfant classify on recordings of the corpus', function () {
  this.timeout(300_000);

  it(`tells cries from the rest in ${FILES} of them (AUC of 0.95 at least)`, async function () {
    if (!existsSync(path.join(corpusFolder, 'manifest.csv'))) {
      console.log(`      skipped: no corpus at ${corpusFolder}; name one with DEEPINFANT_DATA`);
      this.skip();
    }
    const { recordings } = await readCorpusFolder(corpusFolder);
    // All sources, labels in the corpus's shares.
    const every = Math.floor(recordings.length / FILES);
    const chosen = recordings.filter((_, i) => i % every === 0).slice(0, FILES);
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
        `recall ${recallAt['0.016'].toFixed(3)} at 1.6% false alarms; ` +
        `balanced: ${found} of ${cries} cries, ${falseAlarms} of ${chosen.length - cries} others`,
    );
    assert.ok(auc >= 0.95, `AUC ${auc}`);
  });
});
