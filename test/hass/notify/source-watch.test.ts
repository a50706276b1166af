import assert from 'node:assert/strict';
import { SourceWatch } from '../../../src/hass/notify/source-watch.js';
import type { SourceState } from '../../../src/values.js';

const MINUTE_MS = 60_000;
/** Epoch ms. */
const START = Date.UTC(2026, 0, 15, 12);

class Simulation {
  watch = new SourceWatch(['notify.anna', 'notify.ben'], 5 * MINUTE_MS);
  now = START;

  /** A status of the cot's source after some time. @returns what is sent */
  push(state: SourceState, afterMs = 0, error?: string): string[] {
    this.now += afterMs;
    this.watch.push({ source: 'cot', state, error }, this.now);
    return this.send();
  }

  /** @param isReached whether phones can be reached */
  send(afterMs = 0, isReached = true): string[] {
    this.now += afterMs;
    const due = this.watch.due(this.now);
    for (const loss of due) {
      this.watch.startSending(loss);
      if (isReached) this.watch.succeed(loss);
      else this.watch.cancel(loss);
    }
    return due.map(({ phone, loss: { end = 'lost', error = '' } }) => `${phone} ${end} ${error}`.trim());
  }

  /** Runs for some time. */
  run(forMs: number): string[] {
    const sent: string[] = [];
    for (let ms = 0; ms < forMs; ms += 10_000) sent.push(...this.push('running', 10_000));
    return sent;
  }

  restart(): void {
    const { state } = this.watch;
    this.watch = new SourceWatch(['notify.anna', 'notify.ben'], 5 * MINUTE_MS);
    this.watch.restore(state);
  }
}

const LOST = ['notify.anna lost', 'notify.ben lost'];
const BACK = ['notify.anna back', 'notify.ben back'];

describe('SourceWatch', () => {
  it('reports a source that is lost for long enough, once, and when it is back', () => {
    const simulation = new Simulation();
    assert.deepEqual(simulation.push('running'), []);
    simulation.push('stalled', 10_000, 'No sound.');
    assert.deepEqual(simulation.send(5 * MINUTE_MS - 1), []);
    assert.deepEqual(simulation.push('starting'), []);
    assert.deepEqual(
      simulation.send(1),
      LOST.map(line => `${line} No sound.`),
    );
    assert.deepEqual(simulation.send(MINUTE_MS), []);
    assert.deepEqual(simulation.push('backoff', MINUTE_MS), []);
    assert.deepEqual(simulation.push('running', MINUTE_MS), []);
    assert.deepEqual(
      simulation.push('running', 10_000),
      BACK.map(line => `${line} No sound.`),
    );
    assert.deepEqual(simulation.watch.state, []);
    assert.deepEqual(simulation.run(20 * MINUTE_MS), []);
  });

  it('reports one that never starts', () => {
    const simulation = new Simulation();
    simulation.push('starting');
    assert.deepEqual(simulation.send(5 * MINUTE_MS), LOST);
  });

  it('says nothing of one that is away for less', () => {
    const simulation = new Simulation();
    for (let i = 0; i < 10; i++) {
      assert.deepEqual(simulation.push('backoff', 10_000), []);
      assert.deepEqual(simulation.push('running', 4 * MINUTE_MS), []);
      assert.deepEqual(simulation.run(MINUTE_MS), []);
    }
  });

  it('takes one that comes and goes as lost', () => {
    const simulation = new Simulation();
    const sent: string[] = [];
    for (let i = 0; i < 30; i++)
      sent.push(...simulation.push('running', 15_000), ...simulation.push('stalled', 5000));
    assert.deepEqual(sent, LOST);
  });

  it('reports one that sends nothing any more', () => {
    const simulation = new Simulation();
    simulation.run(MINUTE_MS);
    assert.deepEqual(simulation.send(5 * MINUTE_MS), LOST);
    simulation.push('running');
    assert.deepEqual(simulation.push('running', 10_000), BACK);
  });

  it('says nothing of one that is switched off, and takes back what it said', () => {
    const simulation = new Simulation();
    simulation.push('stopped');
    assert.deepEqual(simulation.send(10 * MINUTE_MS), []);
    simulation.push('stalled');
    assert.deepEqual(simulation.send(5 * MINUTE_MS), LOST);
    assert.deepEqual(simulation.push('stopped'), ['notify.anna off', 'notify.ben off']);
  });

  it('tries phones again that cannot be reached, and tells nobody of the end who never knew', () => {
    const simulation = new Simulation();
    simulation.push('stalled');
    assert.deepEqual(simulation.send(5 * MINUTE_MS, false), LOST);
    assert.deepEqual(simulation.send(3000, false), LOST);
    for (const now of [simulation.now, simulation.now + 10_000])
      simulation.watch.push({ source: 'cot', state: 'running' }, now);
    assert.deepEqual(simulation.send(10_000), []);
    assert.deepEqual(simulation.watch.state, []);
  });

  it('says after a restart that a source is back, and does not repeat that it is lost', () => {
    const simulation = new Simulation();
    simulation.push('stalled');
    assert.deepEqual(simulation.send(5 * MINUTE_MS), LOST);
    simulation.restart();
    simulation.push('starting', MINUTE_MS);
    assert.deepEqual(simulation.send(10 * MINUTE_MS), []);
    simulation.push('running');
    assert.deepEqual(simulation.push('running', 10_000), BACK);
  });

  it('forgets the source that sent no status for longest where there are too many', () => {
    const watch = new SourceWatch(['notify.anna'], MINUTE_MS);
    watch.push({ source: 'first', state: 'failed' }, START);
    watch.push({ source: 'cot', state: 'failed' }, START);
    for (let i = 0; i < 49; i++) watch.push({ source: `other ${i}`, state: 'failed' }, START + 1000);
    // Its status is news: it stays, and the one before it went.
    watch.push({ source: 'cot', state: 'failed' }, START + 2000);
    watch.push({ source: 'last', state: 'failed' }, START + 3000);
    const sources = watch.due(START + 10 * MINUTE_MS).map(({ loss }) => loss.source);
    assert.equal(sources.length, 50);
    assert.deepEqual([sources.includes('first'), sources.includes('cot')], [false, true]);
  });
});
