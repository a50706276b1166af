import type { NodeAPI } from 'node-red';
import { languageOf } from '../src/texts/language.js';
import { errorTextIn } from '../src/texts/trouble-text.js';
import { isObject } from '../src/unknown-data.js';
import type { Reply } from './editor/reply.js';
import { type NodeTexts, textsOfNode } from './language.js';

/** What a dialog asks, as it came. */
export type Question = Record<string, unknown>;

/** Answers each question of a dialog, in the language of the browser that it is open in. */
export type Answers<Replies> = {
  [Name in keyof Replies]: (
    question: Question,
    texts: NodeTexts,
  ) => Reply<Replies[Name]> | Promise<Reply<Replies[Name]>>;
};

/**
 * Answers the questions that the dialog of a node type posts to `/TYPE/QUESTION`, for those who may edit flows. If an answer
 * throws, the dialog gets the message as `error`.
 */
export function answerEditor<Replies>(RED: NodeAPI, type: string, answers: Answers<Replies>): void {
  for (const [name, answer] of Object.entries<(question: Question, texts: NodeTexts) => unknown>(answers)) {
    RED.httpAdmin.post(`/${type}/${name}`, RED.auth.needsPermission('flows.write'), (request, response) => {
      // A form of another page in the same browser cannot send JSON, unless this server's CORS settings let it.
      if (!request.is('application/json')) {
        response.sendStatus(415);
        return;
      }
      const { body } = request as { body: unknown };
      const question = isObject(body) ? body : {};
      const texts = textsOfDialog(RED, type, question);
      void Promise.resolve()
        .then(() => answer(question, texts))
        .catch((error: unknown) => ({ error: errorTextIn(texts.language, error) }))
        .then(reply => response.json(reply))
        .catch(() => response.sendStatus(500));
    });
  }
}

function textsOfDialog(RED: NodeAPI, type: string, { language }: Question): NodeTexts {
  if (typeof language === 'string') return textsOfNode(RED, `${type}.language`, languageOf(language));
  return { language: 'en', _: (key, values) => RED._(key, values) };
}
