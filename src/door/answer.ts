import * as v from 'valibot';
import { check } from '../check.js';
import { type Answer, REASONS } from '../values.js';
import { epoch, id, name } from './fields.js';

const ANSWER: v.GenericSchema<unknown, Answer> = v.object({
  cry: id,
  reason: v.picklist(REASONS),
  at: epoch,
  by: v.optional(name),
});

/**
 * The answer that a message or a socket brings.
 * @throws DeepInfantError `invalid`
 */
export function readAnswer(value: unknown): Answer {
  return check(ANSWER, value, 'answer');
}
