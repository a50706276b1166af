import type {
  Node,
  NodeAPI,
  NodeMessage,
  NodeMessageInFlow,
  NodeStatusFill,
  NodeStatusShape,
} from 'node-red';
import { messageOf } from '../src/errors.js';
import { guard, reportDefects } from '../src/guard.js';
import { Troubles } from '../src/troubles.js';

/** Sends one message to each output; null for an output that gets none. */
export type Send = (outputs: (NodeMessage | null)[]) => void;

/** What a node of this package does, free of Node-RED's callbacks. */
export interface NodeWork {
  start(): void | Promise<void>;
  /** Answers one message; what it throws becomes the message's error, which a catch node gets. */
  input(msg: NodeMessageInFlow, send: Send): void | Promise<void>;
  /**
   * Ends everything that runs; may be called twice.
   * @param isRemoved whether the node was taken out of the flow, and not only deployed anew
   */
  stop(isRemoved: boolean): void | Promise<void>;
}

/**
 * Gives a node its work, whose guarded timers, streams and sockets report to the node. Nothing that
 * the work throws reaches Node-RED's own callbacks, which would lose it.
 */
export function run(node: Node, work: NodeWork): void {
  const start = startAndStop(node, work);
  node.on('input', (msg, send, done) => {
    // Another node may send in the moment in which the flow starts.
    start();
    attempt(node, () => work.input(msg, send)).then(
      () => {
        done();
      },
      (error: unknown) => {
        done(error instanceof Error ? error : new Error(messageOf(error)));
      },
    );
  });
}

/**
 * Sets a node up. One that cannot work as it is set up turns red and reports one error, which each of its messages gets,
 * too.
 */
export function setUp(node: Node, step: () => void): void {
  try {
    step();
  } catch (error) {
    refuse(node, error);
  }
}

function refuse(node: Node, error: unknown): void {
  const fail = (): never => {
    throw error;
  };
  run(node, {
    start: () => {
      node.status({ fill: 'red', shape: 'ring', text: 'node-red:common.status.error' });
      fail();
    },
    input: fail,
    stop: () => undefined,
  });
}

/**
 * The part of a node's work that no message begins: all that a config node has.
 * @returns what starts the work at once, unless it was started or stopped
 */
export function startAndStop(node: Node, work: Pick<NodeWork, 'start' | 'stop'>): () => void {
  const report = (error: unknown): void => {
    node.error(messageOf(error));
  };
  let isPending = true;
  const start = (): void => {
    if (!isPending) return;
    isPending = false;
    attempt(node, () => work.start()).catch(report);
  };
  // The nodes that are to get what it sends may come later in the flow.
  setImmediate(start);
  node.on('close', (isRemoved: boolean, done: () => void) => {
    isPending = false;
    void attempt(node, () => work.stop(isRemoved))
      .catch(report)
      .finally(done);
  });
  return start;
}

/** Reports of defects by node: of those that come again and again, one each. */
const defects = new WeakMap<Node, Troubles>();

/** What reports, on a node, that something failed in it. */
function defectReportOf(node: Node): (error: unknown) => void {
  return error => {
    const troubles =
      defects.get(node) ??
      new Troubles(news => {
        node.error(`Something failed that should not, and the node goes on: ${messageOf(news)}`, {});
      });
    defects.set(node, troubles);
    troubles.raise(messageOf(error), error);
  };
}

function attempt(node: Node, step: () => void | Promise<void>): Promise<void> {
  return reportDefects(defectReportOf(node), async () => {
    await step();
  });
}

export interface StatusForm {
  fill: NodeStatusFill;
  shape: NodeStatusShape;
  /** Key of the text in the node's locale files, or in Node-RED's own when it names `node-red:`. */
  text: string;
}

/** Shortest time from one status to the next: the editor gets each, and a recording heard fast changes a hundred a second. */
const STATUS_EVERY_MS = 500;

/**
 * Gives the function that shows a state of `table` under the node, at most twice a second: of several states in between
 * only the last one is shown. What is shown already is not sent again.
 */
export function statusOf<State extends string>(
  RED: Pick<NodeAPI, '_'>,
  node: Node,
  table: Record<State, StatusForm>,
): (state: State, values?: Record<string, string | number>) => void {
  let shown = '';
  let next: { key: string; state: State; values?: Record<string, string | number> } | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const showNext = (): void => {
    timer = undefined;
    if (next === undefined || next.key === shown) return;
    shown = next.key;
    const { fill, shape, text } = table[next.state];
    node.status({ fill, shape, text: RED._(text, next.values) });
    // A node that is closed may have a successor of the same id, whose status must not be overwritten later.
    if (!isClosed) timer = setTimeout(guard(showNext, defectReportOf(node)), STATUS_EVERY_MS).unref();
  };
  node.on('close', () => {
    isClosed = true;
    clearTimeout(timer);
    showNext();
  });
  return (state, values) => {
    // Translated when it is shown: a detector says how it is with each step, and mostly the same.
    next = { key: JSON.stringify([state, values]), state, values };
    if (timer === undefined || isClosed) showNext();
  };
}
