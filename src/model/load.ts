import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { DeepInfantError, messageOf } from '../errors.js';
import { PACKAGE_ROOT } from '../package-root.js';
import { checkManifest, checkMel7sManifest, isMel7s } from './check-manifest.js';
import type { Classifier } from './classifier.js';
import { LoadedClassifier, type LoadedModel } from './loaded-classifier.js';
import type { ModelManifest } from './manifest.js';
import { ThreadedClassifier } from './threaded-classifier.js';
import { sha256 } from './weights.js';

export const DEFAULT_MODEL = 'crynet';
/** The thread that reads a recording and finds its cries keeps so many busy. */
const MOST_THREADS = 4;
const MODELS = path.join(PACKAGE_ROOT, 'models');

/** Names of the models that come with the package. */
export function listModels(): string[] {
  return readdirSync(MODELS, { withFileTypes: true })
    .filter(entry => entry.isDirectory() && existsSync(path.join(MODELS, entry.name, 'manifest.json')))
    .map(entry => entry.name)
    .sort();
}

/** Folder of a model that comes with the package, by its name, or of any other, by its path. */
export function modelPath(model: string): string {
  return /[\\/]/.test(model) ? path.resolve(model) : path.join(MODELS, model);
}

interface SharedModel {
  classifier: Promise<LoadedClassifier>;
  users: number;
}

/** Loaded models by folder: users of one model share its weights. */
const shared = new Map<string, SharedModel>();

/**
 * Loads a model, or joins those who use it already. Close it when done: the last user's close frees its memory.
 * @param model a name of `listModels()`, or the path of a model's folder
 * @throws DeepInfantError `model-missing`, `model-invalid` or `model-newer`
 */
export async function loadClassifier(model = DEFAULT_MODEL): Promise<Classifier> {
  const folder = modelPath(model);
  const entry = shared.get(folder) ?? share(folder);
  entry.users++;
  const classifier = await entry.classifier;
  let isOpen = true;
  return {
    manifest: classifier.manifest,
    open: () => classifier.open(),
    close: async () => {
      if (!isOpen) return;
      isOpen = false;
      if (--entry.users > 0) return;
      forget(folder, entry);
      await classifier.close();
    },
  };
}

/**
 * Loads a model to score recordings with, the long ones on several threads. Close it when done.
 * @throws what `loadClassifier` throws
 */
export async function loadRecordingClassifier(model = DEFAULT_MODEL): Promise<Classifier> {
  const loaded = await readModel(modelPath(model));
  const threads = Math.min(MOST_THREADS, availableParallelism());
  // What mel7s guesses depends on when it guessed last.
  return threads === 1 || loaded.guesser
    ? new LoadedClassifier(loaded)
    : new ThreadedClassifier(loaded, threads);
}

function share(folder: string): SharedModel {
  const classifier = readModel(folder).then(model => new LoadedClassifier(model));
  const entry = { classifier, users: 0 };
  shared.set(folder, entry);
  classifier.catch(() => {
    forget(folder, entry);
  });
  return entry;
}

/** The next user loads the model anew. */
function forget(folder: string, entry: SharedModel): void {
  if (shared.get(folder) === entry) shared.delete(folder);
}

/**
 * Reads and checks a model's manifest and weights; of one that only guesses reasons also those of the model beside it
 * that tells it when there is a cry.
 * @throws DeepInfantError `model-missing` (no such folder or file), `model-invalid` (not a manifest, or weights whose
 * SHA-256 differs), `model-newer` (made for a later version of this package)
 */
export async function readModel(folder: string): Promise<LoadedModel> {
  const manifestFile = path.join(folder, 'manifest.json');
  const text = Buffer.from(await readModelFile(manifestFile)).toString('utf8');
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (error) {
    const why = `${manifestFile}: not JSON (${messageOf(error)}). Install the model again.`;
    throw new DeepInfantError('model-invalid', why);
  }
  if (isMel7s(read)) {
    const { name, version, detector, weights } = checkMel7sManifest(read, manifestFile);
    const { manifest, weights: detectorWeights } = await readModel(path.join(folder, '..', detector));
    const guesser = { tensors: weights.tensors, weights: await readWeights(folder, weights) };
    return { manifest: { ...manifest, name, version }, weights: detectorWeights, guesser };
  }
  const manifest = checkManifest(read, manifestFile);
  return { manifest, weights: await readWeights(folder, manifest.weights) };
}

async function readWeights(
  folder: string,
  { file, sha256: expected }: ModelManifest['weights'],
): Promise<Uint8Array> {
  const weightsFile = path.join(folder, file);
  const weights = await readModelFile(weightsFile);
  if (sha256(weights) !== expected) {
    throw new DeepInfantError(
      'model-invalid',
      `${weightsFile} is not the file that its manifest names (SHA-256 differs). Install the model again.`,
    );
  }
  return weights;
}

async function readModelFile(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const why = isMissing ? 'it is not there' : messageOf(error);
    throw new DeepInfantError(
      'model-missing',
      `Cannot read the model's ${file}: ${why}. Models here: ${listModels().join(', ') || 'none'}.`,
    );
  }
}
