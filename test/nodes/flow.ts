import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import mqttNode from '@node-red/nodes/core/network/10-mqtt.js';
import type { Node, NodeAPI, NodeDef, NodeMessage } from 'node-red';
import helper from 'node-red-node-test-helper';
import audioNode from '../../nodes/deepinfant-audio/deepinfant-audio.js';
import babyNode from '../../nodes/deepinfant-baby/deepinfant-baby.js';
import detectorNode from '../../nodes/deepinfant-detector/deepinfant-detector.js';
import entitiesNode from '../../nodes/deepinfant-entities/deepinfant-entities.js';
import hassNode from '../../nodes/deepinfant-hass/deepinfant-hass.js';
import journalNode from '../../nodes/deepinfant-journal/deepinfant-journal.js';
import lightNode from '../../nodes/deepinfant-light/deepinfant-light.js';
import notifyNode from '../../nodes/deepinfant-notify/deepinfant-notify.js';
import reasonNode from '../../nodes/deepinfant-reason/deepinfant-reason.js';

/** A node as a flow file writes it; type `probe` keeps the messages that reach it. */
export interface FlowNode {
  id: string;
  type: string;
  [setting: string]: unknown;
}

/** A flow that runs in Node-RED's own runtime, and what came out of it so far. */
export interface RunningFlow {
  /** Where this Node-RED keeps what is to stay. */
  userDir: string;
  send(id: string, msg: NodeMessage): void;
  /** The messages that reached a probe, oldest first. */
  messages(probe: string): NodeMessage[];
  /** Comes back as soon as a probe has such a message. */
  until(probe: string, matches?: (msg: NodeMessage) => boolean): Promise<NodeMessage>;
  /** Deploys the flow once more, which makes all its nodes anew; or only one node that changed, and this one anew. */
  redeploy(changed?: FlowNode): Promise<void>;
  /** Deploys the flow without a node. */
  remove(id: string): Promise<void>;
}

const CONFIG_TYPES = ['deepinfant-baby', 'deepinfant-hass', 'mqtt-broker'];

/** Node-RED's user directory; of the flow that runs. */
let userDir: string;
/** What is waited for in it. */
const waiting = new Map<() => void, { timer: NodeJS.Timeout; seen: () => string }>();
/** Patience with a message; a test's own may be shorter. */
const UNTIL_MS = 80_000;
/** Messages that are shown of those that came instead. */
const MOST_SHOWN = 20;

/** The last messages, as far as they are short. */
function shown(messages: NodeMessage[]): string {
  return inspect(messages.slice(-MOST_SHOWN), { depth: 4, maxArrayLength: 3, maxStringLength: 300 });
}

/** Keep the errors that nodes report, and the statuses they show. */
const OBSERVERS: FlowNode[] = [
  { id: 'errors', type: 'probe' },
  { id: 'catch', type: 'catch', scope: null, wires: [['errors']] },
  { id: 'statuses', type: 'probe' },
  { id: 'status', type: 'status', scope: null, wires: [['statuses']] },
];

/**
 * Starts the flow, with probes for `errors` and `statuses` of all its nodes. Ends with `stopFlow`.
 * @param credentials what Node-RED keeps apart from the flow, by node
 * @param receive gets each message that reaches a probe
 */
export async function runFlow(
  nodes: FlowNode[],
  credentials: Record<string, object> = {},
  receive: (msg: NodeMessage) => void = () => undefined,
): Promise<RunningFlow> {
  const received = new Map<string, NodeMessage[]>();
  const messages = (probe: string): NodeMessage[] => received.get(probe) ?? [];
  waiting.clear();
  const probeNode = (RED: NodeAPI): void => {
    RED.nodes.registerType('probe', function (this: Node, config: NodeDef) {
      RED.nodes.createNode(this, config);
      this.on('input', (msg, _send, done) => {
        received.set(this.id, [...messages(this.id), msg]);
        receive(msg);
        for (const look of waiting.keys()) look();
        done();
      });
    });
  };
  // Only config nodes have no place.
  const placed = [...OBSERVERS, ...nodes].map(node =>
    CONFIG_TYPES.includes(node.type) ? node : { z: 'tab', x: 0, y: 0, wires: [], ...node },
  );
  const flow = [{ id: 'tab', type: 'tab', label: 'test' }, ...placed];
  userDir = await mkdtemp(path.join(tmpdir(), 'deepinfant-'));
  // A broker that was away is tried again soon.
  helper.settings({ userDir, mqttReconnectTime: 1000 });
  await helper.startServer();
  await helper.load(
    [
      probeNode,
      babyNode,
      audioNode,
      detectorNode,
      reasonNode,
      journalNode,
      hassNode,
      lightNode,
      notifyNode,
      entitiesNode,
      mqttNode,
    ],
    flow,
    credentials,
  );
  return {
    userDir,
    send: (id, msg) => {
      helper.getNode(id).receive(msg);
    },
    messages,
    until: (probe, matches = () => true) =>
      new Promise((resolve, reject) => {
        const seen = (): string =>
          `a message to ${probe} that matches ${String(matches)}, after ${shown(messages(probe))}`;
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`waited in vain for ${seen()}`));
        }, UNTIL_MS);
        const look = (): void => {
          const found = messages(probe).find(matches);
          if (found === undefined) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(found);
        };
        waiting.set(look, { timer, seen });
        look();
      }),
    redeploy: changed => {
      if (changed === undefined) return helper.setFlows(flow);
      const changedFlow = flow.map(node => (node.id === changed.id ? { ...node, ...changed } : node));
      return helper.setFlows(changedFlow, 'nodes');
    },
    remove: id =>
      helper.setFlows(
        flow.filter(node => node.id !== id),
        'nodes',
      ),
  };
}

/** Asks the runtime what a dialog in the editor asks it. */
export async function askDialog<Answer>(what: string, question: object = {}): Promise<Answer> {
  const { body } = await helper.request().post(`/${what}`).send(question);
  return body as Answer;
}

export async function stopFlow(): Promise<void> {
  // A test whose own patience was shorter.
  for (const { timer, seen } of waiting.values()) {
    clearTimeout(timer);
    console.log(`      waits still for ${seen()}`);
  }
  waiting.clear();
  await helper.unload();
  await helper.stopServer();
  await rm(userDir, { recursive: true, maxRetries: 5 });
}

/** The text of an error that a catch node got. */
export function errorText({ error }: NodeMessage): string {
  return (error as { message: string }).message;
}

/** The text of a status; without a locale that is the text's key. */
export function statusText({ status }: NodeMessage): string {
  return (status as { text: string }).text;
}
