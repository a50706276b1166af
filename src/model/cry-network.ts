import { CONVOLUTIONS, cryNet, FRAMES_PER_STEP, type ConvolutionName } from './cry-net.js';
import type { ModelManifest } from './manifest.js';
import { Network } from './network.js';
import type { NamedWeights } from './weights.js';

/** Steps that the network computes in one run, where as many wait: enough to read its weights less often. */
export const STEPS_PER_RUN = 4;

export type CryNetwork = Network<ConvolutionName, 'embedding' | 'logits'>;

/** CryNet on the compiled kernels; a run has the steps of a window, or STEPS_PER_RUN if those are more. */
export function loadCryNetwork(
  weights: readonly NamedWeights[],
  { frontEnd, windowFrames }: Pick<ModelManifest, 'frontEnd' | 'windowFrames'>,
): CryNetwork {
  return new Network(
    {
      input: [FRAMES_PER_STEP, frontEnd.mels],
      convolutions: CONVOLUTIONS,
      graph: cryNet,
      mostSteps: Math.max(STEPS_PER_RUN, Math.ceil(windowFrames / FRAMES_PER_STEP)),
    },
    weights,
  );
}
