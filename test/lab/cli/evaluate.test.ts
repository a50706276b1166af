import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PACKAGE_ROOT } from '../../../src/package-root.js';
import { synthesiseCry } from '../../../src/synth/cry.js';
import { fanNoise } from '../../../src/synth/nursery.js';
import { SAMPLE_RATE } from '../../../src/values.js';
import { writeWav } from '../../audio/wav-writer.js';
import { MN04, needFiles, YAMNET } from '../teacher/published.js';
import { deepinfant, jsonLines, outcomeOf, start } from '../../cli/run.js';

interface Printed {
  model: { name: string; version: string };
  groups: number;
  files: number;
  auc: number;
  recallAt: Record<string, number>;
  ece: number;
  intervals: { auc: number[]; recallAt: Record<string, number[]>; ece: number[] };
  rivals: Record<string, { auc: number; recallAt: Record<string, number> }>;
}

describe('deepinfant evaluate', function () {
  this.timeout(60_000);
  const HEAD = 'path,label,split_group,source';
  const rate = SAMPLE_RATE;
  let folder: string;
  let corpus: string;
  let rows: string[];

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-evaluate-'));
    corpus = path.join(folder, 'my sounds');
    mkdirSync(corpus);
    rows = [];
    for (let i = 0; i < 4; i++) {
      const cry = writeWav(synthesiseCry({ seed: i, durationS: 3 }), { rate });
      const fan = writeWav(fanNoise({ seed: i, durationS: 3 }), { rate });
      writeFileSync(path.join(corpus, `cry${i}.wav`), cry);
      writeFileSync(path.join(corpus, `fan${i}.wav`), fan);
      rows.push(`cry${i}.wav,cry,baby${i >> 1},home`, `fan${i}.wav,household,fan${i},shop`);
    }
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  beforeEach(() => {
    manifest(...rows, 'odd.wav,uncertain,x,home', 'room.wav,rir,x,home');
  });

  function manifest(...lines: string[]): void {
    writeFileSync(path.join(corpus, 'manifest.csv'), [HEAD, ...lines].join('\n'));
  }

  /** A rival's table, without the recordings named; it takes fans for cries. */
  function rival(name: string, ...without: string[]): string {
    const file = path.join(folder, name);
    const lines = rows
      .map(row => row.split(',')[0])
      .filter(recording => !without.includes(recording))
      .map(recording => `${recording},${recording.startsWith('fan') ? 0.9 : 0.1}`);
    writeFileSync(file, ['path,score', ...lines].join('\n'));
    return file;
  }

  it('prints the figures as one object, beside those of a rival', async () => {
    const table = rival('wrong.csv');
    const args = ['--data', corpus, '--json', '--rival', `wrong=${table}`];
    const { status, stdout, stderr } = await deepinfant('evaluate', ...args);
    assert.equal(status, 0, stderr);
    assert.equal(stderr, "8 recordings, 1 'uncertain' left out, 1 'rir' left out\n");
    const [printed, ...more] = jsonLines<Printed>(stdout);
    assert.deepEqual(more, []);
    assert.deepEqual(Object.keys(printed), [
      'model',
      'groups',
      'files',
      'auc',
      'recallAt',
      'ece',
      'intervals',
      'rivals',
    ]);
    assert.deepEqual(Object.keys(printed.model), ['name', 'version']);
    assert.deepEqual([printed.model.name, printed.files, printed.groups], ['crynet', 8, 6]);
    const rates = ['0.005', '0.016', '0.06'];
    assert.deepEqual(printed.recallAt, Object.fromEntries(rates.map(r => [r, 1])));
    assert.deepEqual([printed.auc, printed.intervals.auc], [1, [1, 1]]);
    assert.deepEqual(Object.keys(printed.intervals.recallAt), rates);
    assert.ok(printed.intervals.ece[0] <= printed.ece && printed.ece <= printed.intervals.ece[1]);
    assert.deepEqual(printed.rivals, {
      wrong: { auc: 0, recallAt: { '0.005': 0, '0.016': 0, '0.06': 0 } },
    });
  });

  it('gives the figures without recordings whose label is contested, too', async () => {
    const verdicts = path.join(corpus, 'eye.csv');
    writeFileSync(verdicts, ['path,verdict', 'cry0.wav,none', 'cry1.wav,cry', 'fan1.wav,unclear'].join('\n'));
    try {
      const { stdout } = await deepinfant('evaluate', '--data', corpus, '--json');
      const [{ files, clean }] = jsonLines<Printed & { clean: Printed }>(stdout);
      assert.deepEqual([files, clean.files, clean.groups], [8, 6, 5]);
      const out = path.join(folder, 'clean');
      const table = (await deepinfant('evaluate', '--data', corpus, '--out', out)).stdout;
      assert.match(table, /Without the 2 recordings whose label [^\n]+:\n.*crynet[^\n]*\nAUC +1\.000/);
      assert.match(readFileSync(path.join(out, 'index.html'), 'utf8'), /Without the 2 recordings/);
    } finally {
      rmSync(verdicts);
    }
  });

  it("scores teachers' own files as rivals, of recordings and in nights by Frigate's rule", async function () {
    this.timeout(180_000);
    needFiles(this, YAMNET, MN04);
    const rival = ['--rival', `yamnet=${YAMNET}`, '--cache', path.join(folder, 'cache')];
    const [{ rivals }] = jsonLines<Printed>(
      (await deepinfant('evaluate', '--data', corpus, '--json', ...rival)).stdout,
    );
    assert.ok(rivals.yamnet.auc > 0.5, `AUC ${rivals.yamnet.auc}`);
    const scene = ['--scene', '--hours', '0.4', ...rival, '--rival', `mn04=${MN04}`];
    const [night] = jsonLines<{ rivals: Record<string, { episodes: number }>; curves: object }>(
      (await deepinfant('evaluate', '--data', corpus, '--json', ...scene)).stdout,
    );
    const names = ['yamnet >= 0.8', 'yamnet >= 0.5', 'mn04 >= 0.8', 'mn04 >= 0.5'];
    assert.deepEqual(Object.keys(night.rivals), names);
    for (const name of names) assert.ok(night.rivals[name].episodes > 0);
    assert.deepEqual(Object.keys(night.curves), ['crynet', 'yamnet', 'mn04']);
  });

  it('compares both teachers, each and together, with one command', async function () {
    this.timeout(180_000);
    needFiles(this, YAMNET, MN04);
    const teachers = [`yamnet=${YAMNET}`, `mn04=${MN04}`, `joint=${YAMNET}+${MN04}`];
    const rivals = teachers.flatMap(teacher => ['--rival', teacher]);
    const args = ['evaluate', '--data', corpus, '--cache', path.join(folder, 'cache'), ...rivals];
    const { stdout, stderr } = await deepinfant(...args, '--folds', '2', '--json');
    const [printed] = jsonLines<Printed>(stdout);
    assert.deepEqual(Object.keys(printed.rivals), ['yamnet', 'mn04', 'joint'], stderr);
    assert.ok(printed.rivals.joint.auc >= printed.rivals.yamnet.auc);
    const alone = await deepinfant(...args);
    assert.equal(alone.status, 1);
    assert.match(alone.stderr, /learned from the recordings of other folds\. Give --folds or --run/);
  });

  it('scores as classify does, and writes a report that shows it', async () => {
    const out = path.join(folder, 'out');
    const { status, stdout, stderr } = await deepinfant('evaluate', '--data', corpus, '--out', out);
    assert.equal(status, 0, stderr);
    const lines = stdout.trimEnd().split('\n');
    assert.match(lines[0], /^ +crynet \d+\.\d+\.\d+ +95% interval$/);
    assert.match(lines[1], /^AUC +1\.000 +1\.000 to 1\.000$/);
    const report = path.join(out, 'index.html');
    assert.equal(lines.at(-1), `Report: ${report}`);
    const page = readFileSync(report, 'utf8');
    assert.match(page, /<h1>crynet \d+\.\d+\.\d+ on my sounds<\/h1>/);
    assert.ok(page.includes(`deepinfant evaluate --data '${corpus}' --out ${out}`));

    const classified = jsonLines((await deepinfant('classify', '--json', corpus)).stdout);
    const score = (name: string): string =>
      classified.find(({ file }) => path.basename(file) === name)!.cry!.score.toFixed(3);
    for (const row of rows) {
      const [name, label, , source] = row.split(',');
      assert.ok(page.includes(`<figcaption>${score(name)} · ${label} · ${source} · ${name}<`), name);
    }
  });

  it('tells what could not be read, leaves it out, says so in the report, and ends with status 1', async () => {
    const whole = readFileSync(path.join(corpus, 'cry0.wav'));
    writeFileSync(path.join(corpus, 'half.wav'), whole.subarray(0, whole.length / 2));
    writeFileSync(path.join(corpus, 'text.wav'), 'no audio');
    manifest(...rows, 'half.wav,cry,b,home', 'text.wav,music,c,home');
    const out = path.join(folder, 'broken');
    const { status, stdout, stderr } = await deepinfant('evaluate', '--data', corpus, '--json', '--out', out);
    assert.equal(status, 1);
    assert.equal(jsonLines<Printed>(stdout)[0].files, 8);
    const told = stderr.trimEnd().split('\n');
    assert.equal(told[0], '10 recordings');
    assert.match(told[1], /half\.wav is cut off/);
    assert.match(told[2], /text\.wav is not audio/);
    assert.match(told[3], /^deepinfant: 2 of 10 recordings could not be read/);
    const page = readFileSync(path.join(out, 'index.html'), 'utf8');
    assert.match(page, /missing below: 2<\/strong><ul><li>[^<]*half\.wav/);
  });

  const mistakes: [string, (all: string[]) => string[], RegExp][] = [
    ['cries only', all => all.filter(row => row.includes(',cry,')), /my sounds contains only cries/],
    [
      'no cry',
      all => all.filter(row => !row.includes(',cry,')),
      /contains no recording with the label 'cry'/,
    ],
    [
      'no cry that can be read',
      all => [...all.filter(row => !row.includes(',cry,')), 'text.wav,cry,g,home'],
      /The readable part of .*my sounds contains no recording with the label 'cry'/,
    ],
  ];
  for (const [what, change, message] of mistakes) {
    it(`refuses a corpus with ${what}`, async () => {
      manifest(...change(rows));
      const { status, stdout, stderr } = await deepinfant('evaluate', '--data', corpus, '--json');
      assert.deepEqual([status, stdout], [1, '']);
      assert.match(stderr, message);
    });
  }

  it('refuses a rival that lacks recordings, before it hears any', async () => {
    const table = rival('short.csv', 'cry1.wav', 'fan3.wav');
    const { status, stderr } = await deepinfant('evaluate', '--data', corpus, '--rival', `short=${table}`);
    assert.equal(status, 1);
    assert.match(
      stderr,
      /\ndeepinfant: The rival's \S+short\.csv lacks 2 of 8 recordings: cry1\.wav, fan3\.wav\./,
    );
  });

  it('ends at Ctrl-C without a word, and without a report', async () => {
    const out = path.join(folder, 'interrupted');
    // Long enough not to be done before the signal comes.
    const long = writeWav(new Float32Array(120 * rate), { rate });
    writeFileSync(path.join(corpus, 'long.wav'), long);
    manifest(...rows, 'long.wav,household,long,shop');
    const child = start(['evaluate', '--data', corpus, '--out', out]);
    const outcome = outcomeOf(child);
    await once(child.stderr, 'data');
    child.kill('SIGINT');
    const { status, stdout, stderr } = await outcome;
    assert.deepEqual({ status, stdout, stderr }, { status: 130, stdout: '', stderr: '9 recordings\n' });
    assert.ok(!existsSync(out));
  });

  it('names a recording of the manifest that is not there', async () => {
    manifest(...rows, 'gone.wav,music,d,home');
    const { status, stderr } = await deepinfant('evaluate', '--data', corpus, '--json');
    assert.equal(status, 1);
    assert.match(stderr, /gone\.wav/);
  });

  it('plays nights of the recordings, the same for the same seed', async function () {
    this.timeout(240_000);
    const out = path.join(folder, 'nights');
    const scene = ['evaluate', '--data', corpus, '--scene', '--nights', '2', '--hours', '0.5', '--json'];
    const [first, second] = await Promise.all([deepinfant(...scene, '--out', out), deepinfant(...scene)]);
    assert.equal(first.status, 0, first.stderr);
    const [{ nights, hours, presets, rivals, curves }] = jsonLines<{
      nights: number;
      hours: number;
      presets: Record<string, Record<string, number>>;
      rivals: object;
      curves: Record<string, { threshold: number; found: number }[]>;
    }>(first.stdout);
    assert.deepEqual([nights, hours, rivals], [2, 0.5, {}]);
    assert.deepEqual(Object.keys(presets), ['careful', 'balanced', 'sensitive']);
    assert.deepEqual(Object.keys(presets.balanced), [
      'falseAlarmsPerNight',
      'episodes',
      'found',
      'latencyMedianS',
      'latencyP95S',
    ]);
    assert.equal(presets.balanced.episodes, 4);
    assert.ok(presets.sensitive.found >= 3, first.stdout);
    assert.equal(first.stdout, second.stdout);
    assert.match(readFileSync(path.join(out, 'index.html'), 'utf8'), /Night 2/);

    const { crynet } = curves;
    assert.ok(crynet.length === 21 && crynet[0].found >= crynet.at(-1)!.found);
    assert.ok(crynet.every(({ threshold }, i) => i === 0 || threshold > crynet[i - 1].threshold));
    const result = path.join(folder, 'nights.json');
    const picture = path.join(folder, 'nights.svg');
    writeFileSync(result, first.stdout);
    const script = path.join(PACKAGE_ROOT, 'dist', 'scripts', 'nights-picture.js');
    execFileSync(process.execPath, [script, result, picture]);
    const drawn = readFileSync(picture, 'utf8');
    for (const said of ['false alarms a night', 'crynet', 'balanced', '<polyline'])
      assert.ok(drawn.includes(said));
  });

  it('says what is wrong with how it was called', async () => {
    for (const [args, message] of [
      [['--nights', '2'], /--nights, --hours and --seed need --scene/],
      [
        ['--scene', '--rival', 'm=yamnet.tflite+mn04.onnx'],
        /With --scene, --rival takes YAMNet's \.tflite file or mn04's \.onnx file only, not 'yamnet\.tflite\+mn04\.onnx'/,
      ],
      [['--scene', '--hours', 'x'], /--hours must be a number, not 'x'/],
      [['--scene', '--hours', '0'], /--hours must be at least 0\.4/],
      [['--scene', '--nights', '1.5'], /--nights must be a whole number/],
      [['--run', 'r', '--folds', '3'], /--folds goes with a --model/],
      [['--folds', 'groups'], /--folds must be a whole number of at least 2, or 'sources', not 'groups'/],
      [['--folds', 'sources'], /two sources, from at least 10 groups each.*home: 2, shop: 0/],
      [['--model', 'crynet', '--run', 'r'], /a --model or a --run, not both/],
      [['--rival', 'x'], /--rival takes NAME=FILE, not 'x'/],
      [['--run', folder], /contains no fold/],
    ] as [string[], RegExp][]) {
      const { status, stderr } = await deepinfant('evaluate', '--data', corpus, ...args);
      assert.ok(status === 1 || status === 2);
      assert.match(stderr, message);
    }
  });
});
