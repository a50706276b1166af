import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PACKAGE_ROOT } from '../src/package-root.js';
import { needTools } from './tools.js';

describe('native/', () => {
  it('holds what build.sh makes of its sources', function () {
    needTools(this, 'clang-14', 'wasm-ld-14');
    const folder = mkdtempSync(path.join(tmpdir(), 'native-'));
    try {
      execFileSync(path.join(PACKAGE_ROOT, 'native', 'build.sh'), [folder]);
      for (const file of ['log-mel.wasm', 'network.wasm', 'resample.wasm', 'voice.wasm']) {
        const committed = readFileSync(path.join(PACKAGE_ROOT, 'native', file));
        const rebuilt = readFileSync(path.join(folder, file));
        assert.ok(rebuilt.equals(committed), `run native/build.sh and commit its ${file}`);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
