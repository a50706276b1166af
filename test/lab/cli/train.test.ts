import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseCsv } from '../../../src/files/csv.js';
import { synthesiseCry } from '../../../src/synth/cry.js';
import { fanNoise } from '../../../src/synth/nursery.js';
import { readModel } from '../../../src/model/load.js';
import { unpackWeights } from '../../../src/model/weights.js';
import { PACKAGE_ROOT } from '../../../src/package-root.js';
import type { TrainingConfig } from '../../../src/lab/detector/config.js';
import { deepinfant, jsonLines } from '../../cli/run.js';
import { SCORE_FILES, teacherWindows } from '../../../src/lab/teacher/teacher.js';
import { writeWindowScores } from '../../../src/lab/teacher/window-scores.js';
import { toFloat16 } from '../../../src/maths/float16.js';
import { SAMPLE_RATE } from '../../../src/values.js';
import { writeWav } from '../../audio/wav-writer.js';
import { until } from '../../until.js';

const CONFIG: TrainingConfig = {
  name: 'toy',
  seed: 1,
  folds: 2,
  steps: 100,
  batch: 6,
  cropFrames: 96,
  learningRate: 0.02,
  weightDecay: 0.01,
  dropout: 0.1,
  rivalWeights: {},
  widths: {
    conv1: 4,
    conv2: 6,
    conv3: 8,
    conv4: 8,
    residual1: 8,
    residual2: 8,
    conv5: 8,
    embedding: 12,
    context1: 6,
    context2: 6,
  },
  nightHours: 0.1,
  checkpointSteps: 10,
  notice: 'Learned from synthetic sounds.',
};

describe('deepinfant train', function () {
  this.timeout(300_000);
  let folder: string;

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'deepinfant-train-'));
    const rows = ['path,label,split_group'];
    await mkdir(path.join(folder, 'corpus'));
    for (let i = 0; i < 16; i++) {
      for (const [label, sound] of [
        ['cry', synthesiseCry({ seed: i, durationS: 3 })],
        ['household', fanNoise({ seed: i, durationS: 3 })],
      ] as const) {
        await writeFile(path.join(folder, 'corpus', `${label}${i}.wav`), writeWav(sound, { rate: 16000 }));
        rows.push(`${label}${i}.wav,${label},g${label}${Math.floor(i / 2)}`);
      }
    }
    await writeFile(path.join(folder, 'corpus', 'manifest.csv'), rows.join('\n'));
    await writeFile(path.join(folder, 'config.json'), JSON.stringify(CONFIG));
  });
  after(() => rm(folder, { recursive: true }));

  /** Writes a config that differs from CONFIG. @returns its path */
  async function configWith(changes: Partial<TrainingConfig>): Promise<string> {
    const file = path.join(folder, 'changed.json');
    await writeFile(file, JSON.stringify({ ...CONFIG, ...changes }));
    return file;
  }

  function train(
    out: string,
    more: string[] = [],
    { config = path.join(folder, 'config.json'), data = path.join(folder, 'corpus') } = {},
  ): {
    ended: Promise<{ status: number | null; output: string }>;
    kill: () => void;
  } {
    const main = path.join(PACKAGE_ROOT, 'dist', 'src', 'cli', 'main.js');
    const args = [main, 'train', config, '--data', data];
    const child = spawn(process.execPath, [...args, '--out', path.join(folder, out), ...more]);
    let output = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    child.stderr.on('data', (data: Buffer) => (output += data.toString()));
    return {
      ended: new Promise(resolve => {
        child.on('close', status => {
          resolve({ status, output });
        });
      }),
      kill: () => child.kill('SIGKILL'),
    };
  }

  it('learns, goes on after a kill as if nothing had happened, and writes a model that runs', async () => {
    const killed = train('run');
    let failed: string | undefined;
    void killed.ended.then(({ output }) => (failed = output));
    const checkpoint = path.join(folder, 'run', 'fold0', 'checkpoint.bin');
    await until(() => existsSync(checkpoint) || failed !== undefined, checkpoint, 60_000);
    assert.equal(failed, undefined);
    killed.kill();
    await killed.ended;
    assert.ok(!existsSync(path.join(folder, 'run', 'fold0', 'flexible.json')), 'killed before its end');

    const resumed = await train('run').ended;
    assert.equal(resumed.status, 0, resumed.output);
    const aucs = [...resumed.output.matchAll(/fold \d: AUC ([\d.]+)/g)].map(match => Number(match[1]));
    assert.equal(aucs.length, 2);
    assert.match(resumed.output, /all folds: AUC [\d.]+ \([\d.]+ to [\d.]+\), recall/);
    // Chance is 0.5; cries against a fan are easy.
    for (const auc of aucs) assert.ok(auc > 0.9, resumed.output);
    const { manifest } = await readModel(path.join(folder, 'run', 'all', 'toy'));
    assert.equal(manifest.training.notice, CONFIG.notice);
    const fixed = await readModel(path.join(folder, 'run', 'all', 'toy-fixed'));
    assert.deepEqual([fixed.manifest.reading, fixed.manifest.name], ['fixed', 'toy-fixed']);
    assert.equal(fixed.manifest.weights.sha256, manifest.weights.sha256);
    assert.notDeepEqual(fixed.manifest.calibration, manifest.calibration);
    for (const { promise, clip } of Object.values(manifest.presets))
      assert.ok(promise.falseAlarmsPerNight > 0 && clip > 0 && clip < 1);

    const log = await readFile(path.join(folder, 'run', 'fold0', 'log.csv'), 'utf8');
    assert.deepEqual(
      parseCsv(log, ['step']).map(({ step }) => step),
      ['25', '50', '75', '100'],
    );

    const straight = await train('straight', ['--fold', '0']).ended;
    assert.equal(straight.status, 0, straight.output);
    const weights = (run: string): Promise<Buffer> =>
      readFile(path.join(folder, run, 'fold0', 'toy', 'weights.bin'));
    assert.deepEqual(await weights('run'), await weights('straight'));
  });

  it('makes a model of some of the folds, which says so', async () => {
    const config = await configWith({ folds: 4, steps: 5 });
    const { status, output } = await train('some', ['--fold', '0', '--fold', '2'], { config }).ended;
    assert.equal(status, 0, output);
    assert.match(output, /^folds 0, 2: AUC/m);
    const { manifest } = await readModel(path.join(folder, 'some', 'all', 'toy'));
    assert.match(manifest.training.groups, /^nothing was kept out; figures are of folds 0, 2 of 4 /);
    assert.ok(!existsSync(path.join(folder, 'some', 'fold1')));
    const refused = await train('some', ['--fold', '0', '--fold', '4'], { config }).ended;
    assert.equal(refused.status, 2);
    assert.match(refused.output, /--fold is a number from 0 to 3, not '4'/);
  });

  it('stops when its loss is no number any more, and says what to do', async () => {
    const config = await configWith({ learningRate: 1e30, steps: 10 });
    const { status, output } = await train('diverged', ['--fold', '0'], { config }).ended;
    assert.equal(status, 1, output);
    assert.match(
      output,
      /The loss of step \d+ is \w+: training in .* has diverged\. Set a lower learningRate/,
    );
    assert.ok(!existsSync(path.join(folder, 'diverged', 'fold0', 'toy', 'weights.bin')));
  });

  it('goes on from a model, which stays as it is where nothing is learned', async () => {
    const model = path.join(folder, 'run', 'all', 'toy');
    const config = await configWith({ learningRate: 1e-12, steps: 3 });
    const { status, output } = await train('tuned', ['--from', model, '--fold', '0'], { config }).ended;
    assert.equal(status, 0, output);
    const { manifest } = await readModel(model);
    const valuesOf = async (at: string): Promise<number[]> =>
      unpackWeights(await readFile(path.join(at, 'weights.bin')), manifest.weights.tensors).flatMap(
        ({ values }) => [...values],
      );
    const [before, after] = [
      await valuesOf(model),
      await valuesOf(path.join(folder, 'tuned', 'fold0', 'toy')),
    ];
    assert.ok(before.every((value, i) => Math.abs(value - after[i]) <= 1e-3 * (0.01 + Math.abs(value))));

    const wider = await configWith({ widths: { ...CONFIG.widths, conv3: 9 } });
    const refused = await train('wider', ['--from', model, '--fold', '0'], { config: wider }).ended;
    assert.equal(refused.status, 1);
    assert.match(
      refused.output,
      /conv3\/kernel has the shape 3 x 3 x 6 x 8 in the model and 3 x 3 x 6 x 9 in the config/,
    );
  });

  it('stops when the next fold gains no more, at the weights that were best there', async () => {
    const config = await configWith({
      steps: 40,
      learningRate: 1e-9,
      folds: 3,
      earlyStop: { everySteps: 2, patience: 3 },
    });
    const { status, output } = await train('stopped', ['--fold', '0'], { config }).ended;
    assert.equal(status, 0, output);
    const log = await readFile(path.join(folder, 'stopped', 'fold0', 'log.csv'), 'utf8');
    const validated = parseCsv(log, ['auc']).filter(({ auc }) => auc !== '');
    assert.ok(validated.length >= 4 && validated.length < 20, log);
    assert.match(
      await readFile(path.join(folder, 'stopped', 'fold0', 'curves.svg'), 'utf8'),
      /<svg.*validation/,
    );
  });

  it('looks for a learning rate', async () => {
    const { status, output } = await train('rates', ['--find-rate']).ended;
    assert.equal(status, 0, output);
    const rate = Number(/learning rate: ([\d.e-]+)/.exec(output)![1]);
    assert.ok(rate > 1e-5 && rate < 1, output);
    assert.match(await readFile(path.join(folder, 'rates', 'rate.svg'), 'utf8'), /<svg/);
  });

  it('learns from folders cry and not-cry', async () => {
    const own = path.join(folder, 'own');
    for (const [from, to] of [
      ['cry', 'cry'],
      ['household', 'not-cry'],
    ]) {
      await mkdir(path.join(own, to), { recursive: true });
      for (let i = 0; i < 8; i++)
        await cp(path.join(folder, 'corpus', `${from}${i}.wav`), path.join(own, to, `${i}.wav`));
    }
    const config = await configWith({ steps: 30 });
    const { status, output } = await train('own', ['--fold', '0'], { config, data: own }).ended;
    assert.equal(status, 0, output);
    assert.match(output, /fold 0: AUC/);
  });

  it('leaves each source out, and names the worst; a fold measures nothing that its network learned from', async () => {
    const data = path.join(folder, 'sources');
    await mkdir(data);
    const rows = ['path,label,split_group,source'];
    for (let i = 0; i < 24; i++) {
      const sound =
        i < 20 ? synthesiseCry({ seed: i, durationS: 1.5 }) : fanNoise({ seed: i, durationS: 1.5 });
      await writeFile(path.join(data, `${i}.wav`), writeWav(sound, { rate: 16000 }));
      rows.push(`${i}.wav,${i < 20 ? 'cry' : 'household'},g${i},${i % 2 === 0 ? 'phones' : 'uploads'}`);
    }
    await writeFile(path.join(data, 'manifest.csv'), rows.join('\n'));
    const config = await configWith({ folds: 'sources', steps: 20 });
    const { status, output } = await train('left-out', [], { config, data }).ended;
    assert.equal(status, 0, output);
    assert.match(
      output,
      /fold 0, phones left out: AUC [\d.]+ \([\d.]+ to [\d.]+\), .*; 12 recordings in 12 groups, 10 of them cries/,
    );
    assert.match(output, /fold 1, uploads left out: AUC/);
    assert.match(output, /Worst source: (phones|uploads) \(AUC/);
    const { manifest } = await readModel(path.join(folder, 'left-out', 'fold1', 'toy'));
    assert.equal(manifest.training.groups, "source 'uploads' was kept out");

    const run = ['evaluate', '--data', data, '--run', path.join(folder, 'left-out')];
    const { stdout, stderr } = await deepinfant(...run, '--json');
    const [{ files, sources }] = jsonLines<{ files: number; sources: Record<string, { files: number }> }>(
      stdout,
    );
    assert.deepEqual([files, Object.keys(sources)], [24, ['phones', 'uploads']], stderr);
    assert.equal(sources.phones.files, 12);
    const printed = (await deepinfant(...run, '--out', path.join(folder, 'report'))).stdout;
    assert.match(printed, /\nSource phones left out: 10 cries in 10 groups, 2 other recordings:\n/);
    assert.match(printed, /\nWorst source: (phones|uploads) \(AUC [\d.]+\)\n/);
    const report = await readFile(path.join(folder, 'report', 'index.html'), 'utf8');
    assert.match(report, /<p>Source uploads left out: 10 cries/);
    const nights = await deepinfant(...run, '--scene', '--hours', '0.4', '--json');
    const [scene] = jsonLines<{ sources: Record<string, { presets: object }> }>(nights.stdout);
    assert.deepEqual(Object.keys(scene.sources.uploads.presets), ['careful', 'balanced', 'sensitive']);

    assert.match(output, /no model to use/);
    assert.ok(!existsSync(path.join(folder, 'left-out', 'all')), output);
    const learned = path.join(folder, 'left-out', 'fold0', 'toy');
    const itself = await deepinfant('evaluate', '--data', data, '--model', learned, '--json');
    assert.match(itself.stderr, /toy learned from these recordings, so its figures are too good/);

    const early = await configWith({ folds: 'sources', earlyStop: { everySteps: 2, patience: 1 } });
    const refused = await train('early', [], { config: early, data }).ended;
    assert.match(refused.output, /With earlyStop, .* 2 folds leave nothing to learn from/);
  });

  it('learns from two teachers, and neither goes on with others nor takes scores of other recordings', async () => {
    const teach = async (name: string, windows: number): Promise<string> => {
      const teacher = path.join(folder, name);
      await mkdir(teacher);
      for (const { classes, ...files } of Object.values(SCORE_FILES)) {
        const recordings = Array.from({ length: 16 }, (_, i) => [`cry${i}.wav`, `household${i}.wav`]).flat();
        const scores = (of: string): Float32Array =>
          new Float32Array(windows * classes).fill(of.startsWith('cry') ? 0.5 : 0.01);
        await writeWindowScores(
          teacher,
          { classes, ...files },
          recordings.map(of => ({ path: of, scores: toFloat16(scores(of)) })),
        );
      }
      return teacher;
    };
    const config = await configWith({ steps: 3 });
    const teacher = await teach('teacher', teacherWindows(3 * SAMPLE_RATE));
    const taught = await train('taught', ['--teacher', teacher, '--fold', '0'], { config }).ended;
    assert.equal(taught.status, 0, taught.output);
    const short = await teach('short', 4);
    const refused = await train('short', ['--teacher', short, '--fold', '0'], { config }).ended;
    assert.equal(refused.status, 1);
    assert.match(refused.output, /scored 4 windows of \w+\.wav, which has 8: .*'deepinfant teach' again/);
    const alone = await train('taught', ['--fold', '0'], { config }).ended;
    assert.equal(alone.status, 1);
    assert.match(alone.output, /holds a run with a different config, corpus, teacher or model/);
  });

  it('refuses to go on with a run of another config, and a fold that is none', async () => {
    const config = path.join(folder, 'config.json');
    await writeFile(config, JSON.stringify({ ...CONFIG, seed: 2 }));
    const other = await train('run').ended;
    await writeFile(config, JSON.stringify(CONFIG));
    assert.equal(other.status, 1);
    assert.match(other.output, /different config, corpus, teacher or model/);
    assert.match(
      (await train('run', ['--fold', '9']).ended).output,
      /--fold is a number from 0 to 1, not '9'/,
    );
  });

  it('names a recording that cannot be read before it learns, also one that is kept out', async () => {
    for (const i of [0, 2, 4, 6]) {
      const file = path.join(folder, 'corpus', `household${i}.wav`);
      const whole = await readFile(file);
      await writeFile(file, 'no sound');
      const { status, output } = await train('unreadable', ['--fold', '0']).ended;
      await writeFile(file, whole);
      assert.equal(status, 1);
      assert.match(output, new RegExp(`household${i}\\.wav`));
    }
    assert.ok(!existsSync(path.join(folder, 'unreadable', 'fold0', 'log.csv')));
  });

  it('names what is missing', async () => {
    await rm(path.join(folder, 'corpus', 'cry3.wav'));
    const { status, output } = await train('broken').ended;
    assert.equal(status, 1);
    assert.match(output, /cry3\.wav/);
  });
});
