import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { synthesiseCry } from '../../src/synth/cry.js';
import { nurseryScene } from '../../src/synth/scene.js';
import { SAMPLE_RATE } from '../../src/values.js';
import { writeWav } from '../audio/wav-writer.js';
import { needTools } from '../tools.js';
import { until } from '../until.js';
import { deepinfant, jsonLines, type Line, outcomeOf, start } from './run.js';

/** Whether a process has a file open. */
function opens(pid: number, file: string): boolean {
  return readdirSync(`/proc/${pid}/fd`).some(descriptor => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${descriptor}`) === file;
    } catch {
      return false; // It is closed meanwhile.
    }
  });
}

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

  it('reports of a short recording what classify reports', async () => {
    for (const seconds of [0.6, 1.2]) {
      const short = path.join(folder, `${seconds}.wav`);
      const cry = synthesiseCry({ seed: 1, durationS: 6 }).subarray(0, seconds * SAMPLE_RATE);
      writeFileSync(short, writeWav(cry, { rate: SAMPLE_RATE }));
      const [line] = jsonLines((await deepinfant('classify', short, '--json')).stdout);
      const events = jsonLines<NonNullable<Line['events']>[0]>(
        (await deepinfant('listen', short, '--fast', '--json')).stdout,
      );
      const spans = (of: typeof events): unknown =>
        of.map(event => [event.state, event.onsetS, event.durationS]);
      assert.equal(line.cry!.isCry, true);
      assert.deepEqual(spans(line.events!), spans(events));
      assert.equal(events.length, 2);
      assert.match((await deepinfant('classify', short)).stdout, / cry +\d+% {2}The baby cried for 1 s: /);
      assert.match((await deepinfant('listen', short, '--fast')).stdout, /one cry of \d s\.\n$/);
    }
  });

  it('plays in real time without --fast, and sums up at Ctrl-C', async () => {
    const child = start(['listen', recording]);
    const outcome = outcomeOf(child);
    // However long it takes to start.
    await until(() => opens(child.pid!, recording), 'the recording to be opened');
    await sleep(1500);
    child.kill('SIGINT');
    const { status, stdout, stderr } = await outcome;
    assert.deepEqual({ status, stderr }, { status: 130, stderr: '' });
    assert.match(stdout, /^Heard \d s: no cry\.\n$/);
  });

  describe('standard input', () => {
    const pcm = Buffer.from(Int16Array.from(scene.samples, sample => Math.round(sample * 32767)).buffer);
    const streamed = (): Buffer => {
      const wav = writeWav(scene.samples, { rate: SAMPLE_RATE });
      wav.writeUInt32LE(0xffffffff, 40);
      return wav;
    };
    const inputs: [what: string, bytes: () => Buffer, ...options: string[]][] = [
      ['a WAV', () => readFileSync(recording)],
      ['a WAV whose length its writer did not know', streamed],
      ['samples without a header', () => pcm, '--raw', String(SAMPLE_RATE)],
    ];
    for (const [what, bytes, ...options] of inputs) {
      it(`is heard: ${what}`, async () => {
        const child = start(['listen', '-', '--json', ...options]);
        child.stdin.end(bytes());
        const { status, stdout, stderr } = await outcomeOf(child);
        assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
        const events = jsonLines<NonNullable<Line['events']>[0]>(stdout);
        assert.equal(events[0].state, 'started');
        assert.ok(Math.abs(events[0].onsetS - scene.cries[0].startS) < 1.5);
      });
    }

    it('is heard in other formats with ffmpeg', async function () {
      needTools(this, 'ffmpeg');
      const ffmpeg = spawnSync('ffmpeg', ['-v', 'error', '-i', recording, '-f', 'mp3', '-'], {
        maxBuffer: 1e8,
      });
      const child = start(['classify', '-', '--json']);
      child.stdin.end(ffmpeg.stdout);
      const [{ file, durationS, cry }] = jsonLines((await outcomeOf(child)).stdout);
      assert.deepEqual([file, cry?.isCry], ['-', true]);
      assert.ok(Math.abs(durationS! - scene.samples.length / SAMPLE_RATE) < 0.2);
    });

    it('is heard while it is written, and ends at Ctrl-C though it goes on', async () => {
      const child = start(['listen', '-', '--json', '--raw', String(SAMPLE_RATE)]);
      const outcome = outcomeOf(child);
      child.stdin.on('error', () => undefined);
      child.stdin.write(pcm.subarray(0, 2 * SAMPLE_RATE * Math.ceil(scene.cries[0].startS + 3)));
      await once(child.stdout, 'data');
      child.kill('SIGINT');
      assert.equal((await outcome).status, 130);
    });

    it('needs bytes, and a rate that is a number', async () => {
      const empty = start(['classify', '-']);
      empty.stdin.end();
      assert.match((await outcomeOf(empty)).stderr, /^deepinfant: Standard input is empty\./);
      assert.match(
        (await deepinfant('listen', '-', '--raw', 'x')).stderr,
        /^--raw must be a number, not 'x'\./,
      );
      assert.match(
        (await deepinfant('listen', recording, '--raw', '16000')).stderr,
        /^--raw needs standard input/,
      );
    });
  });

  it('has one line for a file that is no recording', async () => {
    const { status, stderr } = await deepinfant('listen', __filename);
    assert.equal(status, 1);
    assert.match(stderr, /^deepinfant: \S+listen\.test\.js is not audio in a known format\.[^\n]*\n$/);
  });
});
