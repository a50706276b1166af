import { DeepInfantError } from '../errors.js';
import { runInSlices } from '../slices.js';
import { Turns } from '../turns.js';
import type { Scores } from '../values.js';
import type { Classifier, ClassifierStream } from './classifier.js';
import { loadCryNetwork, type CryNetwork } from './cry-network.js';
import { GuessingScorer } from './guessing-scorer.js';
import type { ModelManifest } from './manifest.js';
import { Mel7s } from './mel7s.js';
import type { Scorer } from './scorer.js';
import { StreamScorer } from './stream-scorer.js';
import { unpackWeights } from './weights.js';

/** What a model's folder holds. */
export interface LoadedModel {
  manifest: ModelManifest;
  weights: Uint8Array;
  /** A second network that guesses the reason of what the first one calls a cry. */
  guesser?: { tensors: ModelManifest['weights']['tensors']; weights: Uint8Array };
}

/** A model that scores on the caller's thread, in slices too short to keep other things waiting. */
export class LoadedClassifier implements Classifier {
  readonly manifest: ModelManifest;
  private readonly network: CryNetwork;
  private readonly mel7s: Mel7s | undefined;
  private isClosed = false;

  constructor({ manifest, weights, guesser }: LoadedModel) {
    this.manifest = manifest;
    this.network = loadCryNetwork(unpackWeights(weights, manifest.weights.tensors));
    this.mel7s = guesser && new Mel7s(unpackWeights(guesser.weights, guesser.tensors));
  }

  open(): ClassifierStream {
    const scorer = this.openScorer();
    const turns = new Turns();
    let isOpen = true;
    const run = (begin: () => Generator<void, Scores[]>): Promise<Scores[]> =>
      turns.take(() => {
        if (this.isClosed || !isOpen)
          throw new DeepInfantError('model-failed', `${this.manifest.name} is closed.`);
        return runInSlices(begin());
      });
    return {
      push: chunk => run(() => scorer.push(chunk)),
      flush: () => run(() => scorer.flush()),
      close: () =>
        turns.take(() => {
          if (isOpen) scorer.close();
          isOpen = false;
          return Promise.resolve();
        }),
    };
  }

  /** Ends all streams: calls that still wait fail. */
  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }

  private openScorer(): Scorer {
    const scorer = new StreamScorer(this.network, this.manifest);
    return this.mel7s ? new GuessingScorer(scorer, this.mel7s) : scorer;
  }
}
