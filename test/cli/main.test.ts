import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { needTools } from '../tools.js';
import { deepinfant, outcomeOf, start, MAIN } from './run.js';

describe('deepinfant', () => {
  it('prints its version', async () => {
    const manifest = JSON.parse(readFileSync(path.join(PACKAGE_ROOT, 'package.json'), 'utf8')) as {
      version: string;
    };
    for (const flag of ['--version', '-V']) {
      assert.deepEqual(await deepinfant(flag), {
        status: 0,
        stdout: `${manifest.version}\n`,
        stderr: '',
      });
    }
  });

  it('lists its commands, the laboratory apart, and explains each with examples', async () => {
    const all = await deepinfant('--help');
    assert.equal(all.status, 0);
    for (const way of ['-h', 'help']) assert.deepEqual(await deepinfant(way), all);
    const [everyday, laboratory] = all.stdout.split('Laboratory');
    assert.ok(all.stdout.split('\n').length <= 25, 'an overview fits a terminal');
    for (const command of ['listen', 'serve', 'classify', 'devices', 'journal'])
      assert.match(everyday, new RegExp(`^  ${command} `, 'm'));
    for (const command of [
      'classify',
      'listen',
      'journal',
      'devices',
      'serve',
      'teach',
      'train',
      'ship',
      'evaluate',
      'protocol',
    ]) {
      const one = await deepinfant(command, '--help');
      assert.equal(one.status, 0);
      assert.match(one.stdout, new RegExp(`^Usage: deepinfant ${command} `));
      assert.match(one.stdout, new RegExp(`\nExamples:\n  deepinfant ${command}`));
      const lines = one.stdout.slice(one.stdout.indexOf('\n\n')).split('\n');
      assert.ok(lines.every(line => line.length < 80));
      for (const way of [
        [command, '-h'],
        ['help', command],
      ])
        assert.deepEqual(await deepinfant(...way), one);
    }
    for (const command of ['mix', 'train', 'evaluate', 'teach', 'ship', 'protocol'])
      assert.match(laboratory, new RegExp(`^  ${command} `, 'm'));
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
    assert.deepEqual(await fromLab('--help'), []);
    assert.notDeepEqual(await fromLab('train', '--help'), []);
  });

  const mistakes: [string, string[], RegExp][] = [
    ['no command', [], /^deepinfant hears/],
    ['an unknown command', ['clasify'], /^There is no command 'clasify'\. Did you mean 'classify'\?/],
    ['a command unlike any', ['sing'], /^There is no command 'sing'\. There are listen, classify, /],
    [
      'an option before a command',
      ['--loud', 'classify'],
      /^There is no option --loud before a command\. See/,
    ],
    ['a word for an option', ['version'], /^There is no command 'version'\. Did you mean '--version'\?/],
    ['a question about no time', ['journal', 'night', 'soon'], /^'soon' is not a time\. Give a date such as/],
    ['an unknown option', ['classify', '--loud', 'x.wav'], /^There is no option --loud\.\n/],
    [
      'a mistyped option',
      ['classify', '--presets=x'],
      /^There is no option --presets\. Did you mean --preset\?/,
    ],
    [
      'an option without its value',
      ['classify', 'x.wav', '--preset'],
      /^--preset needs a value: --preset=NAME\.\n/,
    ],
    [
      'an option for a value',
      ['classify', '--preset', '--json'],
      /^--preset needs a value: --preset=NAME\.\n/,
    ],
    ['a value for a switch', ['classify', '--json=yes'], /^--json does not take a value\.\n/],
    ['a word where options go', ['devices', 'mic'], /^'mic' is not an option/],
    ['a recording to wait for', ['listen', 'x.wav', '--wait'], /^--wait works with microphones/],
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
      assert.match(stderr, /^Usage: deepinfant |See deepinfant --help/m);
      assert.doesNotMatch(stderr, /ERR_|node:/);
    });
  }

  it('says in words what the computer refuses', async () => {
    const { status, stdout, stderr } = await deepinfant(
      'evaluate',
      '--families',
      '1',
      '--out',
      '/dev/null/x.svg',
    );
    assert.deepEqual({ status, stdout }, { status: 1, stdout: '' });
    assert.match(stderr, /^deepinfant: \/dev\/null\/x\.svg\S*: not a directory\.\n$/);
  });

  it('says when its output cannot be written', async () => {
    const { code, stderr } = await promisify(execFile)('bash', [
      '-c',
      `"$0" "$1" --version > /dev/full`,
      process.execPath,
      MAIN,
    ]).then(
      () => assert.fail('it wrote'),
      (error: unknown) => error as { code: number; stderr: string },
    );
    assert.deepEqual(
      { code, stderr },
      { code: 1, stderr: 'deepinfant: The output cannot be written: no space left on device.\n' },
    );
  });

  describe('completion', () => {
    /** What bash offers for a line that ends where the cursor is. */
    async function offers(...words: string[]): Promise<string[]> {
      const { stdout: script } = await deepinfant('completion', 'bash');
      const ask = `COMP_WORDS=(deepinfant "$@"); COMP_CWORD=$#; _deepinfant; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const { stdout } = await promisify(execFile)('bash', ['-c', `${script}\n${ask}`, 'bash', ...words]);
      return stdout.trim().split('\n');
    }

    it('completes commands, options and their words in bash', async () => {
      assert.deepEqual(await offers('cl'), ['classify']);
      assert.deepEqual(await offers('listen', ''), ['mic']);
      assert.deepEqual(await offers('listen', 'mic', '--wa'), ['--wait']);
      assert.deepEqual(await offers('classify', '--preset', 's'), ['sensitive']);
      assert.deepEqual(await offers('help', 'jo'), ['journal']);
      assert.deepEqual(await offers('completion', 'z'), ['zsh']);
    });

    for (const shell of ['zsh', 'fish'] as const) {
      it(`writes a script that ${shell} understands`, async function () {
        needTools(this, shell);
        const { stdout: script } = await deepinfant('completion', shell);
        await promisify(execFile)(shell, ['-c', script]);
      });
    }

    it('names the shells that it knows', async () => {
      const { status, stderr } = await deepinfant('completion', 'tcsh');
      assert.equal(status, 2);
      assert.match(stderr, /^Name the shell: bash, zsh, fish\.\n/);
    });
  });
});
