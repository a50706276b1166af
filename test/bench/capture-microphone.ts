/**
 * How much of what is played to a microphone is heard, sample by sample: through the sound server, ALSA, and the first way of
 * recording that there is. As first argument the seconds to be played, if not 60.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { LiveSources } from '../../src/audio/live/live-sources.js';
import { microphoneSource } from '../../src/audio/live/source.js';
import { concat } from '../../src/concat.js';
import { SAMPLE_RATE } from '../../src/values.js';
import { VirtualMicrophone } from '../microphone/virtual-microphone.js';
import { positionsOf, sampleAt } from '../rtsp/positions.js';
import { children } from './capture-processes.js';

async function main(): Promise<void> {
  const count = Number(process.argv[2] ?? 60) * SAMPLE_RATE;
  const microphone = await VirtualMicrophone.start();
  const servers = new Set(children().map(({ pid }) => pid));
  const heard: Float32Array[] = [];
  const listening = new LiveSources().listen(microphoneSource('cot', 'cot'), {
    chunk: ({ samples }) => heard.push(samples),
    health: () => undefined,
  });
  while (heard.length === 0) await sleep(50);
  const recorder = children().find(({ pid }) => !servers.has(pid));
  await microphone.play(Float32Array.from({ length: count }, (_, i) => sampleAt(i) / 32768));
  await sleep(1000);
  const { lostS, restarts } = listening.health;
  await listening.stop();
  await microphone.stop();

  // The silence before and after is of no position but 0 and -1.
  const positions = positionsOf(concat(heard));
  const inPlace = positions.filter((position, i) => position > 0 && position === positions[i - 1] + 1).length;
  process.stdout.write(
    `${recorder?.program ?? 'no process'}: heard ${((100 * inPlace) / (count - 1)).toFixed(3)}% of ${count} samples, each after the one before it; lost ${lostS} s, ${restarts} restarts\n`,
  );
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
