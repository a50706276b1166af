import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { until } from '../until.js';
import { deepinfant, outcomeOf, start } from './run.js';

describe('deepinfant serve', function () {
  this.timeout(60_000);
  let folder: string;
  before(() => (folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-serve-'))));
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('checks a configuration', async () => {
    const file = path.join(folder, 'checked.yaml');
    writeFileSync(file, 'preset: carefull\nsorces: []\n');
    assert.deepEqual(await deepinfant('serve', '--check', file), {
      status: 1,
      stdout: '',
      stderr: `deepinfant: ${file}:1:1: preset is 'carefull'; expected one of careful, balanced, sensitive.\n${file}:2:1: There is no setting sorces. Did you mean 'sources'?\n`,
    });
    writeFileSync(file, 'preset: careful\n');
    assert.deepEqual(await deepinfant('serve', '--check', file), {
      status: 0,
      stdout: `${file} is valid.\n`,
      stderr: '',
    });
    const missing = await deepinfant('serve', path.join(folder, 'none.yaml'));
    assert.equal(missing.status, 1);
    assert.match(missing.stderr, /^deepinfant: Cannot read .*none\.yaml: no such file or directory\.\n$/);
  });

  it('listens, takes up what is changed, keeps what it has where that is wrong, and ends at SIGTERM', async () => {
    const file = path.join(folder, 'deepinfant.yaml');
    const write = (sources: string): void => {
      writeFileSync(file, `folder: data\nsources: ${sources}\n`);
    };
    write('[{ type: demo, name: Cot }]');
    const child = start(['serve', file]);
    const outcome = outcomeOf(child);
    let output = '';
    child.stdout.on('data', (text: string) => (output += text));
    const printed = (pattern: RegExp): Promise<void> =>
      until(
        () => pattern.test(output),
        () => `${String(pattern)} in\n${output}`,
        30_000,
      );
    await printed(/Cot: running/);
    write('[{ type: demo, nmae: Cot }]');
    await printed(/The former configuration goes on.*\n.*:2:11: sources\.name is missing/);
    write('[{ type: demo, name: Cot }, { type: demo, name: Den }]');
    await printed(/Den: running/);
    child.kill('SIGTERM');
    const { status, stderr } = await outcome;
    assert.deepEqual([status, stderr], [0, '']);
    assert.deepEqual(output.match(/Cot: \w+/g), ['Cot: starting', 'Cot: running', 'Cot: stopped']);
  });
});
