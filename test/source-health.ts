import type { SourceHealth } from '../src/values.js';

/** The health of a source that is heard. */
export const HEALTH: SourceHealth = {
  source: 'cot',
  state: 'running',
  since: 1,
  positionS: 10,
  restarts: 0,
  lostS: 0,
  levelDb: -50,
  clipping: 0,
  driftMs: 0,
  clockSteps: 0,
  format: null,
};
