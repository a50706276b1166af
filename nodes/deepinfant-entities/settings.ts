import * as v from 'valibot';
import { DEFAULT_BIRTH_TOPIC, DEFAULT_PREFIX } from '../../src/hass/device/discovery.js';
import { text, version } from '../settings.js';

/** Text as a topic that can be published to: '' is the default. */
const topic = (fallback: string) =>
  v.pipe(
    text(),
    v.transform(typed => typed.replace(/^\/+|\/+$/g, '') || fallback),
    v.check(typed => !/[+#\0]/.test(typed), 'a topic without + and #'),
  );

export const ENTITIES_SETTINGS = v.object({
  version,
  /** The device's name in Home Assistant. */
  name: text(),
  /** Id of an mqtt-broker node. */
  broker: text(),
  /** As Home Assistant's MQTT integration has them: the discovery prefix, and the topic of the birth message. */
  prefix: topic(DEFAULT_PREFIX),
  birthTopic: topic(DEFAULT_BIRTH_TOPIC),
});

export type EntitiesSettings = v.InferOutput<typeof ENTITIES_SETTINGS>;
