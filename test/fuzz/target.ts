import type { Arbitrary } from 'fast-check';

/** A way into the product that takes what comes from outside. */
export interface Target<Input> {
  inputs: Arbitrary<Input>;
  open?: () => unknown;
  /**
   * Uses an input as the product does. May throw a DeepInfantError, which tells a person what to do; anything else that
   * is thrown is a defect.
   */
  run: (input: Input) => unknown;
  /** Runs after each batch: what is kept must still open. @throws when it does not */
  checkStores?: () => unknown;
  close?: () => unknown;
}

/** Makes a target; what it returns forgets the kind of input, so that targets fit into one list. */
export function target<Input>(parts: Target<Input>): Target<unknown> {
  return parts as Target<unknown>;
}
