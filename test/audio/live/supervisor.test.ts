import assert from 'node:assert/strict';
import type { CaptureEnd, CaptureListener } from '../../../src/audio/live/capture.js';
import { Supervisor } from '../../../src/audio/live/supervisor.js';
import { SAMPLE_RATE, type AudioChunk, type SourceHealth } from '../../../src/values.js';
import { FakeScheduler } from './fake-scheduler.js';

const BLOCK_MS = 100;
const LOST_CONNECTION: CaptureEnd = { kind: 'disconnected', message: 'The camera went away.' };

/** A supervised source whose captures and time a test runs by hand. */
class Bench {
  readonly time = new FakeScheduler();
  readonly chunks: AudioChunk[] = [];
  readonly healths: SourceHealth[] = [];
  readonly captures: { listener: CaptureListener; stopped: boolean }[] = [];
  readonly supervisor: Supervisor;
  /** What its listener does when it is told of the health. */
  onHealth: (health: SourceHealth) => void = () => undefined;
  /** Epoch time of the last chunk. */
  sentAt = NaN;

  constructor({ random = 1 - 2 ** -52, openMs }: { random?: number; openMs?: number } = {}) {
    this.supervisor = new Supervisor(
      {
        name: 'nursery',
        stallMs: 2000,
        openMs,
        start: listener => {
          const capture = { listener, stopped: false };
          this.captures.push(capture);
          return {
            stop: () => {
              capture.stopped = true;
              return Promise.resolve();
            },
          };
        },
      },
      {
        chunk: chunk => {
          this.chunks.push(chunk);
          this.sentAt = this.time.epoch();
        },
        health: health => {
          this.healths.push(health);
          this.onHealth(health);
        },
      },
      this.time,
      () => random,
    );
    this.supervisor.start();
  }

  get states(): string[] {
    return this.healths.map(({ state }) => state).filter((state, i, all) => state !== all[i - 1]);
  }

  get last(): SourceHealth {
    return this.healths.at(-1)!;
  }

  get listener(): CaptureListener {
    return this.captures.at(-1)!.listener;
  }

  /** The newest capture hears so much, by a sample clock that is `speed` times as fast as time. */
  async hear(ms: number, { speed = 1, level = 0.1 } = {}): Promise<void> {
    const countAt = (timeMs: number): number => Math.round((timeMs * SAMPLE_RATE * speed) / 1000);
    for (let passedMs = BLOCK_MS; passedMs <= ms; passedMs += BLOCK_MS) {
      await this.time.pass(BLOCK_MS);
      this.listener.samples(tone(countAt(passedMs) - countAt(passedMs - BLOCK_MS), level));
    }
  }

  async end(end: CaptureEnd = LOST_CONNECTION): Promise<void> {
    this.listener.ended(end);
    await this.time.pass(0);
  }
}

function tone(count: number, level: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => (i % 2 ? level : -level));
}

describe('Supervisor', () => {
  it('numbers all samples in a row, and gives them their time', async () => {
    const bench = new Bench();
    await bench.time.pass(300);
    await bench.hear(5000);
    assert.deepEqual(bench.states, ['starting', 'running']);
    let next = 0;
    for (const { firstSample, samples, at, lost, source } of bench.chunks) {
      assert.deepEqual([firstSample, lost, source], [next, 0, 'nursery']);
      assert.equal(Math.round(at), 1_000_300 + (1000 * next) / SAMPLE_RATE);
      next += samples.length;
    }
    assert.ok(next > 4.8 * SAMPLE_RATE && next <= 5 * SAMPLE_RATE);
  });

  it('never goes back in time, also when a source is heard again', async () => {
    const bench = new Bench();
    await bench.hear(5000);
    for (let i = 0; i < 3; i++) {
      await bench.end();
      await bench.time.pass(1000 * bench.last.retryInS! + 700);
      await bench.hear(3000);
    }
    const positions = bench.healths.map(({ positionS }) => positionS);
    assert.ok(bench.states.length > 9);
    for (const [i, position] of positions.entries())
      assert.ok(i === 0 || position > positions[i - 1] - 0.001, `${positions[i - 1]} s, then ${position} s`);
  });

  it('opens a source again after each end, waits longer each time, and begins anew after a stable minute', async () => {
    const bench = new Bench();
    const waits: number[] = [];
    for (let i = 0; i < 8; i++) {
      await bench.end();
      assert.equal(bench.last.state, 'backoff');
      assert.equal(bench.last.error, LOST_CONNECTION.message);
      waits.push(Math.round(bench.last.retryInS!));
      assert.equal(bench.captures.length, i + 1);
      await bench.time.pass(1000 * bench.last.retryInS! + 1);
      assert.equal(bench.captures.length, i + 2);
    }
    assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
    assert.ok(bench.captures.slice(0, -1).every(({ stopped }) => stopped));
    await bench.hear(59_000);
    await bench.end();
    assert.equal(Math.round(bench.last.retryInS!), 60);
    await bench.time.pass(60_001);
    await bench.hear(61_000);
    await bench.end();
    assert.equal(Math.round(bench.last.retryInS!), 1);
    assert.equal(bench.last.restarts, 9);
  });

  it('does not count the minute of an older capture as its successor’s', async () => {
    const bench = new Bench();
    await bench.hear(61_000);
    await bench.end();
    await bench.time.pass(2000);
    for (let i = 0; i < 7; i++) {
      await bench.end();
      await bench.time.pass(1000 * bench.last.retryInS! + 1);
    }
    assert.equal(bench.captures.length, 9);
    await bench.end();
    assert.equal(Math.round(bench.last.retryInS!), 60);
  });

  it('waits half of that to all of it', async () => {
    const bench = new Bench({ random: 0 });
    await bench.end();
    assert.equal(bench.last.retryInS, 0.5);
  });

  it('stops a capture that stalls, and one that never begins', async () => {
    const bench = new Bench();
    await bench.hear(1000);
    await bench.time.pass(2100);
    assert.deepEqual(bench.states, ['starting', 'running', 'stalled', 'backoff']);
    assert.match(bench.last.error!, /No audio arrived for 2 s/);
    assert.ok(bench.captures[0].stopped);
    await bench.time.pass(1000);
    assert.equal(bench.states.at(-1), 'starting');
    await bench.time.pass(20_200);
    assert.deepEqual(bench.states.slice(-2), ['stalled', 'backoff']);
    assert.match(bench.last.error!, /for 20 s/);
  });

  it('says what was wrong with a capture from which nothing came, and waits as long as its source says', async () => {
    const bench = new Bench({ openMs: 45_000 });
    bench.listener.complaint!('Error parsing AU headers');
    await bench.time.pass(44_000);
    assert.deepEqual(bench.states, ['starting']);
    await bench.time.pass(1200);
    assert.deepEqual(bench.states, ['starting', 'stalled', 'backoff']);
    assert.equal(bench.last.trouble, 'not-a-stream');
    assert.match(bench.last.error!, /for 45 s\. ffmpeg says: Error parsing AU headers\./);
  });

  it('counts steps of a clock, and takes pauses for no silence', async () => {
    const bench = new Bench();
    bench.listener.format({ codec: 'aac', sampleRate: 16_000, channels: 1, pauses: true });
    bench.listener.clockStep!();
    await bench.hear(30_000, { level: 0 });
    assert.equal(bench.last.clockSteps, 1);
    assert.deepEqual(bench.states, ['starting', 'running']);
  });

  it('loses no sample that came before a stall or an end', async () => {
    const bench = new Bench();
    await bench.time.pass(100);
    bench.listener.samples(tone(1700, 0.1));
    await bench.time.pass(2100);
    await bench.time.pass(1000);
    bench.listener.samples(tone(1600, 0.1));
    await bench.end();
    assert.deepEqual(
      bench.chunks.map(({ samples }) => samples.length),
      [1700, 1600],
    );
    assert.deepEqual(bench.states, [
      'starting',
      'running',
      'stalled',
      'backoff',
      'starting',
      'running',
      'backoff',
    ]);
  });

  it('counts what was lost between captures, so that numbers and times stay true to the clock', async () => {
    const bench = new Bench();
    for (let i = 0; i < 100; i++) {
      await bench.hear(7000);
      await bench.end();
      await bench.time.pass(1000 * bench.last.retryInS! + 130);
    }
    await bench.hear(1000);
    const { firstSample, samples, at } = bench.chunks.at(-1)!;
    const truth = (bench.time.now() * SAMPLE_RATE) / 1000;
    assert.ok(Math.abs(firstSample + samples.length - truth) <= 4 * SAMPLE_RATE * 0.001, 'within 4 ms');
    assert.ok(Math.abs(at + (1000 * samples.length) / SAMPLE_RATE - bench.time.epoch()) <= 4);
    const lost = bench.chunks.reduce((sum, chunk) => sum + chunk.lost, 0);
    const heard = bench.chunks.reduce((sum, chunk) => sum + chunk.samples.length, 0);
    assert.equal(lost / SAMPLE_RATE, bench.last.lostS);
    assert.equal(lost + heard, firstSample + samples.length);
    assert.equal(bench.last.restarts, 100);
  });

  it('measures a slow sample clock, and counts what it leaves out', async () => {
    const bench = new Bench();
    await bench.hear(1_200_000, { speed: 0.997 });
    const { firstSample, samples, at } = bench.chunks.at(-1)!;
    assert.ok(Math.abs(bench.last.driftMs - 3600) < 130, `${bench.last.driftMs} ms`);
    assert.ok(Math.abs(bench.last.lostS - 3) < 1.1, `${bench.last.lostS} s`);
    const lateS = bench.time.now() / 1000 - (firstSample + samples.length) / SAMPLE_RATE;
    assert.ok(lateS >= 0 && lateS < 1.1, `${lateS} s`);
    assert.ok(Math.abs(at - bench.time.epoch()) < 1300);
  });

  it('measures a fast sample clock, and gives no sample a time to come', async () => {
    const bench = new Bench();
    await bench.hear(600_000, { speed: 1.001 });
    assert.ok(Math.abs(bench.last.driftMs + 600) < 50, `${bench.last.driftMs} ms`);
    assert.equal(bench.last.lostS, 0);
    for (const { at, samples } of bench.chunks.slice(-1))
      assert.ok(Math.abs(at + (1000 * samples.length) / SAMPLE_RATE - bench.sentAt) < 10);
  });

  it('sends a chunk for each step of the network, as soon as the step is complete', async () => {
    const bench = new Bench();
    await bench.time.pass(0);
    bench.listener.samples(tone(2048, 0.1));
    await bench.time.pass(200);
    for (let piece = 0; piece < 20; piece++) bench.listener.samples(tone(512, 0.1));
    assert.deepEqual(
      bench.chunks.map(({ firstSample, samples }) => firstSample + samples.length),
      // The first when the source has settled; then a first step of 5632 samples, and more of 4096.
      [2048, 5632, 9728],
    );
  });

  it('does not take bursts for drift or loss', async () => {
    const bench = new Bench();
    for (let i = 0; i < 20; i++) {
      await bench.time.pass(1900);
      bench.listener.samples(tone(1.9 * SAMPLE_RATE, 0.1));
    }
    assert.deepEqual([bench.last.driftMs, bench.last.lostS], [0, 0]);
  });

  it('follows the system’s clock when it is set', async () => {
    const bench = new Bench();
    await bench.hear(1000);
    bench.time.setClockForward(3_600_000);
    await bench.hear(1000);
    const { at, samples } = bench.chunks.at(-1)!;
    assert.ok(Math.abs(at + (1000 * samples.length) / SAMPLE_RATE - bench.time.epoch()) <= BLOCK_MS);
  });

  it('tells silence, a muted camera’s constant too, and its end', async () => {
    const bench = new Bench();
    await bench.hear(3000);
    for (let i = 0; i < 120; i++) {
      await bench.time.pass(BLOCK_MS);
      bench.listener.samples(new Float32Array(1600).fill(8 / 32768));
    }
    assert.equal(bench.states.at(-1), 'silent');
    assert.equal(bench.last.levelDb, -120);
    await bench.hear(3000);
    assert.deepEqual(bench.states, ['starting', 'running', 'silent', 'running']);
  });

  it('tells level and clipping', async () => {
    const bench = new Bench();
    await bench.hear(11_000, { level: 0.1 });
    assert.ok(Math.abs(bench.last.levelDb! + 20) < 0.01);
    const before = bench.last;
    assert.equal(before.clipping, 0);
    await bench.hear(11_000, { level: 1 });
    assert.ok(bench.last.clipping > 0.99);
  });

  it('tells what needs a person as failed, goes on trying, and slows down for a wrong password', async () => {
    const bench = new Bench();
    await bench.end({ kind: 'no-audio', message: 'The camera sends no sound.' });
    assert.deepEqual([bench.last.state, bench.last.error], ['failed', 'The camera sends no sound.']);
    await bench.time.pass(1001);
    assert.equal(bench.captures.length, 2);
    const waits: number[] = [];
    for (let i = 0; i < 8; i++) {
      await bench.end({ kind: 'wrong-password', message: 'Wrong password.' });
      waits.push(bench.last.retryInS! / 60);
      await bench.time.pass(60_000 * waits[i] + 1);
    }
    assert.deepEqual(waits.map(Math.round), [10, 20, 30, 30, 30, 30, 30, 30]);
  });

  it('does not wait long for a camera that was off for long and then wants another password once', async () => {
    const bench = new Bench();
    for (let i = 0; i < 8; i++) {
      await bench.end({ kind: 'unreachable', message: 'Nobody there.' });
      await bench.time.pass(1000 * bench.last.retryInS! + 1);
    }
    await bench.end({ kind: 'wrong-password', message: 'Wrong password.' });
    assert.equal(Math.round(bench.last.retryInS!), 600);
  });

  it('takes a burst at the beginning of a capture for what was kept, and not for what was lost', async () => {
    const bench = new Bench();
    for (let i = 0; i < 5; i++) {
      // Two of the outage's three seconds are sent later, in pieces.
      for (let piece = 0; piece < 10; piece++) {
        bench.listener.samples(tone(0.2 * SAMPLE_RATE, 0.1));
        await bench.time.pass(5);
      }
      await bench.hear(61_000);
      await bench.end();
      await bench.time.pass(3000);
    }
    bench.listener.samples(tone(2 * SAMPLE_RATE, 0.1));
    await bench.hear(1000);
    const { firstSample, samples } = bench.chunks.at(-1)!;
    const sinceFirstS = bench.time.now() / 1000 + 2;
    assert.ok(Math.abs((firstSample + samples.length) / SAMPLE_RATE - sinceFirstS) < 0.2);
    assert.ok(Math.abs(bench.supervisor.health.lostS - 5) < 0.3);
  });

  it('does not add up what comes late at the beginnings of captures', async () => {
    const bench = new Bench();
    await bench.time.pass(200);
    for (let i = 0; i < 10; i++) {
      await bench.hear(61_000);
      await bench.end();
      await bench.time.pass(1500);
      bench.listener.samples(tone(1600, 0.1));
      // The first piece is 0.2 s late; then the source catches up.
      await bench.time.pass(200);
      bench.listener.samples(tone(0.4 * SAMPLE_RATE, 0.1));
    }
    await bench.hear(61_000);
    const { firstSample, samples, at } = bench.chunks.at(-1)!;
    const endS = (firstSample + samples.length) / SAMPLE_RATE;
    assert.ok(Math.abs(endS - (bench.time.now() / 1000 - 0.2)) < 0.5, `${endS} s`);
    assert.ok(Math.abs(at + (1000 * samples.length) / SAMPLE_RATE - bench.sentAt) < 10);
  });

  it('looks for audio once more before it takes a source for stalled: the computer may have been busy', async () => {
    const bench = new Bench();
    await bench.hear(1000);
    await bench.time.pass(2050);
    bench.listener.samples(tone(2 * SAMPLE_RATE, 0.1));
    await bench.time.pass(1900);
    assert.deepEqual(bench.states, ['starting', 'running']);
    await bench.time.pass(300);
    assert.deepEqual(bench.states.slice(-2), ['stalled', 'backoff']);
  });

  it('counts what is lost while an outage lasts', async () => {
    const bench = new Bench();
    await bench.hear(1000);
    await bench.end();
    await bench.time.pass(500);
    assert.ok(Math.abs(bench.supervisor.health.lostS - 0.5) < 0.01);
    assert.ok(Math.abs(bench.supervisor.health.positionS - 1.5) < 0.01);
  });

  it('tells a source that is muted as silent at once when it is back', async () => {
    const bench = new Bench();
    await bench.hear(12_000, { level: 0 });
    await bench.end();
    await bench.time.pass(1001);
    await bench.hear(1000, { level: 0 });
    assert.deepEqual(bench.states, ['starting', 'running', 'silent', 'backoff', 'starting', 'silent']);
  });

  it('ignores what a capture says after its end', async () => {
    const bench = new Bench();
    await bench.hear(1000);
    const old = bench.listener;
    await bench.end();
    const before = bench.chunks.length;
    old.samples(tone(16_000, 0.1));
    old.ended(LOST_CONNECTION);
    await bench.time.pass(900);
    assert.equal(bench.chunks.length, before);
    assert.equal(bench.captures.length, 1);
  });

  it('stops for good, in every state', async () => {
    for (const until of ['starting', 'running', 'backoff'] as const) {
      const bench = new Bench();
      if (until !== 'starting') await bench.hear(1000);
      if (until === 'backoff') await bench.end();
      assert.equal(bench.last.state, until);
      await bench.supervisor.stop();
      await bench.supervisor.stop();
      await bench.time.pass(100_000);
      assert.equal(bench.captures.length, 1);
      assert.ok(bench.captures[0].stopped);
      assert.deepEqual(bench.states.slice(-2), [until, 'stopped']);
    }
  });

  it('opens nothing and leaves no timer when it is stopped by the one whom it tells of a state', async () => {
    for (const until of ['starting', 'running', 'stalled', 'backoff'] as const) {
      const bench = new Bench();
      if (until === 'starting') await bench.end();
      let captures = 0;
      bench.onHealth = ({ state }) => {
        if (state !== until) return;
        captures = bench.captures.length;
        void bench.supervisor.stop();
      };
      if (until === 'starting') await bench.time.pass(1100);
      else await bench.hear(1000);
      if (until === 'stalled') await bench.time.pass(2300);
      if (until === 'backoff') await bench.end();
      await bench.time.pass(500);
      assert.deepEqual(bench.states.slice(-2), [until, 'stopped']);
      assert.equal(bench.time.waiting, 0, until);
      assert.ok(captures > 0 && bench.captures.length === captures, until);
    }
  });

  it('tells its health every ten seconds', async () => {
    const bench = new Bench();
    await bench.hear(60_000);
    assert.equal(bench.healths.length, 2 + 5);
    assert.deepEqual(Object.keys(bench.last), [
      'source',
      'state',
      'since',
      'positionS',
      'restarts',
      'lostS',
      'levelDb',
      'clipping',
      'driftMs',
      'clockSteps',
      'format',
    ]);
  });
});
