/** What the dialogs of nodes that use a connection ask the runtime. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Node, NodeAPI } from 'node-red';
import { DeepInfantError, messageOf } from '../../src/errors.js';
import type { HassConnection } from '../../src/hass/connection.js';
import { nameOfPhone } from '../../src/hass/cry-notifier.js';
import { isObject } from '../../src/unknown-data.js';
import type { SharedHass } from './shared-hass.js';

/** A connection that is not open yet is given so long. */
const PATIENCE_MS = 5000;
const LOOK_MS = 50;

/** Something of Home Assistant that a dialog offers. */
interface Offer {
  id: string;
  name: string;
}

/** Actions of `notify` that show no buttons, or whose receiver nobody knows. */
const NOT_PHONES = ['notify', 'persistent_notification', 'send_message'];

const QUESTIONS: Record<string, (hass: HassConnection) => Promise<Offer[]>> = {
  lights: async hass => {
    const states = await hass.ask<{ entity_id: string; attributes: { friendly_name?: string } }[]>({
      type: 'get_states',
    });
    return states
      .filter(({ entity_id: id }) => id.startsWith('light.'))
      .map(({ entity_id: id, attributes }) => ({ id, name: attributes.friendly_name ?? id }));
  },
  notifiers: async hass => {
    const { notify = {} } = await hass.ask<{ notify?: Record<string, unknown> }>({ type: 'get_services' });
    return Object.keys(notify)
      .filter(service => !NOT_PHONES.includes(service))
      .map(service => ({ id: `notify.${service}`, name: nameOfPhone(`notify.${service}`) }));
  },
};

/** Answers the dialogs, to those who may edit flows. A connection that is not deployed yet is none. */
export function answerDialogs(RED: NodeAPI): void {
  for (const [what, question] of Object.entries(QUESTIONS)) {
    const route = `/deepinfant-hass/${what}`;
    RED.httpAdmin.post(route, RED.auth.needsPermission('flows.write'), (request, response) => {
      const body: unknown = request.body;
      const id = isObject(body) && typeof body.id === 'string' ? body.id : '';
      void offersOf(RED, id, question)
        .catch((error: unknown) => ({ error: messageOf(error) }))
        .then(answer => response.json(answer));
    });
  }
}

async function offersOf(
  RED: NodeAPI,
  id: string,
  question: (hass: HassConnection) => Promise<Offer[]>,
): Promise<{ offers: Offer[] }> {
  const hassNode = RED.nodes.getNode(id) as (Node & { shared: SharedHass }) | null;
  if (!hassNode) throw new DeepInfantError('not-deployed', RED._('deepinfant-hass.says.deploy'));
  const hass = hassNode.shared.use();
  try {
    for (let waitedMs = 0; hass.health.state !== 'connected' && waitedMs < PATIENCE_MS; waitedMs += LOOK_MS)
      await sleep(LOOK_MS);
    return { offers: await question(hass) };
  } finally {
    await hassNode.shared.release();
  }
}
