import type { Node, NodeAPI } from 'node-red';
import { type Preset, PRESETS } from '../src/model/manifest.js';

/** What other nodes need of a deepinfant-detector node: the sensitivity that it is set to. */
export interface PresetNode extends Node {
  preset?: Preset;
}

/** Every detector starts with it unless it is set otherwise. */
export const DEFAULT_PRESET: Preset = 'balanced';

/**
 * What the detector behind an output of a node is set to. Where none is wired to it directly, as over link nodes: what the
 * detectors of all flows are set to, if that is one preset; else the default.
 */
export function wiredPreset(RED: NodeAPI, node: Node, output: number): Preset {
  const { wires } = node as Node & { wires: string[][] };
  const isPreset = (preset: unknown): preset is Preset => PRESETS.some(known => known === preset);
  const wired = (wires.at(output) ?? [])
    .map(id => (RED.nodes.getNode(id) as PresetNode | null)?.preset)
    .filter(isPreset);
  if (wired.length > 0) return wired[0];
  const all = new Set<unknown>();
  RED.nodes.eachNode(config => {
    if (config.type === 'deepinfant-detector') all.add((config as { preset?: unknown }).preset);
  });
  const [only] = all;
  return all.size === 1 && isPreset(only) ? only : DEFAULT_PRESET;
}
