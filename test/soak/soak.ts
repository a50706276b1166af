/**
 * Runs for long what runs for long at home, as fast as this computer can, and looks for what is lost or left behind.
 *
 *     npm run soak -- [--hours 24] [--restarts 1000] [--seed 1]
 *
 * First so many hours of synthetic nursery through detector, reason and journal in one process; then so many restarts of
 * captures by a real ffmpeg. 0 skips either. Ctrl-C ends it early, with the figures so far. Exit status 1 when anything
 * went wrong.
 */
import { parseArgs } from 'node:util';
import { abortOnInterrupt } from '../../src/cli/interrupt.js';
import { ProgressLine } from '../../src/cli/progress-line.js';
import { hearNursery } from './nursery.js';
import { restartCaptures } from './restarts.js';

const signal = abortOnInterrupt();

async function soakNursery(hours: number, seed: number): Promise<string[]> {
  const line = new ProgressLine(1);
  const begin = performance.now();
  const report = await hearNursery({
    hours,
    seed,
    signal,
    progress: done => {
      line.show({ part: 'nursery, hours', done: Math.min(hours, Math.floor(done)), total: hours });
    },
  });
  line.clear();
  const { wrong, memory, ...counts } = report;
  console.log(`${counts.hours.toFixed(1)} h of nursery in ${minutesSince(begin)} min`);
  console.log(
    [
      `cries in the sound: ${counts.cries}, found ${counts.found}, false alarms ${counts.falseAlarms}`,
      `reported: ${counts.started} started, ${counts.ended} ended; in the journal: ${counts.entries}`,
      `clips: ${counts.clips} in entries, ${counts.clipFiles} files`,
      `samples: ${counts.samplesIn} in, ${counts.samplesHeard} heard, ${counts.samplesLost} lost`,
      ...memory.lines('hour'),
    ].join('\n'),
  );
  return wrong;
}

async function soakRestarts(restarts: number, seed: number): Promise<string[]> {
  const line = new ProgressLine(100);
  const begin = performance.now();
  const {
    wrong,
    memory,
    before,
    after,
    restarts: done,
  } = await restartCaptures({
    restarts,
    seed,
    signal,
    progress: count => {
      line.show({ part: 'restarts', done: count, total: restarts });
    },
  });
  line.clear();
  console.log(`${done} restarts of captures in ${minutesSince(begin)} min`);
  for (const what of Object.keys(before) as (keyof typeof before)[])
    console.log(`${what}: ${before[what]} before, ${after[what]} after`);
  console.log(memory.lines('restart').join('\n'));
  return wrong;
}

function minutesSince(begin: number): string {
  return ((performance.now() - begin) / 60_000).toFixed(1);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      hours: { type: 'string', default: '24' },
      restarts: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
    },
  });
  const [hours, restarts, seed] = [values.hours, values.restarts, values.seed].map(Number);
  const wrong: string[] = [];
  if (hours > 0) wrong.push(...(await soakNursery(hours, seed)));
  if (restarts > 0 && !signal.aborted) wrong.push(...(await soakRestarts(restarts, seed)));
  for (const text of wrong) console.log(`WRONG: ${text}`);
  console.log(`${wrong.length} things went wrong`);
  if (wrong.length > 0) process.exitCode = 1;
}

void main();
