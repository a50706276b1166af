import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { DeepInfantError, messageOf } from '../../errors.js';
import { writeAtomically } from '../../files/write-atomically.js';
import { checkManifest, checkMel7sManifest, isMel7s } from '../../model/check-manifest.js';
import { sha256 } from '../../model/weights.js';

/** A model of a run that may be shipped: its files by name, the manifest last. */
interface FinishedModel {
  name: string;
  files: Map<string, Uint8Array>;
}

/**
 * Copies the models of a finished run into a folder of models, each into a folder of its name. All are checked before the
 * first is copied. Other files there, such as a model card, stay. The manifest is copied last.
 * @param run folder of a run of `deepinfant train` or `deepinfant protocol`
 * @param to folder of models; made if it is not there
 * @returns the names of the models
 * @throws DeepInfantError `run` when the run has no finished model, or one whose files do not belong together
 */
export async function shipModels(run: string, to: string): Promise<string[]> {
  const folders = await modelFolders(run);
  if (folders.length === 0) {
    throw new DeepInfantError(
      'run',
      `${run} contains no finished model. Give the folder of a run of deepinfant train or protocol that has finished.`,
    );
  }
  const models = await Promise.all(folders.map(readFinishedModel));
  for (const { name, files } of models) {
    await mkdir(path.join(to, name), { recursive: true });
    for (const [file, bytes] of files) await writeAtomically(path.join(to, name, file), bytes);
  }
  return models.map(({ name }) => name);
}

/** Folders of a run's models: each reading of the network trained on everything, or mel7s. */
async function modelFolders(run: string): Promise<string[]> {
  const all = path.join(run, 'all');
  const names = await readdir(all).catch((): string[] => []);
  const folders = [...names.sort().map(name => path.join(all, name)), path.join(run, 'model')];
  return folders.filter(folder => existsSync(path.join(folder, 'manifest.json')));
}

async function readFinishedModel(folder: string): Promise<FinishedModel> {
  try {
    const manifestFile = path.join(folder, 'manifest.json');
    const bytes = await readFile(manifestFile);
    const read: unknown = JSON.parse(bytes.toString('utf8'));
    const manifest = isMel7s(read)
      ? checkMel7sManifest(read, manifestFile)
      : checkManifest(read, manifestFile);
    const { name, weights } = manifest;
    if (!/^[\w-]+$/.test(name)) throw new Error(`its name is '${name}', not the name of a folder`);
    const weightBytes = await readFile(path.join(folder, weights.file));
    if (sha256(weightBytes) !== weights.sha256) throw new Error('its weights are not those of its manifest');
    const files = new Map<string, Uint8Array>();
    // A reading that shares its weights points to the folder beside it.
    if (path.basename(weights.file) === weights.file) files.set(weights.file, weightBytes);
    const notice = path.join(folder, 'NOTICE');
    if (existsSync(notice)) files.set('NOTICE', await readFile(notice));
    files.set('manifest.json', bytes);
    return { name, files };
  } catch (error) {
    throw new DeepInfantError('run', `${folder} cannot be shipped: ${messageOf(error)}`, { cause: error });
  }
}
