import assert from 'node:assert/strict';
import { runCampaign } from './campaign.js';
import { TARGETS } from './targets.js';

/** All targets together take two minutes at most. */
const FOR_MS = 120_000 / Object.keys(TARGETS).length;
const INPUTS = 4000;

describe('hostile inputs', () => {
  for (const target of Object.keys(TARGETS))
    it(`to '${target}' end nothing, hang nothing, and get errors that say what to do`, async () => {
      const inputs = INPUTS * TARGETS[target].share;
      const outcome = await runCampaign(target, { seed: 1, inputs, forMs: FOR_MS, hangMs: 1000 });
      assert.deepEqual(outcome.defects, []);
      assert(outcome.inputs > 0);
    }).timeout(FOR_MS + 20_000);
});
