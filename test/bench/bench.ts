import { benchLogMel } from './log-mel.js';
import { benchWay } from './way.js';

async function main(): Promise<void> {
  await benchLogMel();
  for (const [streams, lengthS] of [
    [1, 60],
    [100, 10],
  ]) {
    const { cpuMs, speed } = await benchWay(streams, lengthS);
    process.stdout.write(
      `whole way, ${streams} stream${streams > 1 ? 's' : ''}: ${cpuMs.toFixed(2)} ms of CPU per second of audio, ${Math.round(speed)} times real time\n`,
    );
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
