import type { Node, NodeAPI } from 'node-red';
import { DeepInfantError, messageOf } from '../src/errors.js';
import type { HassLogin } from '../src/hass/address.js';
import type { HassState } from '../src/hass/connection.js';
import { HomeZone } from '../src/hass/home-zone.js';
import { SharedHass } from '../src/hass/shared-hass.js';
import type { StatusForm } from './adapter.js';
import { dataFile } from './data-file.js';

/** How nodes show a connection that does not work; while it does, each shows its own state. */
export const STATUS_OF_HASS: Record<Exclude<HassState, 'connected'>, StatusForm> = {
  connecting: { fill: 'yellow', shape: 'ring', text: 'node-red:common.status.connecting' },
  unreachable: { fill: 'red', shape: 'ring', text: hassText('deepinfant-hass.status.unreachable') },
  'wrong-token': { fill: 'red', shape: 'ring', text: hassText('deepinfant-hass.status.wrongToken') },
  'bad-address': { fill: 'red', shape: 'ring', text: hassText('deepinfant-hass.status.badAddress') },
  stopped: { fill: 'grey', shape: 'ring', text: 'node-red:common.status.disconnected' },
};

/** A text of the deepinfant-hass node, for other nodes. */
function hassText(key: string): string {
  return `@deepinfant/node-red/deepinfant-hass:${key}`;
}

/** A deepinfant-hass node; one with wrong settings shares nothing. */
export type HassNode<Credentials extends object = object> = Node<Credentials> & { shared?: SharedHass };

/** The connection of a deepinfant-hass node. @throws DeepInfantError `not-deployed` */
export function deployedHass(RED: NodeAPI, hassNodeId: string): SharedHass {
  const hassNode = RED.nodes.getNode(hassNodeId) as HassNode | null;
  if (!hassNode?.shared)
    throw new DeepInfantError('not-deployed', RED._(hassText('deepinfant-hass.says.deploy')));
  return hassNode.shared;
}

/**
 * The connection that a node is set up with; without one, that of the Home Assistant app in which Node-RED runs.
 * @throws DeepInfantError `not-deployed` when the deepinfant-hass node has wrong settings
 */
export function sharedHassOf(RED: NodeAPI, node: Node, hassNodeId: string): SharedHass {
  const hassNode = RED.nodes.getNode(hassNodeId) as HassNode | null;
  if (hassNode !== null) return deployedHass(RED, hassNodeId);
  return newSharedHass(RED, node, { url: '', token: '' });
}

/** @param node reports what is wrong with the connection */
export function newSharedHass(RED: NodeAPI, node: Node, login: HassLogin): SharedHass {
  const report = (error: unknown): void => {
    node.error(messageOf(error));
  };
  const warn = (text: string): void => {
    node.warn(text);
  };
  return new SharedHass(login, new HomeZone({ file: dataFile(RED, 'home'), report, warn }), report);
}
