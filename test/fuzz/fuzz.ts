/**
 * Gives hostile inputs to every way into the product, and counts what went wrong.
 *
 *     npm run fuzz -- [--inputs 1000000] [--seconds 7200] [--seed 1] [--target NAME]…
 *
 * The inputs are shared among all targets, or among those that are named. Exit status 1 when anything went wrong.
 */
import { parseArgs } from 'node:util';
import { type Outcome, runCampaign } from './campaign.js';
import { TARGETS } from './targets.js';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      inputs: { type: 'string', default: '1000000' },
      seconds: { type: 'string', default: '7200' },
      seed: { type: 'string', default: '1' },
      target: { type: 'string', multiple: true },
    },
  });
  const names = values.target ?? Object.keys(TARGETS);
  const shares = names.reduce((sum, name) => sum + TARGETS[name].share, 0);
  const end = Date.now() + 1000 * Number(values.seconds);
  const outcomes: Outcome[] = [];
  for (const name of names) {
    const start = Date.now();
    const outcome = await runCampaign(name, {
      seed: Number(values.seed),
      inputs: Math.ceil((Number(values.inputs) * TARGETS[name].share) / shares),
      forMs: end - start,
      hangMs: 1000,
    });
    outcomes.push(outcome);
    const { inputs, refused, ends, hangs, slowestMs, defects } = outcome;
    const seconds = Math.round((Date.now() - start) / 1000);
    console.log(
      `${name}: ${inputs} inputs, ${refused} refused, ${ends} ends, ${hangs} hangs, ${defects.length} defects, slowest ${Math.round(slowestMs)} ms, in ${seconds} s`,
    );
    for (const defect of new Set(defects)) console.log(`  ${defect.replaceAll('\n', '\n  ')}`);
  }
  const total = (count: (outcome: Outcome) => number): number =>
    outcomes.reduce((sum, outcome) => sum + count(outcome), 0);
  const wrong = total(({ defects }) => defects.length);
  console.log(`${total(({ inputs }) => inputs)} inputs, ${wrong} went wrong`);
  if (wrong > 0) process.exitCode = 1;
}

void main();
