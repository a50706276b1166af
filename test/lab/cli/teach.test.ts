import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { synthesiseCry } from '../../../src/synth/cry.js';
import { fanNoise } from '../../../src/synth/nursery.js';
import { Teacher, TEACHER_CLASSES } from '../../../src/lab/teacher/teacher.js';
import { writeWav } from '../../audio/wav-writer.js';
import { MN04, needFiles, YAMNET } from '../teacher/published.js';
import { deepinfant } from '../../cli/run.js';

describe('deepinfant teach', function () {
  this.timeout(60_000);
  let folder: string;
  let corpus: string;

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'deepinfant-teach-'));
    corpus = path.join(folder, 'corpus');
    const files: [string, Buffer][] = [
      ['cry.wav', writeWav(synthesiseCry({ seed: 1, durationS: 3 }), { rate: 16000 })],
      ['broken.wav', Buffer.from('no audio at all')],
      ['fan.wav', writeWav(fanNoise({ seed: 1, durationS: 0.5 }), { rate: 16000 })],
    ];
    await mkdir(corpus);
    for (const [name, content] of files) await writeFile(path.join(corpus, name), content);
    await writeFile(
      path.join(corpus, 'manifest.csv'),
      'path,label,split_group\ncry.wav,cry,a\nbroken.wav,household,b\nfan.wav,household,c\n',
    );
  });
  after(() => rm(folder, { recursive: true }));

  it("writes what a Teacher reads, without what can't be read, of which it tells", async function () {
    needFiles(this, YAMNET);
    const out = path.join(folder, 'new', 'teacher');
    const cache = path.join(folder, 'cache');
    const args = ['--data', corpus, '--out', out, '--cache', cache];
    const { status, stdout, stderr } = await deepinfant('teach', YAMNET, ...args);
    assert.equal(stdout, `Scored 9 windows of 2 recordings with yamnet: ${out}\n`);
    assert.match(stderr, /broken\.wav .*\n.*1 of 3 recordings could not be read/);
    assert.equal(status, 1);
    const teacher = await Teacher.read([out]);
    assert.equal(teacher.of('cry.wav')!.length, 8 * TEACHER_CLASSES);
    assert.equal(teacher.of('fan.wav')!.length, TEACHER_CLASSES);
    assert.equal(teacher.of('broken.wav'), undefined);
  });

  it("writes mn04's logits beside YAMNet's scores, and does nothing twice", async function () {
    needFiles(this, YAMNET, MN04);
    const cache = path.join(folder, 'cache');
    const out = path.join(folder, 'both');
    const both = ['teach', YAMNET, MN04, '--data', corpus, '--out', out, '--cache', cache];
    const { stdout, stderr } = await deepinfant(...both);
    assert.match(
      stdout,
      /Scored 9 windows of 2 recordings with yamnet.*\nScored 4 windows of 2 recordings with mn04/,
    );
    assert.equal(stderr.match(/broken\.wav/g)!.length, 1, stderr);
    const logits = await readFile(path.join(out, 'mn04_window_logits.npy'));
    assert.match(logits.toString('latin1', 10, 120), /'shape': \(4, 527\)/);
    assert.equal(
      await readFile(path.join(out, 'mn04_window_index.csv'), 'utf8'),
      'path,first_window,windows\r\ncry.wav,0,3\r\nfan.wav,3,1\r\n',
    );
    const kept = (await readdir(cache, { recursive: true })).filter(name => name.endsWith('.f16'));
    assert.equal(kept.length, 4);
    // What is kept is taken as it is.
    for (const name of kept.filter(name => name.startsWith('mn04'))) {
      const file = path.join(cache, name);
      await writeFile(file, new Uint8Array((await readFile(file)).length));
    }
    await deepinfant(...both);
    const again = await readFile(path.join(out, 'mn04_window_logits.npy'));
    assert.ok(again.subarray(-4 * 2 * 527).every(byte => byte === 0));
  });

  it('says what is wrong with a file that is no network, and with a folder that cannot be written', async () => {
    const cry = path.join(corpus, 'cry.wav');
    const foreign = await deepinfant('teach', cry, '--data', corpus, '--out', folder);
    assert.deepEqual([foreign.status, foreign.stdout], [1, '']);
    assert.match(foreign.stderr, /cry\.wav is not a TensorFlow Lite file/);
    const unwritable = await deepinfant('teach', YAMNET, '--data', corpus, '--out', path.join(cry, 'out'));
    assert.deepEqual([unwritable.status, unwritable.stdout], [1, '']);
    assert.match(unwritable.stderr, /Cannot write to .*cry\.wav.out: not a directory.*--out/);
  });

  it('says how it is called', async () => {
    const { status, stderr } = await deepinfant('teach', YAMNET, '--data', corpus);
    assert.equal(status, 2);
    assert.match(stderr, /^Give YAMNet's \.tflite file.*\n\nUsage: deepinfant teach YAMNET\.tflite/);
  });
});
