import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseCameraAddress, redact, secretUrl } from '../../src/audio/live/camera-address.js';
import { readRecording } from '../../src/audio/recording.js';
import { checkMemory, EMPTY_MEMORY } from '../../src/baby/memory.js';
import { readCommand } from '../../src/baby/commands.js';
import { readCryEvent } from '../../src/door/cry-event.js';
import { readSourceHealth } from '../../src/door/source-health.js';
import { DeepInfantError } from '../../src/errors.js';
import { KeptFile } from '../../src/files/kept-file.js';
import { serverUrl } from '../../src/get-json.js';
import { hassEndpoint } from '../../src/hass/address.js';
import { parseHost } from '../../src/host.js';
import { tone } from '../audio/signals.js';
import { WAV_FORMATS, writeWav } from '../audio/wav-writer.js';
import { cry, health, telling } from './good.js';
import { address, anything, damaged, damagedBytes, text } from './inputs.js';
import { nodesTarget } from './nodes.js';
import { target, type Target } from './target.js';

const NOW = Date.now();
const SHORT_TONE = tone(440, 16000, 800);

/** Each makes its target when its turn comes. */
export const TARGETS: Record<string, () => Target<unknown>> = {
  wav: () =>
    recordings(...WAV_FORMATS.map(format => writeWav(SHORT_TONE, { rate: 16000, channels: 2, format }))),
  flac: () => recordings(flacOf(SHORT_TONE)),
  'cry event': () => target({ inputs: fc.oneof(damaged(fc.constant(cry())), anything), run: readCryEvent }),
  'source health': () =>
    target({ inputs: fc.oneof(damaged(fc.constant(health())), anything), run: readSourceHealth }),
  fact: () =>
    target({
      inputs: fc.record({
        topic: fc.oneof(
          fc.constantFrom('feed', 'sleep', 'answer', 'withdraw', 'import', 'temperature'),
          text,
        ),
        payload: fc.oneof(anything, damaged(fc.constantFrom(...telling()))),
      }),
      run: message => readCommand(message as Parameters<typeof readCommand>[0], NOW),
    }),
  memory: () => target({ inputs: damaged(fc.constant(EMPTY_MEMORY)), run: checkMemory }),
  'kept file': keptFile,
  'camera address': () =>
    target({
      inputs: fc.tuple(
        address,
        fc.oneof(fc.constantFrom('', 'admin'), text),
        fc.oneof(fc.constantFrom('', 'p@ss'), text),
      ),
      run: ([typed, user, password]) => {
        const parsed = parseCameraAddress(typed, { user, password });
        const secret = secretUrl(parsed);
        if (password.length > 3 && redact(secret, password).includes(password))
          throw new Error('the password shows in a redacted address');
      },
    }),
  host: () => target({ inputs: address, run: parseHost }),
  'server address': () => target({ inputs: address, run: typed => serverUrl(typed, 80) }),
  nodes: nodesTarget,
  'Home Assistant address': () =>
    target({ inputs: fc.tuple(address, text), run: ([url, token]) => hassEndpoint({ url, token }, '') }),
};

function recordings(...good: Buffer[]): Target<unknown> {
  return target({
    inputs: damagedBytes(...good),
    run: async bytes => {
      for await (const { samples } of readRecording(bytes)) {
        if (!samples.every(sample => sample >= -1 && sample <= 1))
          throw new Error('a sample is not within -1 to 1');
      }
    },
  });
}

/** A FLAC file of one frame with a verbatim subframe, so that no encoder is needed (RFC 9639). */
function flacOf(samples: Float32Array): Buffer {
  const { length } = samples;
  const info = Buffer.alloc(34);
  info.writeUInt16BE(length, 0);
  info.writeUInt16BE(length, 2);
  // 16 kHz, 1 channel, 16 bits.
  info.writeUInt32BE((16000 << 12) | (15 << 4), 10);
  info.writeUInt32BE(length, 14);
  const pcm = Buffer.alloc(2 * length);
  samples.forEach((sample, i) => pcm.writeInt16BE(Math.round(sample * 32767), 2 * i));
  const head = Buffer.from([0xff, 0xf8, 0x75, 0x08, 0, (length - 1) >> 8, (length - 1) & 0xff]);
  const frame = Buffer.concat([head, Buffer.from([checksum(head, 8, 0x07), 0x02]), pcm]);
  const end = Buffer.alloc(2);
  end.writeUInt16BE(checksum(frame, 16, 0x8005));
  return Buffer.concat([Buffer.from('fLaC'), Buffer.from([0x80, 0, 0, 34]), info, frame, end]);
}

/** Cyclic redundancy check of `bits` bits. */
function checksum(bytes: Buffer, bits: 8 | 16, polynomial: number): number {
  const top = 1 << (bits - 1);
  const mask = (1 << bits) - 1;
  return bytes.reduce((sum, byte) => {
    let rest = sum ^ (byte << (bits - 8));
    for (let i = 0; i < 8; i++) rest = (rest & top ? (rest << 1) ^ polynomial : rest << 1) & mask;
    return rest;
  }, 0);
}

/** What is on disk may be anything; what is saved must be there again. */
function keptFile(): Target<unknown> {
  const folder = mkdtempSync(path.join(tmpdir(), 'fuzz-'));
  const file = path.join(folder, 'kept.json');
  const check = (json: unknown): { count: number } => {
    const { count } = Object(json) as { count: unknown };
    if (typeof count !== 'number') throw new DeepInfantError('invalid', 'count is not a number');
    return { count };
  };
  const open = (): KeptFile<{ count: number }> =>
    new KeptFile({ path: file, what: 'the count', version: 1, check, onTrouble: () => undefined });
  const good = Buffer.from(JSON.stringify({ version: 1, sha256: '0'.repeat(64), content: { count: 1 } }));
  return target({
    inputs: damagedBytes(good),
    run: bytes => {
      writeFileSync(file, bytes);
      open().open();
    },
    checkStores: async () => {
      rmSync(file, { force: true });
      await open().save(() => ({ count: 7 }));
      if (open().open().content?.count !== 7) throw new Error('what was saved is not there again');
    },
    close: () => {
      rmSync(folder, { recursive: true });
    },
  });
}
