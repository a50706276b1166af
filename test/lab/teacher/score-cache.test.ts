import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { ScoreCache } from '../../../src/lab/teacher/score-cache.js';
import type { WindowTeacher } from '../../../src/lab/teacher/window-teacher.js';
import { fromFloat16 } from '../../../src/maths/float16.js';
import { fanNoise } from '../../../src/synth/nursery.js';
import { writeWav } from '../../audio/wav-writer.js';

/** Gives each recording its first two samples as scores, and counts how often it was asked. */
class SmallTeacher implements WindowTeacher {
  readonly name = 'small';
  readonly classes = 2;
  readonly window = 2;
  asked = 0;

  constructor(readonly sha256: string) {}

  windows(samples: Float32Array): Promise<Float32Array> {
    this.asked++;
    return Promise.resolve(samples.slice(0, 2));
  }

  crying(scores: Float32Array): Float32Array {
    return scores;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

describe('ScoreCache', () => {
  let folder: string;
  let sound: string;
  let kept: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'deepinfant-cache-'));
    sound = path.join(folder, 'fan.wav');
    kept = path.join(folder, 'kept');
    await writeFile(sound, writeWav(fanNoise({ seed: 1, durationS: 0.5 }), { rate: 16000 }));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('asks a teacher once for the same content, whatever its path, and again for another content or teacher', async () => {
    const teacher = new SmallTeacher('a'.repeat(64));
    const scores = await new ScoreCache(kept).scoresOf(teacher, sound);
    const copy = path.join(folder, 'copy.wav');
    await copyFile(sound, copy);
    assert.deepEqual(await new ScoreCache(kept).scoresOf(teacher, copy), scores);
    assert.equal(teacher.asked, 1);

    await writeFile(copy, writeWav(fanNoise({ seed: 2, durationS: 0.5 }), { rate: 16000 }));
    assert.notDeepEqual(await new ScoreCache(kept).scoresOf(teacher, copy), scores);
    assert.equal(teacher.asked, 2);
    const other = new SmallTeacher('b'.repeat(64));
    assert.deepEqual(fromFloat16(await new ScoreCache(kept).scoresOf(other, sound)), fromFloat16(scores));
    assert.equal(other.asked, 1);
  });

  it('does not trust a file that is cut off', async () => {
    const teacher = new SmallTeacher('a'.repeat(64));
    const scores = await new ScoreCache(kept).scoresOf(teacher, sound);
    const [name] = (await readdir(kept, { recursive: true })).filter(one => one.endsWith('.f16'));
    for (const length of [0, 3]) {
      await truncate(path.join(kept, name), length);
      assert.deepEqual(await new ScoreCache(kept).scoresOf(teacher, sound), scores);
      assert.equal((await readFile(path.join(kept, name))).length, 4);
    }
    assert.equal(teacher.asked, 3);
  });

  it('asks once about windows that do not overlap, apart from those that do', async () => {
    const teacher = new SmallTeacher('a'.repeat(64));
    const samples = Float32Array.of(0.25, 0.5, 0.75, 1);
    const cache = new ScoreCache(kept);
    for (let i = 0; i < 2; i++)
      assert.deepEqual(await cache.cryingOf(teacher, samples), Float32Array.of(0.25, 0.5));
    assert.equal(teacher.asked, 1);
    const [name] = await readdir(kept, { recursive: true }).then(all =>
      all.filter(one => one.endsWith('.crying')),
    );
    await truncate(path.join(kept, name), 4);
    assert.deepEqual(await cache.cryingOf(teacher, samples), Float32Array.of(0.25, 0.5));
    assert.equal(teacher.asked, 2);
  });

  it('says where it cannot write', async () => {
    await assert.rejects(new ScoreCache(sound).scoresOf(new SmallTeacher('a'.repeat(64)), sound), {
      code: 'unwritable',
      message: /Cannot write to .*fan\.wav.*--cache/,
    });
  });
});
