import path from 'node:path';
import type { NodeAPI } from 'node-red';

/** Where the memory of a baby is kept. Its node's id names it: the baby may be called otherwise some day. */
export function babyFolder(RED: NodeAPI, nodeId: string): string {
  // A flow that was written by hand may have any text as an id.
  return path.join(RED.settings.userDir!, 'deepinfant', `baby-${encodeURIComponent(nodeId)}`);
}
