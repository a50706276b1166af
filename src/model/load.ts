import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { DeepInfantError, messageOf } from '../errors.js';
import { PACKAGE_ROOT } from '../package-root.js';
import { LABELS } from '../values.js';
import type { Classifier } from './classifier.js';
import { CONVOLUTION_NAMES } from './cry-net.js';
import { PRESETS, type ModelManifest } from './manifest.js';
import { sha256 } from './weights.js';
import { WorkerClassifier } from './worker-classifier.js';

export const DEFAULT_MODEL = 'crynet';
const MODELS = path.join(PACKAGE_ROOT, 'models');

/** Names of the models that come with the package. */
export function listModels(): string[] {
  return readdirSync(MODELS, { withFileTypes: true })
    .filter(entry => entry.isDirectory() && existsSync(path.join(MODELS, entry.name, 'manifest.json')))
    .map(entry => entry.name)
    .sort();
}

interface SharedModel {
  classifier: Promise<WorkerClassifier>;
  users: number;
}

/** Loaded models by folder: users of one model share its worker. */
const shared = new Map<string, SharedModel>();

/**
 * Loads a model, or joins those who use it already. Close it when done: the last user's close ends the worker.
 * @param model a name of `listModels()`, or the path of a model's folder
 * @throws DeepInfantError `model-missing`, `model-invalid` or `model-newer`
 */
export async function loadClassifier(model = DEFAULT_MODEL): Promise<Classifier> {
  const folder = model.includes(path.sep) ? path.resolve(model) : path.join(MODELS, model);
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

function share(folder: string): SharedModel {
  const drop = (): void => {
    forget(folder, entry);
  };
  const classifier = readModel(folder).then(
    ({ manifest, weights }) => new WorkerClassifier(manifest, weights, drop),
  );
  const entry = { classifier, users: 0 };
  shared.set(folder, entry);
  classifier.catch(drop);
  return entry;
}

/** The next user loads the model anew. */
function forget(folder: string, entry: SharedModel): void {
  if (shared.get(folder) === entry) shared.delete(folder);
}

/**
 * Reads and checks a model's manifest and weights.
 * @throws DeepInfantError `model-missing` (no such folder or file), `model-invalid` (not a manifest, or weights whose
 * SHA-256 differs), `model-newer` (made for a later version of this package)
 */
export async function readModel(folder: string): Promise<{ manifest: ModelManifest; weights: Uint8Array }> {
  const manifestFile = path.join(folder, 'manifest.json');
  const manifest = checkManifest(await readModelFile(manifestFile), manifestFile);
  const weightsFile = path.join(folder, manifest.weights.file);
  const weights = await readModelFile(weightsFile);
  if (sha256(weights) !== manifest.weights.sha256) {
    throw new DeepInfantError(
      'model-invalid',
      `${weightsFile} is not the file that its manifest names (SHA-256 differs). Install the model again.`,
    );
  }
  return { manifest, weights };
}

async function readModelFile(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    const names = listModels().join(', ');
    throw new DeepInfantError(
      'model-missing',
      `Cannot read the model file ${file}: ${messageOf(error)}. Models here: ${names || 'none'}.`,
    );
  }
}

/** Fields of a manifest of format 1; a field that is not here belongs to a newer format and may change what scores mean. */
const FIELDS: Record<keyof ModelManifest, 'number' | 'string' | 'object'> = {
  format: 'number',
  name: 'string',
  version: 'string',
  licence: 'string',
  frontEnd: 'object',
  scaling: 'object',
  hopFrames: 'number',
  windowFrames: 'number',
  labels: 'object',
  embeddingSize: 'number',
  calibration: 'object',
  presets: 'object',
  weights: 'object',
  training: 'object',
};

function checkManifest(bytes: Uint8Array, file: string): ModelManifest {
  const invalid = (what: string): DeepInfantError =>
    new DeepInfantError('model-invalid', `${file}: ${what}. Install the model again.`);
  let fields: unknown;
  try {
    fields = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    throw invalid(`not JSON (${messageOf(error)})`);
  }
  if (typeof fields !== 'object' || fields === null) throw invalid('not a manifest');
  const { format } = fields as { format?: unknown };
  const unknown = Object.keys(fields).filter(field => !(field in FIELDS));
  if (typeof format === 'number' && (format > 1 || unknown.length > 0)) {
    const what = unknown.length > 0 ? `format ${format}, unknown: ${unknown.join(', ')}` : `format ${format}`;
    throw new DeepInfantError(
      'model-newer',
      `${file} is made for a newer version of this package (${what}). Update @deepinfant/node-red.`,
    );
  }
  for (const [field, type] of Object.entries(FIELDS)) {
    const value = (fields as Record<string, unknown>)[field];
    if (typeof value !== type || value === null) throw invalid(`'${field}' is missing or not a ${type}`);
  }
  const manifest = fields as ModelManifest;
  if (manifest.labels.join() !== LABELS.join()) {
    throw invalid(`labels are ${manifest.labels.join()}, not ${LABELS.join()}`);
  }
  const presets: Partial<ModelManifest['presets']> = manifest.presets;
  for (const preset of PRESETS) {
    const { onset, offset } = presets[preset] ?? { onset: NaN, offset: NaN };
    if (!(onset < 1 && offset > 0 && offset <= onset)) {
      throw invalid(`preset '${preset}' is missing or out of (0, 1)`);
    }
  }
  const names = new Set(manifest.weights.tensors.map(tensor => tensor.name));
  for (const name of CONVOLUTION_NAMES) {
    if (!names.has(`${name}/kernel`) || !names.has(`${name}/bias`))
      throw invalid(`weights of '${name}' are missing`);
  }
  return manifest;
}
