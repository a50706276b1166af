/**
 * Kills a real Node-RED with all nodes of the package at random moments (SIGKILL), while cries come as fast as the journal
 * takes them; in between the clock leaps, the disk is full, the folder is read-only, or a second Node-RED uses it.
 *
 *     npm run chaos -- [--kills 500] [--seed 1]
 *
 * After each kill all that was promised to be on disk must be there, every store must open clean, and no secret may be in
 * any other place than Node-RED's own file of credentials. Full and read-only disks need root, who may mount a small one.
 * Exit status 1 when anything went wrong.
 */
import { parseArgs } from 'node:util';
import { abortOnInterrupt } from '../../src/cli/interrupt.js';
import { ProgressLine } from '../../src/cli/progress-line.js';
import { EVENTS, runChaos } from './campaign.js';

/** Of what went wrong, so much is shown. */
const MOST_SHOWN = 20;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { kills: { type: 'string', default: '500' }, seed: { type: 'string', default: '1' } },
  });
  const kills = Number(values.kills);
  const line = new ProgressLine(10);
  const report = await runChaos({
    kills,
    seed: Number(values.seed),
    signal: abortOnInterrupt(),
    progress: done => {
      line.show({ part: 'kills', done, total: kills });
    },
  });
  line.clear();
  const { promised, most } = report;
  const rows: [string, string | number][] = [
    ['kills', [...report.kills.values()].reduce((a, b) => a + b, 0)],
    ...EVENTS.map((event): [string, string | number] => {
      const reason = report.skipped.get(event);
      return [`  ${event}`, reason === undefined ? report.kills.get(event)! : `skipped: ${reason}`];
    }),
    ['cries that the journal promised to have kept', promised.cries],
    ['  their clips', promised.clips],
    ['facts, answers that were acknowledged', `${promised.facts}, ${promised.answers}`],
    ['lost', report.lost.length],
    ['stores that did not open clean', report.unclean.length],
    ['secrets in other places', report.leaks.length],
    ['other faults', report.wrong.length],
    ['after a kill at most: cries in progress', most.inProgress],
    ['  clips and pictures that no entry names', most.unnamed],
    ['  temporary files', most.temporary],
  ];
  for (const [what, value] of rows) console.log(`${what.padEnd(50)} ${value}`);
  if (report.skipped.has('MQTT')) console.log(`without MQTT: ${report.skipped.get('MQTT')!}`);
  const faults = [...report.lost, ...report.unclean, ...report.leaks, ...report.wrong];
  for (const fault of faults.slice(0, MOST_SHOWN)) console.log(`WRONG: ${fault}`);
  if (faults.length > MOST_SHOWN) console.log(`and ${faults.length - MOST_SHOWN} more`);
  if (faults.length > 0) process.exitCode = 1;
}

void main();
