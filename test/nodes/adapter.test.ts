import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Node, NodeAPI, NodeStatus } from 'node-red';
import { run, statusOf, type StatusForm } from '../../nodes/adapter.js';

const TABLE: Record<'playing' | 'ended', StatusForm> = {
  playing: { fill: 'green', shape: 'dot', text: 'playing' },
  ended: { fill: 'grey', shape: 'ring', text: 'ended' },
};
const RED = {
  _: (key: string, { time = '' }: Record<string, string | number> = {}) => `${key} ${time}`.trim(),
} as unknown as NodeAPI;

/** A node of which only the statuses are of interest. */
class StatusNode extends EventEmitter {
  readonly shown: string[] = [];

  status({ text }: NodeStatus): void {
    this.shown.push(text!);
  }
}

describe('statusOf', () => {
  let node: StatusNode;
  let show: ReturnType<typeof statusOf<keyof typeof TABLE>>;
  beforeEach(() => {
    node = new StatusNode();
    show = statusOf(RED, node as unknown as Node, TABLE);
  });

  it('shows a state at once, and what is shown already not again', async () => {
    show('playing');
    assert.deepEqual(node.shown, ['playing']);
    show('playing');
    await sleep(600);
    assert.deepEqual(node.shown, ['playing']);
    show('ended');
    assert.deepEqual(node.shown, ['playing', 'ended']);
  });

  it('shows at most two states a second, and the last one always', async () => {
    const start = performance.now();
    for (let time = 0; performance.now() - start < 1600; time++) {
      show('playing', { time });
      await sleep(5);
    }
    show('ended');
    await sleep(600);
    assert(node.shown.length <= 6, node.shown.join(', '));
    assert.equal(node.shown[0], 'playing 0');
    assert.equal(node.shown.at(-1), 'ended');
  });

  it('shows the last state as the node closes, and nothing later', async () => {
    show('playing', { time: 1 });
    show('playing', { time: 2 });
    show('playing', { time: 3 });
    node.emit('close');
    assert.deepEqual(node.shown, ['playing 1', 'playing 3']);
    show('ended');
    assert.deepEqual(node.shown, ['playing 1', 'playing 3', 'ended']);
    await sleep(600);
    assert.equal(node.shown.length, 3);
  });
});

describe('run', () => {
  it('starts the work before its first message, also in the moment in which the flow starts', async () => {
    const node = new EventEmitter();
    const steps: string[] = [];
    run(node as unknown as Node, {
      start: () => {
        steps.push('start');
      },
      input: () => {
        steps.push('input');
      },
      stop: () => undefined,
    });
    await new Promise<void>(resolve => {
      node.emit('input', {}, () => undefined, resolve);
    });
    await new Promise(setImmediate);
    assert.deepEqual(steps, ['start', 'input']);
  });
});
