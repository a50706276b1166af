import type { NodeAPI } from 'node-red';
import type { LiveViews } from '../../src/detect/live-views.js';
import type { LookReply } from '../../src/detect/look-reply.js';
import { DeepInfantError } from '../../src/errors.js';
import { answerEditor } from '../editor-questions.js';

/** Answers the dialog of detector nodes, for those who may edit flows. */
export function answerDialog(RED: NodeAPI): void {
  answerEditor<{ look: LookReply }>(RED, 'deepinfant-detector', {
    look: ({ id, source, fromColumn }) => {
      const node = RED.nodes.getNode(String(id)) as { views?: LiveViews } | null;
      if (node?.views === undefined)
        throw new DeepInfantError('not-deployed', RED._('deepinfant-detector.live.notDeployed'));
      return node.views.look(String(source), Number(fromColumn) || 0);
    },
  });
}
