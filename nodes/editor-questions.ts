import type { NodeAPI } from 'node-red';
import { messageOf } from '../src/errors.js';
import { isObject } from '../src/unknown-data.js';

export type Question = Record<string, unknown>;

/**
 * Answers what a node type's dialog asks the runtime at `/TYPE/WHAT`, to those who may edit flows. What an answer throws
 * is sent as `{error}`.
 */
export function answerEditor(
  RED: NodeAPI,
  type: string,
  answers: Record<string, (question: Question) => unknown>,
): void {
  for (const [what, answer] of Object.entries(answers)) {
    RED.httpAdmin.post(`/${type}/${what}`, RED.auth.needsPermission('flows.write'), (request, response) => {
      const question: unknown = request.body;
      void Promise.resolve(isObject(question) ? question : {})
        .then(answer)
        .catch((error: unknown) => ({ error: messageOf(error) }))
        .then(found => response.json(found));
    });
  }
}
