import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { synthesiseCry } from '../../src/synth/cry.js';
import { quantile } from '../../src/maths/statistics.js';
import { nurseryScene } from '../../src/synth/scene.js';
import { manifestText } from '../../src/model/manifest-text.js';
import { MOST_ODDS, type ModelManifest } from '../../src/model/manifest.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { LABELS, SAMPLE_RATE } from '../../src/values.js';
import { chunk, formatChunk, wavFile, writeWav } from '../audio/wav-writer.js';
import { needTools } from '../tools.js';
import { deepinfant, jsonLines, type Line, type Outcome, outcomeOf, start, startOnTerminal } from './run.js';

describe('deepinfant classify', () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-'));
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  function write(name: string, content: Buffer | string): string {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  }

  const cry = synthesiseCry({ seed: 1, durationS: 6 });
  const rate = SAMPLE_RATE;

  describe('of recordings of every kind, good and bad', () => {
    /** Each with its length as it can be heard; without one it can't be. */
    const recordings: { name: string; content: Buffer | string; durationS?: number; error?: RegExp }[] = [
      { name: 'cry.wav', content: writeWav(cry, { rate }), durationS: 6 },
      { name: 'empty.wav', content: '', error: /is empty/ },
      {
        name: 'truncated.wav',
        content: writeWav(cry, { rate }).subarray(0, 96044),
        durationS: 3,
        error: /is cut off/,
      },
      { name: 'zero-length.wav', content: writeWav(new Float32Array(0), { rate }), error: /no audio/ },
      { name: 'silent.wav', content: writeWav(new Float32Array(5 * rate), { rate }), durationS: 5 },
      {
        name: 'nan.wav',
        content: writeWav(new Float32Array(5 * rate).fill(NaN), { rate, format: 'float32' }),
        durationS: 5,
      },
      {
        name: 'clipped.wav',
        content: writeWav(
          cry.map(x => Math.sign(x)),
          { rate },
        ),
        durationS: 6,
      },
      {
        name: '192 kHz of 8 channels.wav',
        content: wavFile(formatChunk(1, 192000, 8, 2), chunk('data', Buffer.alloc(2 * 192000 * 16))),
        durationS: 2,
      },
      { name: 'text.wav', content: 'Dear diary, the baby slept well.\n', error: /is not audio/ },
      { name: 'last.wav', content: writeWav(cry.subarray(0, 0.3 * rate), { rate }), durationS: 0.3 },
    ];
    let files: string[];
    let outcome: Outcome;
    let lines: Line[];

    before(async () => {
      files = recordings.map(({ name, content }) => write(`kinds/${name}`, content));
      outcome = await deepinfant('classify', '--json', '--windows', ...files);
      lines = jsonLines(outcome.stdout);
    });

    it('prints an object for each, in their order, and ends with status 1', () => {
      assert.deepEqual(
        lines.map(({ file }) => file),
        files,
      );
      assert.equal(outcome.status, 1);
      assert.equal(outcome.stderr, 'deepinfant: 4 of 10 recordings could not be read to their end.\n');
    });

    recordings.forEach(({ name, durationS, error }, i) => {
      it(`says ${error ? 'what is wrong with' : 'what it heard in'} ${name}`, () => {
        const { file, error: said = '', ...heard } = lines[i];
        assert.match(said, error ?? /^$/);
        if (error) assert.ok(said.startsWith(file));
        assert.equal(heard.durationS, durationS);
        if (durationS === undefined) {
          assert.deepEqual(heard, {});
          return;
        }
        assert.equal(heard.model?.name, 'crynet');
        assert.ok(heard.cry!.score >= 0 && heard.cry!.score <= 1);
        assert.equal(heard.windows![0].startS, 0);
        for (const { scores } of heard.windows!) assert.deepEqual(Object.keys(scores), [...LABELS]);
      });
    });

    it('tells a cry with its events and reason from silence', () => {
      const [crying, cutOff, silent] = ['cry.wav', 'truncated.wav', 'silent.wav'].map(
        name => lines[recordings.findIndex(recording => recording.name === name)],
      );
      assert.equal(crying.cry!.isCry, true);
      for (const { events } of [crying, cutOff])
        assert.deepEqual([events![0].state, events!.at(-1)!.state], ['started', 'ended']);
      assert.equal(typeof crying.reason!.label, 'string');
      assert.ok(!('embedding' in crying.events![0]));
      assert.equal(silent.cry!.isCry, false);
      assert.deepEqual([silent.events, silent.reason], [[], null]);
    });

    it('prints no windows unless asked', async () => {
      const [line] = jsonLines((await deepinfant('classify', '--json', files[0])).stdout);
      assert.deepEqual(Object.keys(line), ['file', 'durationS', 'cry', 'events', 'reason', 'model']);
    });

    it('prints aligned lines for people, and errors to stderr', async () => {
      const { status, stdout, stderr } = await deepinfant('classify', files[0], files[1], files[4]);
      assert.equal(status, 1);
      const [crying, silent] = stdout.trimEnd().split('\n');
      assert.match(crying, /cry\.wav +6\.0 s {2}cry +\d+% {2}The baby cried for \d s: /);
      assert.match(silent, /silent\.wav +5\.0 s {2}no cry +\d+%$/);
      assert.equal(crying.indexOf('%'), silent.indexOf('%'));
      assert.match(stderr, /^deepinfant: \S+empty\.wav is empty/);
    });

    it('goes on after a path that does not exist', async () => {
      const { status, stdout } = await deepinfant('classify', '--json', `${folder}/nope.wav`, files[4]);
      assert.equal(status, 1);
      const [missing, silent] = jsonLines(stdout);
      assert.match(missing.error!, /nope\.wav does not exist/);
      assert.equal(silent.durationS, 5);
    });

    it('goes on after a folder that can not be listed and a link to itself', async () => {
      const mixed = path.dirname(write('mixed/good.wav', readFileSync(files[9])));
      symlinkSync('loop.wav', path.join(mixed, 'loop.wav'));
      // A path of more than 4096 bytes can't be listed by root either, but is easily made of two halves.
      const name = 'n'.repeat(250);
      const half = Array.from({ length: 9 }, () => name).join('/');
      mkdirSync(path.join(mixed, half), { recursive: true });
      mkdirSync(path.join(folder, half), { recursive: true });
      const [apart, together] = [path.join(folder, name), path.join(mixed, half, name)];
      renameSync(apart, together);
      try {
        const { status, stdout } = await deepinfant('classify', '--json', mixed);
        assert.equal(status, 1);
        const [deep, good, loop, ...rest] = jsonLines(stdout);
        assert.match(deep.error!, /cannot be read: ENAMETOOLONG/);
        assert.deepEqual([good.durationS, good.error], [0.3, undefined]);
        assert.match(loop.error!, /loop\.wav cannot be read: ELOOP/);
        assert.deepEqual(rest, []);
      } finally {
        renameSync(together, apart);
      }
    });

    it('hears files whose names are not UTF-8, names what it skips, and says what is odd', () => {
      const bytes = path.dirname(write('bytes/notes.txt', 'She slept.\n'));
      const named = Buffer.concat([Buffer.from(`${bytes}/`), Buffer.from('caf\xe9.wav', 'latin1')]);
      writeFileSync(named, readFileSync(files[9]));
      write('bytes/._x.wav', 'x');
      const declared = writeWav(cry, { rate });
      declared.writeUInt32LE(2 * rate, 40);
      write('bytes/short.wav', declared);
      // A shell can write bytes that are not UTF-8.
      const script = `node '${path.join(PACKAGE_ROOT, 'dist/src/cli/main.js')}' classify --json '${bytes}' "$(printf '${bytes}/caf\\351.wav')"`;
      const { status, stdout, stderr } = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
      assert.equal(status, 0);
      assert.equal(
        stderr,
        `deepinfant: ${bytes}/short.wav holds 6.0 s of audio, though its header says 1.0 s. All of it was heard.\n` +
          `deepinfant: Skipped in ${bytes}: 1 file without sound (notes.txt) and 1 hidden file.\n`,
      );
      const [inFolder, short, alone] = jsonLines(stdout);
      assert.equal(inFolder.file, `${bytes}/caf\udce9.wav`);
      assert.deepEqual(alone, inFolder);
      assert.deepEqual([short.durationS, short.cry!.isCry], [6, true]);
    });

    it('calls more a cry the less careful the preset is', async () => {
      const model = path.join(folder, 'model');
      cpSync(path.join(PACKAGE_ROOT, 'models', 'crynet'), model, { recursive: true });
      const [crying, silent] = [lines[0], lines[4]].map(({ cry }) => cry!.score);
      const clips = { careful: (1 + crying) / 2, balanced: (crying + silent) / 2, sensitive: silent / 2 };
      const manifest = JSON.parse(readFileSync(path.join(model, 'manifest.json'), 'utf8')) as ModelManifest;
      const presets = Object.fromEntries(
        Object.entries(clips).map(([preset, clip]) => {
          const { balanced } = manifest.presets;
          // The tracker alone would report the cry with any less.
          return [preset, { ...balanced, clip, ...(preset === 'careful' && { odds: MOST_ODDS - 1 }) }];
        }),
      );
      writeFileSync(path.join(model, 'manifest.json'), manifestText({ ...manifest, presets }));
      const verdicts = await Promise.all(
        Object.keys(clips).map(async preset => {
          const args = ['--json', '--model', model, '--preset', preset, files[0], files[4]];
          return jsonLines((await deepinfant('classify', ...args)).stdout).map(({ cry }) => cry!.isCry);
        }),
      );
      assert.deepEqual(verdicts, [
        [false, false],
        [true, false],
        [true, true],
      ]);
    });

    it('shows its progress on a terminal, and leaves none of it behind', async function () {
      needTools(this, 'script');
      const { stdout } = await outcomeOf(startOnTerminal(['classify', path.dirname(files[0])]));
      // Each status is written over the one before.
      const statuses = stdout.split('\r\u001b[K').filter(text => /^[█░]/.test(text));
      assert.match(statuses[0], /^░{20} 0\/10$/);
      assert.match(statuses[5], /^█{10}░{10} 5\/10, \d+ s left/);
      assert.match(statuses[10], /^█{20} 10\/10$/);
      const shown = stdout.split('\r\n').map(line => line.slice(line.lastIndexOf('\r\u001b[K') + 4));
      assert.equal(shown.filter(line => /^\S.* s {2}(no )?cry +\d+%/.test(line)).length, 7);
      assert.ok(!shown.some(line => /[█░]/.test(line)));
    });
  });

  // More than a process may have open at a time, or starts at once.
  describe('of a folder with 2,500 recordings of which 3 are broken', function () {
    this.timeout(300_000);
    const COUNT = 2500;
    const BROKEN = [17, 1250, 2499];
    const names = Array.from({ length: COUNT }, (_, i) => `${String(i).padStart(5, '0')}.wav`);
    let many: string;

    before(() => {
      const good = write('good.wav', writeWav(cry.subarray(0, 0.3 * rate), { rate }));
      const broken = write('broken.wav', 'RIFF, or so I hope');
      many = path.join(folder, 'many');
      mkdirSync(many);
      names.forEach((name, i) => {
        linkSync(BROKEN.includes(i) ? broken : good, path.join(many, name));
      });
    });

    it('hears all the others', async () => {
      const startMs = performance.now();
      const { status, stdout, stderr } = await deepinfant('classify', '--json', many);
      console.log(`      2,500 recordings in ${((performance.now() - startMs) / 1000).toFixed(1)} s`);
      assert.equal(status, 1);
      assert.equal(stderr, 'deepinfant: 3 of 2500 recordings could not be read to their end.\n');
      const lines = jsonLines(stdout);
      assert.deepEqual(
        lines.map(({ file }) => path.basename(file)),
        names,
      );
      assert.deepEqual(
        lines.flatMap(({ error }, i) => (error === undefined ? [] : [i])),
        BROKEN,
      );
    });

    it('ends at Ctrl-C without a word', async () => {
      const child = start(['classify', '--json', many]);
      const outcome = outcomeOf(child);
      await once(child.stdout, 'data');
      child.kill('SIGINT');
      const { status, stdout, stderr } = await outcome;
      assert.deepEqual({ status, stderr }, { status: 130, stderr: '' });
      assert.ok(jsonLines(stdout).length < COUNT);
    });

    it('ends without a word when its reader has enough', async () => {
      const child = start(['classify', '--json', many]);
      child.stdout.once('data', () => child.stdout.destroy());
      const stderr: Buffer[] = [];
      child.stderr.on('data', (text: Buffer) => stderr.push(text));
      const [status] = (await once(child, 'close')) as [number];
      assert.equal(Buffer.concat(stderr).toString(), '');
      assert.equal(status, 0);
    });
  });

  it('keeps its memory flat over a recording of 4 hours', async function () {
    this.timeout(300_000);
    const minute = nurseryScene(2).samples.subarray(0, 60 * rate);
    const data = writeWav(minute, { rate }).subarray(44);
    const header = Buffer.concat([Buffer.alloc(12), formatChunk(1, rate, 1, 2), Buffer.alloc(8)]);
    header.write('RIFF');
    header.writeUInt32LE(36 + 240 * data.length, 4);
    header.write('WAVE', 8);
    header.write('data', 36);
    header.writeUInt32LE(240 * data.length, 40);
    const file = write('night.wav', header);
    for (let i = 0; i < 240; i++) appendFileSync(file, data);
    const log = path.join(folder, 'rss');
    process.env.RSS_LOG = log;
    const startMs = performance.now();
    // V8 lets its space for short-lived objects grow by some 40 MB when it likes, and collects the other late on a busy
    // machine, which would hide what is kept.
    const nodeArguments = [
      '--max-semi-space-size=4',
      '--max-old-space-size=64',
      '--require',
      path.join(__dirname, 'rss-log.js'),
    ];
    const child = start(['classify', '--json', file], nodeArguments);
    const { status, stdout } = await outcomeOf(child);
    const seconds = (performance.now() - startMs) / 1000;
    assert.equal(status, 0);
    assert.equal(jsonLines(stdout)[0].durationS, 14_400);
    const rss = readFileSync(log, 'utf8').trim().split('\n').map(Number);
    const early = Math.max(...rss.slice(0, rss.length / 4));
    const late = quantile(rss.slice((3 * rss.length) / 4), 0.5);
    console.log(
      `      4 hours in ${seconds.toFixed(1)} s, resident memory ${early} MB at most, ${late} MB in the end`,
    );
    // What V8 leaves uncollected comes to 20 MB. The least that could be kept are the embeddings, 57 MB in 4 hours.
    assert.ok(late < early + 30, `grew from ${early} to ${late} MB`);
  });
});
