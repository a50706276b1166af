/** The parts of the way by themselves, in milliseconds per second of audio. Run by bench.ts in a process of its own. */
import { loadCore } from '../../src/features/log-mel-core.js';
import { LogMelTwin } from '../../src/features/log-mel-twin.js';
import { LogMel } from '../../src/features/log-mel.js';
import { SEED_FRONT_END } from '../../src/features/front-end.js';
import { measureVoice } from '../../src/features/voice.js';
import { FRAMES_PER_STEP } from '../../src/model/cry-net.js';
import { loadCryNetwork } from '../../src/model/cry-network.js';
import { modelPath, readModel } from '../../src/model/load.js';
import { unpackWeights } from '../../src/model/weights.js';
import { nurseryScene } from '../../src/synth/scene.js';
import { SAMPLE_RATE } from '../../src/values.js';
import { leastMs } from './measure.js';

export interface PartsBench {
  core: number;
  logMel: number;
  twin: number;
  voice: number;
  network: number;
}

const SECONDS = 8.192;
const RUNS = 60;

async function main(): Promise<void> {
  const { hop, mels } = SEED_FRONT_END;
  const stepSamples = FRAMES_PER_STEP * hop;
  const samples = nurseryScene(1).samples.subarray(0, SECONDS * SAMPLE_RATE);
  const steps = Array.from({ length: samples.length / stepSamples }, (_, step) =>
    samples.subarray(step * stepSamples, (step + 1) * stepSamples),
  );
  const core = loadCore(SEED_FRONT_END);
  core.samples.set(samples.subarray(0, core.samples.length));
  const blockFrames = core.decibels.length / mels;
  const logMel = new LogMel();
  const frames = logMel.push(samples);
  const result = new Float32Array(blockFrames * mels);

  const { manifest, weights } = await readModel(modelPath('crynet'));
  const network = loadCryNetwork(unpackWeights(weights, manifest.weights.tensors));
  const stream = network.openStream();

  const perSecond = (runs: number, work: () => void): number => leastMs(runs, work) / SECONDS;
  const bench: PartsBench = {
    core: perSecond(RUNS, () => {
      for (let frame = 0; frame < samples.length / hop; frame += blockFrames) core.logMel(blockFrames);
    }),
    logMel: perSecond(RUNS, () => {
      for (const step of steps) logMel.pushInto(step, result, 0);
    }),
    twin: perSecond(3, () => new LogMelTwin().push(samples)),
    voice: perSecond(RUNS, () => {
      for (const step of steps) measureVoice(step);
    }),
    network: perSecond(RUNS, () => {
      for (let step = 0; step < steps.length; step++) {
        network.setInput(
          frames,
          Math.min(step * FRAMES_PER_STEP, frames.length / mels - FRAMES_PER_STEP),
          manifest.scaling,
        );
        network.run(stream);
      }
    }),
  };
  process.send!(bench);
}

void main();
