/**
 * A night on a real Home Assistant with a real broker and a real Node-RED: two babies, three cameras, three phones, two
 * lamps and four blueprints' automations. Each of the three is killed (SIGKILL) at random moments of random cries, and
 * cameras come and go. Time is short: a cry every half a minute.
 *
 *     npm run torture -- [--cries 40] [--kills 5] [--seed 1] [--record FILE]
 *
 * `--kills` is for each of the three. Every cry has to ring once on each phone, even if late; no light may be left on, no
 * cry shown that is none, none left without its end; every answer is kept once, and settings stay as they were chosen. With
 * `--record`, all that was seen is written to a file, as JSON. Needs what the tests with Home Assistant need. Exit status 1 when anything went wrong.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { abortOnInterrupt } from '../../src/cli/interrupt.js';
import { ProgressLine } from '../../src/cli/progress-line.js';
import { tortureNight } from './campaign.js';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      cries: { type: 'string', default: '40' },
      kills: { type: 'string', default: '5' },
      seed: { type: 'string', default: '1' },
      record: { type: 'string' },
    },
  });
  const cries = Number(values.cries);
  const line = new ProgressLine(5);
  const report = await tortureNight({
    cries,
    kills: Number(values.kills),
    seed: Number(values.seed),
    signal: abortOnInterrupt(),
    progress: done => {
      line.show({ part: 'cries', done, total: cries });
    },
  });
  line.clear();
  if (values.record !== undefined)
    writeFileSync(values.record, JSON.stringify({ ...report.record, pushed: [...report.record.pushed] }));
  const rows: [string, string | number][] = [
    ['minutes', report.minutes.toFixed(1)],
    ['times that a baby cried', report.crying],
    ['  cries that were reported', report.cries],
    ['  rings of the nodes on phones', `${report.rings} on ${report.phones}`],
    ['  cut off by a kill as they were reported', report.cutOff],
    ["rings of the blueprints' automations", report.blueprintRings],
    ['answers', report.answers],
    ['notes in Baby Buddy', report.notes],
    ["changes to 'on' in Home Assistant", report.on],
    ['  what it knew before it lost the broker', report.flashes],
    ['events again, since it was killed after them', report.again],
    ['cameras lost', report.flaps],
    ...Object.entries(report.kills).map(([victim, count]): [string, number] => [`${victim} killed`, count]),
    ['things that went wrong', report.wrong.length],
  ];
  for (const [what, value] of rows) console.log(`${what.padEnd(45)} ${value}`);
  for (const text of report.wrong) console.log(`WRONG: ${text}`);
  if (report.wrong.length > 0) process.exitCode = 1;
}

void main();
