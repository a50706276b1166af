import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { digestOutputs } from './outputs.js';

/** On every processor; changes with the order in which the kernels sum, and with the synthesised scene. */
const DIGEST = 'a45bb3c4e5271e3625f0b1c40be634ac7c2ba9d188bfd0fb37fd60678f69b700';

describe('the compiled kernels', () => {
  it('give the same on every processor, bit for bit', () => {
    assert.equal(digestOutputs(), DIGEST);
  });

  // Such as 'qemu-aarch64-static -L ROOT NODE; qemu-arm-static -L ROOT NODE'.
  for (const command of (process.env.OTHER_NODES ?? '').split(';').filter(text => text.trim() !== ''))
    it(`give the same with ${command.trim()}`, function () {
      this.timeout(120_000);
      const [program, ...args] = command.trim().split(/\s+/);
      const script = path.join(__dirname, 'outputs.js');
      assert.equal(execFileSync(program, [...args, script], { encoding: 'utf8' }).trim(), DIGEST);
    });
});
