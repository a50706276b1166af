import { readdirSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import { at } from '../../unknown-data.js';

/** Where a device's memory is, by its id. */
const MEMORY_FILE = /^device-([\w-]+)\.json$/;
/** Ids that topics and file names take. */
const SAFE_ID = /^[\w-]+$/;
const LONGEST_ID = 60;

/** The devices of the nodes that run now, by the path of their files: two nodes may have the same name. */
const claims = new Map<string, string>();

export interface ClaimedDevice {
  /** Names the device in topics, and its entities in Home Assistant's registry: letters, digits, `_` and `-`. */
  id: string;
  /** Where its memory is kept. */
  file: string;
  /** Lets another node have it. */
  release: () => void;
}

/**
 * The device of a node: the one that it had before, also under another name; else the one of its name, so that a flow that
 * is imported anew finds its device in Home Assistant; or, where another node of the flow has that, a further one.
 *
 * @param folder where the memories of devices are
 * @param exists whether there is a node of this id in the flow
 */
export function claimDevice(
  folder: string,
  node: { id: string; name: string },
  exists: (nodeId: string) => boolean,
): ClaimedDevice {
  const fileOf = (id: string): string => path.join(folder, `device-${id}.json`);
  const isClaimed = (id: string): boolean => (claims.get(fileOf(id)) ?? node.id) !== node.id;
  const wanted = deviceIdOf(node.name);
  const find = (): string => {
    const owners = ownersIn(folder);
    const isFree = (id: string): boolean => {
      const owner = owners.get(id);
      return !isClaimed(id) && (owner === undefined || owner === node.id || !exists(owner));
    };
    return (
      [...owners].find(([known, owner]) => owner === node.id && isFree(known))?.[0] ??
      takeOver(folder, node.id) ??
      firstFree(wanted, isFree)
    );
  };
  // Reading the files of a thousand rooms takes a while: mostly, one is enough.
  const hasWanted = ownerOf(fileOf(wanted)) === node.id && !isClaimed(wanted);
  const id = hasWanted ? wanted : find();
  const file = fileOf(id);
  claims.set(file, node.id);
  return { id, file, release: () => claims.delete(file) };
}

/** An id made of a name: `Jürgen` becomes `jurgen`, and letters that ASCII lacks become their numbers. */
export function deviceIdOf(name: string): string {
  const id = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\x00-\x7f]/gu, letter =>
      /[\p{L}\p{N}]/u.test(letter) ? ` u${letter.codePointAt(0)!.toString(16)} ` : ' ',
    )
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, LONGEST_ID)
    .replace(/^_+|_+$/g, '');
  return id === '' ? 'baby' : id;
}

/** By the devices' ids: the nodes that had them last. */
function ownersIn(folder: string): Map<string, string> {
  const owners = new Map<string, string>();
  for (const name of namesIn(folder)) {
    const id = MEMORY_FILE.exec(name)?.[1];
    if (id === undefined) continue;
    const node = ownerOf(path.join(folder, name));
    if (node !== undefined) owners.set(id, node);
  }
  return owners;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Undefined where a damaged file does not say; what is wrong with it is reported when it is opened. */
function ownerOf(file: string): string | undefined {
  try {
    const node = at(JSON.parse(readFileSync(file, 'utf8')), 'content', 'node');
    return typeof node === 'string' ? node : undefined;
  } catch {
    return undefined;
  }
}

/** DeepInfant 0.1 named devices by their nodes: such a device stays what it is. */
function takeOver(folder: string, nodeId: string): string | undefined {
  if (!SAFE_ID.test(nodeId)) return undefined;
  try {
    renameSync(path.join(folder, `night-${nodeId}.json`), path.join(folder, `device-${nodeId}.json`));
    return nodeId;
  } catch {
    return undefined;
  }
}

/** `wanted`, or else the first of `wanted_2`, `wanted_3`… that is free. */
export function firstFree(wanted: string, isFree: (id: string) => boolean): string {
  let id = wanted;
  for (let number = 2; !isFree(id); number++) id = `${wanted}_${number}`;
  return id;
}
