import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { listModels, loadClassifier, readModel } from '../../src/model/load.js';
import type { AudioChunk } from '../../src/values.js';
import { unevenNoise, writeSmallModel } from './small-model.js';

describe('models', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'deepinfant-model-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const chunk = (samples: Float32Array, firstSample = 0): AudioChunk => ({
    samples,
    firstSample,
    at: 0,
    source: 'test',
    lost: 0,
  });

  it('ship with the package, each whole', async () => {
    assert.ok(listModels().includes('crynet'));
    for (const name of listModels()) {
      const { manifest } = await readModel(path.join('models', name));
      assert.equal(manifest.name, name);
      assert.notDeepEqual(manifest.calibration, { a: 1, b: 0 }, 'calibrated');
    }
  });

  it('run for several users and streams at once', async () => {
    await writeSmallModel(folder);
    const [first, second] = await Promise.all([loadClassifier(folder), loadClassifier(folder)]);
    const samples = unevenNoise(9);
    const streams = [first.open(), second.open(), second.open()];
    const scores = await Promise.all(streams.map(stream => stream.push(chunk(samples))));
    assert.deepEqual(
      scores.map(steps => steps.length),
      [34, 34, 34],
    );
    assert.deepEqual(scores[0][20].scores, scores[1][20].scores);
    const stream = first.open();
    const [pushed, flushed] = await Promise.all([stream.push(chunk(unevenNoise(1))), stream.flush()]);
    assert.deepEqual([pushed.length, flushed.length], [3, 1], 'answered in order, also unawaited');
    await streams[0].close();
    await first.close();
    await first.close();
    assert.equal((await streams[1].flush()).length, 1, 'the second user still has it');
    await second.close();
    await assert.rejects(second.open().push(chunk(samples)), { code: 'model-failed' });
  });

  it('stay loaded for a user who comes while the last one leaves', async () => {
    await writeSmallModel(folder);
    const leaving = await loadClassifier(folder);
    const coming = loadClassifier(folder);
    await leaving.close();
    const classifier = await coming;
    assert.equal((await classifier.open().push(chunk(unevenNoise(1)))).length, 3);
    await classifier.close();
  });

  it('load again after the last user left', async () => {
    await writeSmallModel(folder);
    for (let i = 0; i < 2; i++) {
      const classifier = await loadClassifier(folder);
      assert.equal((await classifier.open().push(chunk(unevenNoise(1)))).length, 3);
      await classifier.close();
    }
  });

  it('are refused with one clear error when they are missing, broken or from the future', async () => {
    await assert.rejects(loadClassifier('no-such-model'), {
      code: 'model-missing',
      message: /no-such-model.*crynet/,
    });
    await writeFile(path.join(folder, 'manifest.json'), 'not json');
    await assert.rejects(loadClassifier(folder), {
      code: 'model-invalid',
      message: /manifest\.json: not JSON/,
    });
    await writeSmallModel(folder, { format: 2, attention: true });
    await assert.rejects(loadClassifier(folder), { code: 'model-newer', message: /attention.*Update/ });
    await writeSmallModel(folder, { scaling: { floorDb: -70, meanDb: -40, stdDb: 20, pcen: true } });
    await assert.rejects(loadClassifier(folder), { code: 'model-newer', message: /scaling\.pcen/ });
    for (const [damage, message] of [
      [{ scaling: {} }, /scaling\.floorDb is not a number/],
      [{ calibration: { a: 1 } }, /calibration\.b/],
      [{ weights: {} }, /weights\.file/],
      [{ labels: {} }, /labels is not a list of texts/],
      [{ hopFrames: 4 }, /hopFrames/],
      [{ embeddingSize: 4 }, /embeddingSize/],
      [{ frontEnd: null }, /frontEnd is not an object/],
      [{ format: 'one' }, /format is not a number/],
    ] as const) {
      await writeSmallModel(folder, damage);
      await assert.rejects(loadClassifier(folder), { code: 'model-invalid', message });
    }
    await writeFile(path.join(folder, 'manifest.json'), 'null');
    await assert.rejects(loadClassifier(folder), { code: 'model-invalid', message: /not an object/ });
    await writeSmallModel(folder, { labels: ['cry'] });
    await assert.rejects(loadClassifier(folder), { code: 'model-invalid', message: /labels/ });
    const high = {
      odds: 7,
      clip: 0.5,
      promise: { falseAlarmsPerNight: 1, clipFalseAlarmRate: 0.1 },
    };
    await writeSmallModel(folder, { presets: { careful: high, balanced: high, sensitive: high } });
    await assert.rejects(loadClassifier(folder), { code: 'model-invalid', message: /presets\.careful/ });
    const { weights } = await writeSmallModel(folder);
    const file = path.join(folder, 'manifest.json');
    const written = await readFile(file, 'utf8');
    for (const change of [
      { weights: { ...weights, tensors: weights.tensors.toReversed() } },
      { calibration: { a: 1, b: 0.5 } },
      { sha256: undefined },
    ]) {
      await writeFile(file, JSON.stringify({ ...(JSON.parse(written) as object), ...change }));
      await assert.rejects(loadClassifier(folder), {
        code: 'model-invalid',
        message: /manifest\.json: sha256 is not that of the other fields/,
      });
    }
    await writeSmallModel(folder);
    await appendFile(path.join(folder, 'weights.bin'), 'x');
    await assert.rejects(loadClassifier(folder), { code: 'model-invalid', message: /weights\.bin.*SHA-256/ });
    await rm(path.join(folder, 'weights.bin'));
    await assert.rejects(loadClassifier(folder), { code: 'model-missing', message: /weights\.bin/ });
  });
});
