import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { synthesiseCry } from '../../../src/synth/cry.js';
import type { Classifier } from '../../../src/model/classifier.js';
import { loadClassifier } from '../../../src/model/load.js';
import { MEL7S_REASONS, type Mel7sManifest } from '../../../src/model/mel7s.js';
import { sha256 } from '../../../src/model/weights.js';
import {
  phoneTable,
  protocolFigures,
  protocolPlot,
  protocolTable,
} from '../../../src/lab/reasons/protocol-figures.js';
import {
  PROTOCOL_NAMES,
  runProtocols,
  type Prediction,
  type ProtocolName,
  type ProtocolRun,
} from '../../../src/lab/reasons/protocol.js';
import type { ReasonClip } from '../../../src/lab/reasons/reason-clips.js';

const PHONES = 3;

/**
 * Cries of phones that have a voice of their own and one reason each, two recordings a phone: what can be learned is
 * whose voice it is. The first reason has twice the phones.
 */
function phonesWithVoices(): ReasonClip[] {
  return MEL7S_REASONS.flatMap((_, reason) =>
    Array.from({ length: reason === 0 ? 2 * PHONES : PHONES }, (_, phone) => {
      const group = `phone ${reason}.${phone}`;
      return [0, 1].map(n => ({
        recording: {
          file: '',
          path: `${group}/${n}.wav`,
          label: 'cry' as const,
          sublabel: '',
          reason: '',
          source: 'toy',
          group,
          licence: 'ODbL-1.0',
          attribution: 'a toy',
        },
        reason,
        samples: synthesiseCry({ seed: 100 * reason + phone, durationS: 2.5 + n / 2 }),
      }));
    }).flat(),
  );
}

describe('protocols of reasons', function () {
  this.timeout(300_000);
  let folder: string;
  let classifier: Classifier;
  let clips: ReasonClip[];
  let predictions: Map<ProtocolName, Prediction[]>;

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'deepinfant-protocol-'));
    classifier = await loadClassifier();
    clips = phonesWithVoices();
    predictions = await runProtocols(run());
  });
  after(async () => {
    await classifier.close();
    await rm(folder, { recursive: true });
  });

  function run(changes: Partial<ProtocolRun> = {}): ProtocolRun {
    return {
      clips,
      corpusSha256: 'toy',
      classifier,
      settings: {
        seed: 1,
        folds: 3,
        mel7s: { steps: 1, batch: 2, learningRate: 0.003, weightDecay: 0.01, dropout: 0 },
      },
      folder: path.join(folder, 'run'),
      signal: new AbortController().signal,
      onProgress: () => undefined,
      ...changes,
    };
  }

  it('tests every recording once, copies only where they are split by file', () => {
    const originals = clips.map(({ recording }) => recording.path).sort();
    for (const name of ['by-file', 'by-phone', 'by-phone-copies'] as const) {
      assert.deepEqual(
        predictions
          .get(name)!
          .map(({ path }) => path)
          .sort(),
        originals,
      );
    }
    // Two recordings of each rare one make it as common as the first reason.
    const copied = predictions.get('copies-by-file')!;
    assert.deepEqual(
      MEL7S_REASONS.map((_, reason) => copied.filter(prediction => prediction.reason === reason).length),
      MEL7S_REASONS.map(() => 4 * PHONES),
    );
  });

  it('keeps phones apart where it says so, and knows where they are not', () => {
    for (const name of ['by-phone', 'by-phone-copies'] as const) {
      assert.ok(predictions.get(name)!.every(({ isPhoneKnown }) => !isPhoneKnown));
      const foldOf = new Map(predictions.get(name)!.map(({ group, fold }) => [group, fold]));
      for (const { group, fold } of predictions.get(name)!) assert.equal(fold, foldOf.get(group));
    }
    assert.ok(predictions.get('by-file')!.some(({ isPhoneKnown }) => isPhoneKnown));
  });

  it('shows the leak: reasons that are only voices are known where copies of them were taught', () => {
    const figures = protocolFigures(predictions);
    const leaking = figures['copies-by-file'].guessers.head;
    const apart = figures['by-phone-copies'].guessers.head;
    assert.ok(leaking.macroAuc > apart.macroAuc + 0.15, `${leaking.macroAuc} and ${apart.macroAuc}`);
    const [low, high] = leaking.intervals.balancedAccuracy;
    assert.ok(low < leaking.balancedAccuracy && leaking.balancedAccuracy < high);
    for (const name of PROTOCOL_NAMES) {
      const { commonest } = figures[name].guessers;
      assert.equal(commonest.accuracy, name === 'copies-by-file' ? 1 / 5 : 1 / 3);
      assert.equal(commonest.balancedAccuracy, 1 / 5);
    }
    // A phone's recordings, alike in reason, count once where phones are apart.
    const widths = (['by-file', 'by-phone'] as const).map(name => {
      const [low, high] = figures[name].guessers.commonest.intervals.accuracy;
      return high - low;
    });
    assert.ok(widths[1] > 1.2 * widths[0], widths.join());
    const { known, unknown } = figures['by-file'].phones;
    assert.equal(known.tested + unknown.tested, clips.length);

    assert.match(protocolTable(figures)[1][0], /^copies made, then split by file \(60 tested\)$/);
    assert.match(protocolTable(figures)[2][1], /^\d\.\d\d \(\d\.\d\d to \d\.\d\d\)$/);
    assert.equal(phoneTable(figures).length, 1 + 4);
    const picture = protocolPlot(figures);
    assert.match(picture, /^<svg .*always the commonest.*<\/svg>$/s);
    assert.equal(picture.match(/stroke-width="1.5"/g)!.length, 4 * 3, 'an interval a bar');
  });

  it('does nothing twice, and goes on where it was stopped', async () => {
    const none = (): never => assert.fail('it works again');
    assert.deepEqual(await runProtocols(run({ onProgress: none })), predictions);

    const stopped = path.join(folder, 'stopped');
    const stopping = new AbortController();
    const partly = run({
      folder: stopped,
      signal: stopping.signal,
      onProgress: (phase, done) => {
        if (phase === 'training' && done === 1) stopping.abort();
      },
    });
    await assert.rejects(runProtocols(partly), { name: 'AbortError' });
    assert.deepEqual((await readdir(stopped)).sort(), ['copies-by-file-0.json', 'run.json']);
    const trained: number[] = [];
    const onProgress: ProtocolRun['onProgress'] = (phase, done) => {
      if (phase === 'training') trained.push(done);
    };
    assert.deepEqual(await runProtocols(run({ folder: stopped, onProgress })), predictions);
    assert.deepEqual(
      trained,
      Array.from({ length: 12 }, (_, i) => i + 2),
    );
  });

  it('refuses a folder that holds a run of other settings', async () => {
    await assert.rejects(runProtocols(run({ corpusSha256: 'another' })), { code: 'run-differs' });
  });

  it('writes mel7s as it is shipped, with what it owes', async () => {
    const model = path.join(folder, 'run', 'model');
    const manifest = JSON.parse(await readFile(path.join(model, 'manifest.json'), 'utf8')) as Mel7sManifest;
    const weights = await readFile(path.join(model, manifest.weights.file));
    assert.equal(manifest.weights.sha256, sha256(weights));
    const values = manifest.weights.tensors.map(({ shape }) => shape.reduce((a, b) => a * b));
    assert.equal(weights.length, 2 * values.reduce((a, b) => a + b));
    assert.match(manifest.training.notice, /Contains information from a toy, .*Open Database License/);
    assert.match(await readFile(path.join(model, 'NOTICE'), 'utf8'), /toy, ODbL-1\.0:\n {2}a toy/);
  });
});
