import type { Node, NodeAPI } from 'node-red';
import { type Preset, PRESETS } from '../src/model/manifest.js';

/** What other nodes need of a deepinfant-detector node: the sensitivity that it is set to. */
export interface PresetNode extends Node {
  preset?: Preset;
}

/** Every detector starts with it unless it is set otherwise. */
export const DEFAULT_PRESET: Preset = 'balanced';

/** What the detector behind an output of a node is set to; the default where none is wired to it directly. */
export function wiredPreset(RED: NodeAPI, node: Node, output: number): Preset {
  const { wires } = node as Node & { wires: string[][] };
  const presets = (wires.at(output) ?? []).map(id => (RED.nodes.getNode(id) as PresetNode | null)?.preset);
  return PRESETS.find(preset => presets.includes(preset)) ?? DEFAULT_PRESET;
}
