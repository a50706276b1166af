import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { deepinfant, outcomeOf, start } from './run.js';

describe('deepinfant', () => {
  it('tells its version', async () => {
    const manifest = JSON.parse(readFileSync(path.join(PACKAGE_ROOT, 'package.json'), 'utf8')) as {
      version: string;
    };
    assert.deepEqual(await deepinfant('--version'), {
      status: 0,
      stdout: `${manifest.version}\n`,
      stderr: '',
    });
  });

  it('lists its commands with --help, and one with that command', async () => {
    const all = await deepinfant('--help');
    assert.equal(all.status, 0);
    for (const command of [
      'classify',
      'listen',
      'journal',
      'devices',
      'teach',
      'train',
      'ship',
      'evaluate',
      'protocol',
    ]) {
      const one = await deepinfant(command, '--help');
      assert.equal(one.status, 0);
      assert.match(one.stdout, new RegExp(`^deepinfant ${command} `));
      assert.ok(all.stdout.includes(one.stdout.trim()));
    }
  });

  it('loads the laboratory for its own commands only', async () => {
    const fromLab = async (...args: string[]): Promise<string[]> => {
      const { stderr } = await outcomeOf(start(args, ['--require', path.join(__dirname, 'loaded-log.js')]));
      const loaded = JSON.parse(/^loaded (.*)$/m.exec(stderr)![1]) as string[];
      assert.ok(loaded.some(file => file.endsWith('main.js')));
      return loaded.filter(file => file.includes(path.join('src', 'lab', path.sep)));
    };
    assert.deepEqual(await fromLab('listen', 'no-such.wav'), []);
    assert.deepEqual(await fromLab('classify', 'no-such.wav'), []);
    assert.notDeepEqual(await fromLab('train', '--help'), []);
  });

  const mistakes: [string, string[], RegExp][] = [
    ['no command', [], /^deepinfant detects/],
    ['an unknown command', ['clasify'], /^There is no command 'clasify'/],
    ['an unknown option', ['classify', '--loud', 'x.wav'], /^Unknown option '--loud'/],
    ['no file', ['classify'], /^Name the files or folders/],
    ['an unknown preset', ['classify', '--preset', 'loud', 'x.wav'], /^There is no preset 'loud'/],
    ['--windows without --json', ['classify', '--windows', 'x.wav'], /^--windows needs --json/],
    ['two files to listen to', ['listen', 'x.wav', 'y.wav'], /^Name one microphone, camera or recording/],
    ['a microphone to hear fast', ['listen', 'mic', '--fast'], /^--fast works with recordings only/],
    ['a question that no journal answers', ['journal', 'weather'], /^'weather' is not a question/],
    ['a picture of an export', ['journal', 'export', '--picture', 'x.svg'], /^An export has no picture/],
    ['nothing to evaluate on', ['evaluate'], /^Give a corpus with --data/],
    ['a rival without a name', ['evaluate', '--data', 'x', '--rival', 'y.csv'], /^--rival takes NAME=FILE/],
    ['nothing to train with', ['train'], /^Give one training config/],
  ];
  for (const [name, args, message] of mistakes) {
    it(`answers ${name} with its usage and status 2`, async () => {
      const { status, stdout, stderr } = await deepinfant(...args);
      assert.equal(status, 2);
      assert.equal(stdout, '');
      assert.match(stderr, message);
      assert.match(stderr, /deepinfant (classify|listen|journal|train|evaluate) /);
      // Once, not twice.
      const usage = stderr.match(/^deepinfant \w+ .*$/gm)!;
      assert.equal(new Set(usage).size, usage.length);
    });
  }
});
