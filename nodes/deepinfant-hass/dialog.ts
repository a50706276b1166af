/** Answers what the dialogs of nodes that use a connection ask the runtime. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeAPI } from 'node-red';
import * as v from 'valibot';
import type { HassConnection } from '../../src/hass/connection.js';
import { nameOfPhone } from '../../src/hass/notify/cry-notifier.js';
import { answerEditor, type Question } from '../editor-questions.js';
import type { Offer, OffersReply } from '../editor/offer.js';
import { deployedHass } from '../shared-hass.js';

/** How long a connection may take to open. */
const CONNECT_WITHIN_MS = 5000;
const CHECK_EVERY_MS = 50;

/** What the commands `get_states` and `get_services` give, as far as it is needed. */
const STATES = v.array(
  v.object({
    entity_id: v.string(),
    attributes: v.object({
      friendly_name: v.optional(v.string()),
      supported_features: v.optional(v.number()),
    }),
  }),
);
const SERVICES = v.object({ notify: v.optional(v.record(v.string(), v.unknown())) });
type Attributes = v.InferOutput<typeof STATES>[number]['attributes'];

/** Of a camera that can be streamed (Home Assistant, CameraEntityFeature.STREAM). */
const STREAM_FEATURE = 2;
/** Actions of `notify` that cannot show buttons, or whose receiver is not known. */
const NOT_PHONES = ['notify', 'persistent_notification', 'send_message'];

function lights(hass: HassConnection): Promise<Offer[]> {
  return entitiesOf(hass, 'light');
}

function cameras(hass: HassConnection): Promise<Offer[]> {
  return entitiesOf(hass, 'camera', ({ supported_features: has = 0 }) => (has & STREAM_FEATURE) !== 0);
}

async function notifiers(hass: HassConnection): Promise<Offer[]> {
  const { notify = {} } = await hass.ask({ type: 'get_services' }, SERVICES);
  return Object.keys(notify)
    .filter(service => !NOT_PHONES.includes(service))
    .map(service => ({ id: `notify.${service}`, name: nameOfPhone(`notify.${service}`) }));
}

async function entitiesOf(
  hass: HassConnection,
  domain: string,
  matches: (attributes: Attributes) => boolean = () => true,
): Promise<Offer[]> {
  const states = await hass.ask({ type: 'get_states' }, STATES);
  return states
    .filter(({ entity_id: id, attributes }) => id.startsWith(`${domain}.`) && matches(attributes))
    .map(({ entity_id: id, attributes }) => ({ id, name: attributes.friendly_name ?? id }));
}

/** Answers the dialogs, to those who may edit flows. The connection has to be deployed. */
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
    for (
      let waitedMs = 0;
      hass.health.state !== 'connected' && waitedMs < CONNECT_WITHIN_MS;
      waitedMs += CHECK_EVERY_MS
    )
      await sleep(CHECK_EVERY_MS);
    return { offers: await question(hass) };
  } finally {
    await shared.release();
  }
}
