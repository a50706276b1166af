import * as v from 'valibot';
import type { HassConnection } from './connection.js';
import { deviceIdOf } from './device/device-id.js';
import { nameOfPhone } from './notify/phone-name.js';

/** Something of Home Assistant that a person can choose. */
export interface HassOffer {
  /** An entity's id, or an action. */
  id: string;
  name: string;
}

/** What the commands `get_states` and `get_services` give, as far as it is needed. An odd attribute is left out. */
const STATES = v.array(
  v.object({
    entity_id: v.string(),
    attributes: v.object({
      friendly_name: v.fallback(v.optional(v.string()), undefined),
      supported_features: v.fallback(v.optional(v.number()), undefined),
    }),
  }),
);
const SERVICES = v.object({ notify: v.optional(v.record(v.string(), v.unknown())) });
/** What `config/device_registry/list` gives. */
const DEVICES = v.array(v.object({ name: v.fallback(v.nullish(v.string()), null) }));
type Attributes = v.InferOutput<typeof STATES>[number]['attributes'];

/** Of a camera that can be streamed (Home Assistant, CameraEntityFeature.STREAM). */
const STREAM_FEATURE = 2;
/** Actions of `notify` that cannot show buttons, or whose receiver is not known. */
const NOT_PHONES = ['notify', 'persistent_notification', 'send_message'];

/** @throws DeepInfantError as `HassConnection.ask` does */
export function listLights(hass: HassConnection): Promise<HassOffer[]> {
  return listEntities(hass, 'light');
}

/** The cameras that can be streamed. @throws DeepInfantError as `HassConnection.ask` does */
export function listCameras(hass: HassConnection): Promise<HassOffer[]> {
  return listEntities(hass, 'camera', ({ supported_features: has = 0 }) => (has & STREAM_FEATURE) !== 0);
}

/** The actions that notify phones, named as the phones are. @throws DeepInfantError as `HassConnection.ask` does */
export async function listPhones(hass: HassConnection): Promise<HassOffer[]> {
  const { notify = {} } = await hass.ask({ type: 'get_services' }, SERVICES);
  // A list without capital letters is better than none.
  const devices = await hass.ask({ type: 'config/device_registry/list' }, DEVICES).catch(() => []);
  const names = new Map(devices.map(({ name }) => [`notify.mobile_app_${deviceIdOf(name ?? '')}`, name]));
  return Object.keys(notify)
    .filter(service => !NOT_PHONES.includes(service))
    .map(service => {
      const id = `notify.${service}`;
      return { id, name: names.get(id) ?? nameOfPhone(id) };
    });
}

async function listEntities(
  hass: HassConnection,
  domain: string,
  matches: (attributes: Attributes) => boolean = () => true,
): Promise<HassOffer[]> {
  const states = await hass.ask({ type: 'get_states' }, STATES);
  const offers = states
    .filter(({ entity_id: id, attributes }) => id.startsWith(`${domain}.`) && matches(attributes))
    .map(({ entity_id: id, attributes }) => ({ id, name: attributes.friendly_name ?? id }));
  const isAlone = (name: string): boolean => offers.filter(offer => offer.name === name).length === 1;
  return offers.map(({ id, name }) => ({ id, name: isAlone(name) ? name : `${name} (${id})` }));
}
