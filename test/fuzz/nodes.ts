import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { NodeAPI, NodeMessage } from 'node-red';
import helper from 'node-red-node-test-helper';
import RED from 'node-red';
import babyNode from '../../nodes/deepinfant-baby/deepinfant-baby.js';
import detectorNode from '../../nodes/deepinfant-detector/deepinfant-detector.js';
import entitiesNode from '../../nodes/deepinfant-entities/deepinfant-entities.js';
import hassNode from '../../nodes/deepinfant-hass/deepinfant-hass.js';
import journalNode from '../../nodes/deepinfant-journal/deepinfant-journal.js';
import lightNode from '../../nodes/deepinfant-light/deepinfant-light.js';
import notifyNode from '../../nodes/deepinfant-notify/deepinfant-notify.js';
import reasonNode from '../../nodes/deepinfant-reason/deepinfant-reason.js';
import { DeepInfantError, messageOf } from '../../src/errors.js';
import { chunk, cry, health, telling } from './good.js';
import { anything, damaged, text } from './inputs.js';
import { RAW } from './servers.js';
import { target, type Target } from './target.js';

const TAKERS = ['detector', 'reason', 'journal', 'notify', 'light', 'entities'] as const;

/** Nobody answers there: what is sent to Home Assistant waits. */
const NOWHERE = 'http://127.0.0.1:9';

/** Nodes without a place are config nodes. */
const PLACE = { z: 'tab', x: 0, y: 0 };

const FLOW = [
  { id: 'tab', type: 'tab' },
  { id: 'baby', type: 'deepinfant-baby', name: 'Mia', birthDate: '2026-06-01' },
  { id: 'hass', type: 'deepinfant-hass', url: NOWHERE },
  { id: 'catch', type: 'catch', scope: null, wires: [['errors']], ...PLACE },
  { id: 'errors', type: 'errors', wires: [], ...PLACE },
  ...TAKERS.map(id => ({
    id,
    type: `deepinfant-${id}`,
    ...PLACE,
    baby: 'baby',
    hass: 'hass',
    phones: 'notify.phone',
    lights: 'light.lamp',
    wires: [],
  })),
];

/** Sends messages to every node of this package in a real Node-RED; each must be completed, and no error be a raw one. */
export function nodesTarget(): Target<unknown> {
  const userDir = mkdtempSync(path.join(tmpdir(), 'fuzz-nodes-'));
  const completions = new Map<string, (error: unknown) => void>();
  const defects: string[] = [];
  let sent = 0;

  const errorsNode = (api: NodeAPI): void => {
    api.nodes.registerType('errors', function (this, config) {
      api.nodes.createNode(this, config);
      this.on('input', ({ error }, _send, done) => {
        const { message, stack = message } = error as { message: string; stack?: string };
        if (RAW.test(message)) defects.push(stack);
        done();
      });
    });
  };

  async function open(): Promise<void> {
    helper.settings({ userDir });
    await helper.startServer();
    await helper.load(
      [
        errorsNode,
        babyNode,
        detectorNode,
        reasonNode,
        journalNode,
        hassNode,
        lightNode,
        notifyNode,
        entitiesNode,
      ],
      FLOW,
      {},
    );
    RED.hooks.add('onComplete.fuzz', ({ msg, error }: { msg: NodeMessage; error?: unknown }) => {
      completions.get(String(msg._msgid))?.(error);
    });
    // It loads its model, which may take longer than an input.
    await send('detector', { payload: chunk() });
  }

  /** Resolves to the error with which the node completed the message, if any. */
  async function send(node: string, msg: object): Promise<unknown> {
    const id = `fuzz${sent++}`;
    const error = await new Promise<unknown>(resolve => {
      completions.set(id, resolve);
      helper.getNode(node).receive({ ...msg, _msgid: id });
    });
    completions.delete(id);
    return error;
  }

  return target({
    open,
    inputs: fc.record({
      node: fc.constantFrom(...TAKERS),
      topic: fc.oneof(
        fc.constantFrom(
          undefined,
          'feed',
          'answer',
          'withdraw',
          'preset',
          'night',
          'weeks',
          'accuracy',
          'export',
          'import',
        ),
        text,
      ),
      payload: fc.oneof(anything, damaged(fc.constantFrom(chunk(), cry(), health(), ...telling()))),
      complete: fc.constantFrom(undefined, true),
    }),
    run: async ({ node, ...msg }) => {
      // A path from the root would have it search the whole disk.
      const isPath = node === 'detector' && typeof msg.payload === 'string';
      const payload = isPath ? path.join(userDir, 'recordings', String(msg.payload)) : msg.payload;
      const error = await send(node, { ...msg, payload });
      if (defects.length > 0) throw new Error(`${node} reports ${defects.splice(0).join('; ')}`);
      if (error === undefined) return;
      if (error instanceof DeepInfantError) throw error;
      throw new Error(`${node} answers ${messageOf(error)}`, { cause: error });
    },
    close: async () => {
      await helper.unload();
      await helper.stopServer();
      rmSync(userDir, { recursive: true });
    },
  });
}
