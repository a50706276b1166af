import type { Node, NodeAPI } from 'node-red';
import { type Preset, PRESETS } from '../src/model/manifest.js';

/** What other nodes need of a deepinfant-detector node: the sensitivity that it is set to. */
export interface PresetNode extends Node {
  preset?: Preset;
}

/** Every detector starts with it unless it is set otherwise. */
export const DEFAULT_PRESET: Preset = 'balanced';

/** A node as the flow file has it. */
interface NodeConfig {
  id: string;
  type: string;
  /** Id of the flow or subflow that it is in; config nodes have none. */
  z?: string;
  wires?: string[][];
  /** Of link nodes: those at the other end. */
  links?: string[];
  preset?: unknown;
}

/** The nodes that only pass messages on. */
const PASSING = ['link out', 'link in', 'junction'];
/** Those that do what is asked for in Home Assistant. */
const LISTENING = ['deepinfant-audio', 'deepinfant-detector'];

/**
 * What the detector behind an output of a node is set to, also over link nodes and junctions. Where none is, as behind a
 * function: what the detectors of all flows are set to, if that is one preset; else the default.
 */
export function wiredPreset(RED: NodeAPI, node: Node, output: number): Preset {
  const { wires } = node as Node & { wires: string[][] };
  const isPreset = (preset: unknown): preset is Preset => PRESETS.some(known => known === preset);
  const configs = configsOf(RED);
  const behind = new Set(wires.at(output));
  // A set also visits what is added to it meanwhile.
  for (const id of behind) {
    const { preset } = (RED.nodes.getNode(id) as PresetNode | null) ?? {};
    if (isPreset(preset)) return preset;
    const config = configs.get(id);
    if (config === undefined || !PASSING.includes(config.type)) continue;
    const next = config.type === 'link out' ? config.links : config.wires?.flat();
    for (const passed of next ?? []) behind.add(passed);
  }
  const all = new Set(
    [...configs.values()].filter(({ type }) => type === 'deepinfant-detector').map(({ preset }) => preset),
  );
  const [only] = all;
  return all.size === 1 && isPreset(only) ? only : DEFAULT_PRESET;
}

/** The sources and detectors of all flows: those that are deployed anew are new objects. */
export function listeningNodes(RED: NodeAPI): Set<Node> {
  const ids = idsOfTypes(RED, LISTENING);
  return new Set(ids.map(id => RED.nodes.getNode(id) as Node | null).filter(node => node !== null));
}

/** The ids of all nodes of some types that run, or are about to. */
export function idsOfTypes(RED: NodeAPI, types: readonly string[]): string[] {
  const configs = configsOf(RED);
  return [...configs.values()]
    .filter(({ type }) => types.includes(type))
    .flatMap(config => idsOf(config, configs));
}

/** The ids under which a node runs: in a subflow, it runs in each instance of that. */
function idsOf({ id, z }: NodeConfig, configs: ReadonlyMap<string, NodeConfig>): string[] {
  if (configs.get(z ?? '')?.type !== 'subflow') return [id];
  const instances = [...configs.values()].filter(({ type }) => type === `subflow:${z}`);
  return instances.flatMap(instance => idsOf(instance, configs)).map(instanceId => `${instanceId}-${id}`);
}

function configsOf(RED: NodeAPI): Map<string, NodeConfig> {
  const configs = new Map<string, NodeConfig>();
  RED.nodes.eachNode(config => configs.set(config.id, config));
  return configs;
}
