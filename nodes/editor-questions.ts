import type { NodeAPI } from 'node-red';
import { messageOf } from '../src/errors.js';
import { isObject } from '../src/unknown-data.js';
import type { Reply } from './editor/reply.js';

export type Question = Record<string, unknown>;

/** What answers each question of a dialog, at `/TYPE/WHAT`. */
export type Answers<Replies> = {
  [What in keyof Replies]: (question: Question) => Reply<Replies[What]> | Promise<Reply<Replies[What]>>;
};

/**
 * Answers what a node type's dialog asks the runtime, for those who may edit flows. The message of what an answer throws is
 * sent as `error`.
 */
export function answerEditor<Replies>(RED: NodeAPI, type: string, answers: Answers<Replies>): void {
  for (const [what, answer] of Object.entries<(question: Question) => unknown>(answers)) {
    RED.httpAdmin.post(`/${type}/${what}`, RED.auth.needsPermission('flows.write'), (request, response) => {
      const question: unknown = request.body;
      void Promise.resolve(isObject(question) ? question : {})
        .then(answer)
        .catch((error: unknown) => ({ error: messageOf(error) }))
        .then(found => response.json(found));
    });
  }
}
