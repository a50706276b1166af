/** What other nodes need of a deepinfant-baby node. */
import path from 'node:path';
import type { Node, NodeAPI } from 'node-red';
import * as v from 'valibot';
import type { Baby } from '../src/baby/baby.js';
import { encodePart } from '../src/encode-part.js';
import { guard } from '../src/guard.js';
import type { Keeping } from '../src/journal/journal.js';
import { dataFolder } from './data-file.js';
import { flag, numberFrom, text } from './settings.js';

export interface BabyNode<Credentials extends object = object> extends Node<Credentials> {
  baby: Baby;
  keeping: Keeping;
}

/** The baby node with an id; undefined where there is none, as for '', or where its settings are wrong. */
export function findBabyNode(RED: NodeAPI, id: unknown): BabyNode | undefined {
  const node = typeof id === 'string' ? (RED.nodes.getNode(id) as Partial<BabyNode> | null) : null;
  return node?.baby ? (node as BabyNode) : undefined;
}

/**
 * The baby node that a node is set up with; undefined where it has none. Where its settings are wrong, the node goes on
 * without it, since cries must reach those behind it, and says so.
 */
export function babyNodeOf(RED: NodeAPI, node: Node, id: string): BabyNode | undefined {
  const babyNode = findBabyNode(RED, id);
  const existing = RED.nodes.getNode(id) as Node | null;
  if (babyNode === undefined && existing !== null)
    // Nodes that catch errors are there once the flow has started.
    setImmediate(
      guard(() => {
        node.error('The baby is not known here: the settings of its node are wrong. Correct them.', {});
      }),
    );
  return babyNode;
}

/** Where the memory of a baby is kept. The node's id names the folder, since a baby may be renamed. */
export function babyFolder(RED: NodeAPI, nodeId: string): string {
  // A flow that was written by hand may have any text as an id.
  return path.join(dataFolder(RED), `baby-${encodePart(nodeId)}`);
}

/** What the journal of a baby keeps. */
export const KEEPING_SETTINGS = v.object({
  /** Whether the journal keeps clips and pictures of cries. */
  keepsSound: flag(true),
  /** How many days the journal keeps its entries, and how many MB of sound. */
  keepDays: numberFrom(1, 36_500, 365),
  soundMb: numberFrom(1, 10_000_000, 1000),
  /** Folder for the sound, with one folder below it for each baby; '' for Node-RED's own. */
  soundFolder: text(),
});

/** @param folder where the baby's memory is kept */
export function keepingOf(
  { keepsSound, keepDays, soundMb, soundFolder }: v.InferOutput<typeof KEEPING_SETTINGS>,
  folder: string,
): Keeping {
  return {
    hasSound: keepsSound,
    days: keepDays,
    soundMb,
    ...(soundFolder && { soundFolder: path.resolve(soundFolder, path.basename(folder)) }),
  };
}
