import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { concat } from '../../src/concat.js';
import { RoomDetectors } from '../../src/serve/room-detectors.js';
import { synthesiseCry } from '../../src/synth/cry.js';
import { SAMPLE_RATE, type AudioChunk, type CryEvent } from '../../src/values.js';
import { until } from '../until.js';

describe('The detectors of a room', function () {
  this.timeout(30_000);
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-'))));
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const file = (): string => path.join(folder, 'cries.json');
  const detectorsWith = (
    emit: (event: CryEvent) => Promise<void>,
    scored: (chunk: AudioChunk) => void = () => undefined,
  ): RoomDetectors =>
    new RoomDetectors({
      preset: 'balanced',
      file: file(),
      scored,
      emit,
      report: error => {
        throw error as Error;
      },
    });

  it('pass the sound on as it is scored, before the events that it causes', async () => {
    const passed: string[] = [];
    const detectors = detectorsWith(
      ({ state }) => {
        passed.push(state);
        return Promise.resolve();
      },
      ({ firstSample }) => passed.push(String(firstSample)),
    );
    await detectors.start();
    const cry = { samples: synthesiseCry({ seed: 1, durationS: 6 }), at: 0, source: 'Cot', lost: 0 };
    const quiet = { ...cry, samples: new Float32Array(10 * SAMPLE_RATE) };
    const pushed = [
      detectors.push({ ...cry, firstSample: 0 }),
      detectors.push({ ...quiet, firstSample: cry.samples.length }),
    ];
    await Promise.all(pushed);
    await detectors.stop();
    assert.deepEqual(
      passed.filter(what => what !== 'ongoing'),
      ['0', 'started', String(cry.samples.length), 'ended'],
    );
  });

  it('report an end again that was not passed on when the process was killed', async () => {
    const events: CryEvent[] = [];
    let passOn: () => void = () => undefined;
    const killed = detectorsWith(event => {
      events.push(event);
      return event.state === 'ended' ? new Promise(resolve => (passOn = resolve)) : Promise.resolve();
    });
    await killed.start();
    const samples = concat([synthesiseCry({ seed: 1, durationS: 6 }), new Float32Array(10 * SAMPLE_RATE)]);
    await killed.push({ samples, firstSample: 0, at: 1_767_225_600_000, source: 'Cot', lost: 0 });
    const last = events.at(-1)!;
    assert.equal(last.state, 'ended');

    const isKept = (): boolean =>
      existsSync(file()) && readFileSync(file(), 'utf8').includes(`"durationS":${last.durationS},`);
    await until(isKept, 'the end on disk');

    const ends: CryEvent[] = [];
    const startAnew = async (): Promise<void> => {
      const detectors = detectorsWith(event => {
        ends.push(event);
        return Promise.resolve();
      });
      await detectors.start();
      await detectors.stop();
    };
    await startAnew();
    assert.deepEqual(
      ends.map(({ id, state, offset }) => [id, state, offset]),
      [[last.id, 'ended', last.offset]],
    );
    passOn();
    await killed.stop();
    await startAnew();
    assert.equal(ends.length, 1);
  });
});
