/** What the dialogs of nodes that use a connection ask the runtime. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeAPI } from 'node-red';
import type { HassConnection } from '../../src/hass/connection.js';
import { nameOfPhone } from '../../src/hass/notify/cry-notifier.js';
import { answerEditor, type Question } from '../editor-questions.js';
import type { Offer, OffersReply } from '../editor/offer.js';
import { deployedHass } from '../shared-hass.js';

/** A connection that is not open yet is given so long. */
const PATIENCE_MS = 5000;
const LOOK_MS = 50;

interface Attributes {
  friendly_name?: string;
  supported_features?: number;
}

/** Of a camera that can be streamed (Home Assistant, CameraEntityFeature.STREAM). */
const STREAM_FEATURE = 2;
/** Actions of `notify` that show no buttons, or whose receiver nobody knows. */
const NOT_PHONES = ['notify', 'persistent_notification', 'send_message'];

function lights(hass: HassConnection): Promise<Offer[]> {
  return entitiesOf(hass, 'light');
}

function cameras(hass: HassConnection): Promise<Offer[]> {
  return entitiesOf(hass, 'camera', ({ supported_features: has = 0 }) => (has & STREAM_FEATURE) !== 0);
}

async function notifiers(hass: HassConnection): Promise<Offer[]> {
  const { notify = {} } = await hass.ask<{ notify?: Record<string, unknown> }>({ type: 'get_services' });
  return Object.keys(notify)
    .filter(service => !NOT_PHONES.includes(service))
    .map(service => ({ id: `notify.${service}`, name: nameOfPhone(`notify.${service}`) }));
}

async function entitiesOf(
  hass: HassConnection,
  domain: string,
  matches: (attributes: Attributes) => boolean = () => true,
): Promise<Offer[]> {
  const states = await hass.ask<{ entity_id: string; attributes: Attributes }[]>({ type: 'get_states' });
  return states
    .filter(({ entity_id: id, attributes }) => id.startsWith(`${domain}.`) && matches(attributes))
    .map(({ entity_id: id, attributes }) => ({ id, name: attributes.friendly_name ?? id }));
}

/** Answers the dialogs, to those who may edit flows. A connection that is not deployed yet is none. */
export function answerDialogs(RED: NodeAPI): void {
  const answerTo =
    (question: (hass: HassConnection) => Promise<Offer[]>) =>
    ({ id }: Question): Promise<OffersReply> =>
      offersOf(RED, String(id), question);
  answerEditor<Record<'lights' | 'cameras' | 'notifiers', OffersReply>>(RED, 'deepinfant-hass', {
    lights: answerTo(lights),
    cameras: answerTo(cameras),
    notifiers: answerTo(notifiers),
  });
}

async function offersOf(
  RED: NodeAPI,
  id: string,
  question: (hass: HassConnection) => Promise<Offer[]>,
): Promise<OffersReply> {
  const shared = deployedHass(RED, id);
  const hass = shared.use();
  try {
    for (let waitedMs = 0; hass.health.state !== 'connected' && waitedMs < PATIENCE_MS; waitedMs += LOOK_MS)
      await sleep(LOOK_MS);
    return { offers: await question(hass) };
  } finally {
    await shared.release();
  }
}
