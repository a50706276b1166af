import type { NodeMessage } from 'node-red';
import { findWord } from '../../src/door/word.js';

const ON = ['true', 'on'] as const;
const OFF = ['false', 'off'] as const;

/** Whether a message with the topic `listen` switches listening on or off; undefined for any other message. */
export function readListen({ topic, payload }: NodeMessage): boolean | undefined {
  if (!findWord(['listen'], topic)) return undefined;
  const said = String(payload);
  if (findWord(ON, said)) return true;
  return findWord(OFF, said) ? false : undefined;
}
