import type { CardState } from './card-state.js';
import { knownState } from './entities.js';

/**
 * Who cries, where there are several babies: the one that somebody named, or else the likeliest, or else all of them:
 * `Mia or Leo`. Undefined with one baby.
 */
export function crierOf({ stateOf, format }: Pick<CardState, 'stateOf' | 'format'>): string | undefined {
  const who = stateOf('who');
  const crier = knownState(stateOf('baby')) ?? knownState(who);
  if (crier !== 'unsure') return crier;
  const options = who?.attributes.options;
  return Array.isArray(options)
    ? format.anyOf((options as string[]).filter(name => name !== 'unsure'))
    : undefined;
}
