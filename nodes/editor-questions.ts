import type { NodeAPI } from 'node-red';
import { messageOf } from '../src/errors.js';
import { isObject } from '../src/unknown-data.js';
import type { Reply } from './editor/reply.js';

/** What a dialog asks, as it came. */
export type Question = Record<string, unknown>;

/** Answers each question of a dialog. */
export type Answers<Replies> = {
  [Name in keyof Replies]: (question: Question) => Reply<Replies[Name]> | Promise<Reply<Replies[Name]>>;
};

/**
 * Answers the questions that the dialog of a node type posts to `/TYPE/QUESTION`, for those who may edit flows. If an answer
 * throws, the dialog gets the message as `error`.
 */
export function answerEditor<Replies>(RED: NodeAPI, type: string, answers: Answers<Replies>): void {
  for (const [name, answer] of Object.entries<(question: Question) => unknown>(answers)) {
    RED.httpAdmin.post(`/${type}/${name}`, RED.auth.needsPermission('flows.write'), (request, response) => {
      // A form of another page in the same browser cannot send JSON, unless this server's CORS settings let it.
      if (!request.is('application/json')) {
        response.sendStatus(415);
        return;
      }
      const question: unknown = request.body;
      void Promise.resolve(isObject(question) ? question : {})
        .then(answer)
        .catch((error: unknown) => ({ error: messageOf(error) }))
        .then(reply => response.json(reply))
        .catch(() => response.sendStatus(500));
    });
  }
}
