import { SEED_FRONT_END } from '../features/front-end.js';
import { CONVOLUTIONS, cryNet, FRAMES_PER_STEP, type ConvolutionName } from './cry-net.js';
import { Network } from './network.js';
import type { NamedWeights } from './weights.js';

export type CryNetwork = Network<ConvolutionName, 'embedding' | 'logits'>;

/** CryNet on the compiled kernels; a run is one step. */
export function loadCryNetwork(weights: readonly NamedWeights[]): CryNetwork {
  const input = [FRAMES_PER_STEP, SEED_FRONT_END.mels] as const;
  return new Network({ input, convolutions: CONVOLUTIONS, graph: cryNet }, weights);
}
