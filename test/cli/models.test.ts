import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { SAMPLE_RATE } from '../../src/values.js';
import { writeWav } from '../audio/wav-writer.js';
import { deepinfant } from './run.js';

describe('deepinfant --model', () => {
  let folder: string;
  let model: string;
  let recording: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-'));
    model = path.join(folder, 'model');
    recording = path.join(folder, 'short.wav');
    cpSync(path.join(PACKAGE_ROOT, 'models', 'crynet'), model, { recursive: true });
    writeFileSync(recording, writeWav(new Float32Array(SAMPLE_RATE), { rate: SAMPLE_RATE }));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Each command says it in one line, and nothing else. */
  async function refuses(name: string, message: RegExp): Promise<void> {
    for (const command of ['classify', 'listen']) {
      const { status, stdout, stderr } = await deepinfant(command, recording, '--model', name);
      assert.equal(status, 1);
      assert.equal(stdout, '');
      assert.match(stderr, /^deepinfant: [^\n]+\n$/);
      assert.match(stderr, message);
    }
  }

  it("takes the path of a model's folder", async () => {
    assert.equal((await deepinfant('classify', recording, '--model', model)).status, 0);
  });

  it('names a model that is missing, and those that are there', () => refuses('nope', /nope.*crynet/));

  it('refuses weights that are not those of the manifest', async () => {
    const file = path.join(model, 'weights.bin');
    const weights = readFileSync(file);
    weights[weights.length >> 1] ^= 1;
    writeFileSync(file, weights);
    await refuses(model, /weights\.bin .*SHA-256 differs/);
  });

  it('refuses a manifest from the future', async () => {
    const file = path.join(model, 'manifest.json');
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as object;
    for (const change of [{ format: 2 }, { antennas: 5 }]) {
      writeFileSync(file, JSON.stringify({ ...manifest, ...change }));
      await refuses(model, /manifest\.json is made for a newer version/);
    }
  });
});
