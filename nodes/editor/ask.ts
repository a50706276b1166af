import type { Reply } from './reply.js';

/**
 * Asks the runtime at `/TYPE/WHAT`, which ../editor-questions.ts answers. jQuery sends the editor's login with it, and
 * the answer is in the editor's language. Never rejects.
 */
export async function ask<Answer extends object>(
  path: `deepinfant-${string}/${string}`,
  question: object = {},
): Promise<Reply<Answer>> {
  try {
    return (await $.ajax({
      url: path,
      method: 'POST',
      contentType: 'application/json',
      data: JSON.stringify({ ...question, language: RED.i18n.lang() }),
    })) as Reply<Answer>;
  } catch (request) {
    const { status, statusText } = request as JQuery.jqXHR;
    return { error: statusText || String(status) } as Reply<Answer>;
  }
}
