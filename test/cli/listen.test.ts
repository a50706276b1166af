import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { nurseryScene } from '../../src/synth/scene.js';
import { SAMPLE_RATE } from '../../src/values.js';
import { writeWav } from '../audio/wav-writer.js';
import { deepinfant, jsonLines, type Line, outcomeOf, start } from './run.js';

describe('deepinfant listen', () => {
  const scene = nurseryScene(1);
  let folder: string;
  let recording: string;

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-'));
    recording = path.join(folder, 'nursery.wav');
    writeFileSync(recording, writeWav(scene.samples, { rate: SAMPLE_RATE }));
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('tells of the cry in a nursery when it starts, goes on and ends', async () => {
    const { status, stdout, stderr } = await deepinfant('listen', recording, '--fast', '--json');
    assert.equal(stderr, '');
    assert.equal(status, 0);
    const events = jsonLines<NonNullable<Line['events']>[0]>(stdout);
    assert.equal(events.map(({ state }) => state).join(' '), 'started ongoing ongoing ongoing ended');
    const [cry] = scene.cries;
    const { id, onsetS, durationS } = events.at(-1)!;
    assert.ok(events.every(event => event.id === id && event.reason.label !== ''));
    assert.ok(Math.abs(onsetS - cry.startS) < 1.5, `starts at ${onsetS} s, not ${cry.startS} s`);
    assert.ok(
      Math.abs(onsetS + durationS - cry.endS) < 2,
      `ends at ${onsetS + durationS} s, not ${cry.endS} s`,
    );
  });

  it('prints a line for people without --json', async () => {
    const { stdout } = await deepinfant('listen', recording, '--fast');
    assert.match(stdout, /^0:3\d {2}started {2}The baby has been crying for /);
    assert.match(stdout, /^\S+ {2}ended {4}The baby cried for \d+ s: .*$/m);
    assert.match(stdout, /\nHeard 1 min 6 s: one cry of \d+ s\.\n$/);
  });

  it('says so when there was no cry', async () => {
    const silent = path.join(folder, 'silent.wav');
    writeFileSync(silent, writeWav(new Float32Array(3 * SAMPLE_RATE), { rate: SAMPLE_RATE }));
    assert.equal((await deepinfant('listen', silent, '--fast')).stdout, 'Heard 3 s: no cry.\n');
    assert.equal((await deepinfant('listen', silent, '--fast', '--json')).stdout, '');
  });

  it('plays in real time without --fast, and sums up at Ctrl-C', async () => {
    const child = start(['listen', recording]);
    const outcome = outcomeOf(child);
    setTimeout(() => child.kill('SIGINT'), 3000);
    const { status, stdout, stderr } = await outcome;
    assert.deepEqual({ status, stderr }, { status: 130, stderr: '' });
    assert.match(stdout, /^Heard \d s: no cry\.\n$/);
  });

  it('has one line for a file that is no recording', async () => {
    const { status, stderr } = await deepinfant('listen', __filename);
    assert.equal(status, 1);
    assert.match(stderr, /^deepinfant: \S+listen\.test\.js is not audio in a known format\.[^\n]*\n$/);
  });
});
