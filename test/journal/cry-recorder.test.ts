import assert from 'node:assert/strict';
import { CryRecorder } from '../../src/journal/cry-recorder.js';
import { SAMPLE_RATE } from '../../src/values.js';
import { cryAt } from '../reason/cries.js';

describe('a recorder of cries', () => {
  /** What it holds in memory. */
  const held = (recorder: CryRecorder): { recordings: number; sources: number } => {
    const { recordings, sources } = recorder as unknown as Record<
      'recordings' | 'sources',
      Map<string, unknown>
    >;
    return { recordings: recordings.size, sources: sources.size };
  };
  /** Sends a second of silence. */
  const send = (recorder: CryRecorder, second: number, source = 'cot'): void => {
    const samples = new Float32Array(SAMPLE_RATE);
    recorder.pushChunk({ samples, firstSample: second * SAMPLE_RATE, at: 0, source, lost: 0 });
  };

  it('gives up cries whose end never arrives', () => {
    const recorder = new CryRecorder();
    for (let second = 0; second < 600; second++) {
      send(recorder, second);
      if (second % 10 === 0) recorder.pushEvent({ ...cryAt(1000 * second), onsetS: second });
    }
    assert(held(recorder).recordings <= 7, `${held(recorder).recordings} recordings`);
    for (let second = 600; second < 662; second++) send(recorder, second);
    assert.equal(held(recorder).recordings, 0);
  });

  it('records no more cries at a time than there can be', () => {
    const recorder = new CryRecorder(1);
    send(recorder, 0);
    for (let i = 0; i < 1000; i++) recorder.pushEvent({ ...cryAt(i), onsetS: 0 });
    assert.equal(held(recorder).recordings, 32);
  });

  it('keeps a recording while events arrive', () => {
    const recorder = new CryRecorder();
    for (let second = 0; second < 300; second++) {
      send(recorder, second);
      if (second >= 100 && second % 5 === 0)
        recorder.pushEvent({ ...cryAt(0), state: 'ongoing', onsetS: 100 });
    }
    const recorded = recorder.pushEvent({ ...cryAt(0), state: 'ended', onsetS: 100, offsetS: 300 })!;
    assert.deepEqual([recorded.fromS, recorded.samples.length / SAMPLE_RATE], [95, 60]);
    assert.equal(held(recorder).recordings, 0);
  });

  it('forgets sources that others have taken the place of', () => {
    const recorder = new CryRecorder();
    for (let n = 0; n < 50; n++) {
      send(recorder, 0, `source ${n}`);
      send(recorder, n, 'cot');
      recorder.pushEvent({ ...cryAt(n), source: `source ${n}`, onsetS: 0 });
    }
    assert.equal(held(recorder).sources, 16);
    assert(held(recorder).recordings <= 16);
    assert(recorder.pushEvent({ ...cryAt(0), state: 'ended', onsetS: 10, offsetS: 40 }));
  });
});
