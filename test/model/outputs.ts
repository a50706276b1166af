/** Prints a digest of what the compiled kernels give, bit for bit. Run by itself, by the Node.js of any processor. */
import { createHash } from 'node:crypto';
import { SEED_FRONT_END } from '../../src/features/front-end.js';
import { LogMel } from '../../src/features/log-mel.js';
import { FRAMES_PER_STEP } from '../../src/model/cry-net.js';
import { loadCryNetwork } from '../../src/model/cry-network.js';
import { nurseryScene } from '../../src/synth/scene.js';
import { LABELS } from '../../src/values.js';
import { smallWeights } from './small-model.js';

const SECONDS = 8;
const SCALING = { floorDb: -70, meanDb: -40, stdDb: 20 };

/** SHA-256 of the log-mel and the logits of a scene. */
export function digestOutputs(): string {
  const digest = createHash('sha256');
  const { mels, sampleRate } = SEED_FRONT_END;
  const samples = nurseryScene(1).samples.subarray(0, SECONDS * sampleRate);
  const frames = new LogMel().push(samples);
  digest.update(frames);
  const network = loadCryNetwork(smallWeights());
  const stream = network.openStream();
  for (let frame = 0; (frame + FRAMES_PER_STEP) * mels <= frames.length; frame += FRAMES_PER_STEP) {
    network.setInput(frames, frame, SCALING);
    network.run(stream);
    const at = network.outputAt.logits;
    digest.update(network.floats.slice(at, at + LABELS.length));
  }
  return digest.digest('hex');
}

if (require.main === module) console.log(digestOutputs());
