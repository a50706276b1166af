import type { NodeMessage } from 'node-red';
import helper from 'node-red-node-test-helper';
import audioNode from '../../nodes/deepinfant-audio/deepinfant-audio.js';
import babyNode from '../../nodes/deepinfant-baby/deepinfant-baby.js';
import detectorNode from '../../nodes/deepinfant-detector/deepinfant-detector.js';
import reasonNode from '../../nodes/deepinfant-reason/deepinfant-reason.js';

/** A node as a flow file writes it. */
export interface FlowNode {
  id: string;
  type: string;
  [setting: string]: unknown;
}

/** A flow that runs in Node-RED's own runtime, and what came out of it so far. */
export interface RunningFlow {
  send(id: string, msg: NodeMessage): void;
  /** The messages that reached a `helper` node, oldest first. */
  messages(id: string): NodeMessage[];
  /** Comes back as soon as a helper node has such a message. */
  until(id: string, matches: (msg: NodeMessage) => boolean): Promise<NodeMessage>;
}

/** Starts the flow, with Node-RED's catch, status and complete nodes if it has them. Ends with `stopFlow`. */
export async function runFlow(nodes: FlowNode[]): Promise<RunningFlow> {
  const flow = nodes.map(node => ({ z: 'tab', wires: [], ...node }));
  const received = new Map<string, NodeMessage[]>();
  const waiting = new Set<() => void>();
  await helper.startServer();
  const collect = (): void => {
    for (const { id } of nodes.filter(({ type }) => type === 'helper')) {
      const messages: NodeMessage[] = [];
      received.set(id, messages);
      helper.getNode(id).on('input', msg => {
        messages.push(msg);
        for (const look of waiting) look();
      });
    }
  };
  await helper.load(
    [babyNode, audioNode, detectorNode, reasonNode],
    [{ id: 'tab', type: 'tab', label: 'test' }, ...flow],
  );
  collect();
  return {
    send: (id, msg) => {
      helper.getNode(id).receive(msg);
    },
    messages: id => received.get(id) ?? [],
    until: (id, matches) =>
      new Promise(resolve => {
        const look = (): void => {
          const found = received.get(id)?.find(matches);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}

export async function stopFlow(): Promise<void> {
  await helper.unload();
  await helper.stopServer();
}
