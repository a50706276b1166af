/** The parts of the way by themselves, in milliseconds per second of audio. Run by bench.ts in a process of its own. */
import { loadCore } from '../../src/features/log-mel-core.js';
import { LogMelTwin } from '../../src/features/log-mel-twin.js';
import { LogMel } from '../../src/features/log-mel.js';
import { SEED_FRONT_END } from '../../src/features/front-end.js';
import { measureVoice } from '../../src/features/voice.js';
import { FRAMES_PER_STEP } from '../../src/model/cry-net.js';
import { loadCryNetwork, type CryNetwork } from '../../src/model/cry-network.js';
import { modelPath, readModel } from '../../src/model/load.js';
import { unpackWeights } from '../../src/model/weights.js';
import { nurseryScene } from '../../src/synth/scene.js';
import { LABELS, SAMPLE_RATE } from '../../src/values.js';
import { randomWeights } from '../model/random-weights.js';
import { leastMs } from './measure.js';

export interface PartsBench {
  core: number;
  logMel: number;
  twin: number;
  voice: number;
  network: number;
  /** A CryNet of three times as many multiply-adds. */
  largeNetwork: number;
}

/** Kernels of that CryNet. */
const LARGE = {
  conv1: [3, 3, 1, 24],
  conv2: [3, 3, 24, 56],
  conv3: [3, 3, 56, 128],
  conv4: [3, 3, 128, 168],
  residual1: [3, 3, 168, 168],
  residual2: [3, 3, 168, 168],
  conv5: [3, 3, 168, 208],
  embedding: [3, 1, 416, 448],
  context1: [3, 1, 448, 168],
  context2: [3, 1, 168, 168],
  logits: [1, 1, 784, LABELS.length],
} as const;

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
  const largeNetwork = loadCryNetwork(randomWeights(LARGE));
  /** Hears all frames with a network. */
  const hearWith = (run: CryNetwork): (() => void) => {
    const stream = run.openStream();
    return () => {
      for (let step = 0; step < steps.length; step++) {
        const from = Math.min(step * FRAMES_PER_STEP, frames.length / mels - FRAMES_PER_STEP);
        run.setInput(frames, from, manifest.scaling);
        run.run(stream);
      }
    };
  };

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
    network: perSecond(RUNS, hearWith(network)),
    largeNetwork: perSecond(RUNS / 3, hearWith(largeNetwork)),
  };
  process.send!(bench);
}

void main();
