import { PRESETS } from '../../model/manifest.js';
import {
  type Contribution,
  INTENSITIES,
  type Intensity,
  REASONS,
  SOURCE_STATES,
  type SourceState,
} from '../../values.js';

/** The topics of a device on the broker. */
export interface DeviceTopics {
  /** Retained: how to make the device's entities; empty to remove them. */
  discovery: string;
  /** Retained: whether Node-RED is connected; the broker itself publishes that it is gone. */
  bridge: string;
  /** Retained: whether the node runs, and whether its source is heard. */
  node: string;
  source: string;
  /** Retained: a DeviceState as JSON. */
  state: string;
  /** Never retained: a cry as it begins and ends. */
  event: string;
  /** What Home Assistant asks for: one of REASONS, one of PRESETS, ON or OFF. */
  answer: string;
  preset: string;
  listening: string;
}

/** A cry of the night that is over, as an attribute of the count has it. */
export interface NightCry {
  /** When it began, in ISO form. */
  at: string;
  duration_s: number;
  /** At its hardest; of a cry that an older version counted it is not known. */
  intensity?: Intensity;
}

/** What the entities show; null is unknown. */
export interface DeviceState {
  crying: 'ON' | 'OFF';
  reason: string | null;
  /** In percent. */
  confidence: number | null;
  /** What the reason is based on. */
  contributions: readonly Contribution[];
  intensity: string | null;
  /** When the last cry began, in ISO form. */
  lastCry: string | null;
  criesTonight: number;
  minutesTonight: number;
  /** What both count, without a cry that goes on. */
  tonight: readonly NightCry[];
  health: SourceState | null;
  /** What is wrong with the source. */
  error: string | null;
  /** Share of right reasons so far, and if it had always been the most common one, in percent. */
  accuracy: number | null;
  baselineAccuracy: number | null;
  learnedFrom: number;
  answer: string | null;
  /** Who gave it, where that is known, and when, in ISO form. */
  answeredBy: string | null;
  answeredAt: string | null;
  preset: string | null;
  listening: 'ON' | 'OFF';
}

/** Home Assistant publishes `online` here when it has started (MQTT integration, birth message). */
export const HASS_STATUS_TOPIC = 'homeassistant/status';

/** How often the state is published again. What depends on it becomes unavailable when that failed three times. */
export const REPUBLISH_MS = 300_000;
const EXPIRE_AFTER_S = (3 * REPUBLISH_MS) / 1000;

export function deviceTopics(id: string, bridgeId: string): DeviceTopics {
  const base = `deepinfant/${id}`;
  return {
    discovery: `homeassistant/device/deepinfant_${id}/config`,
    bridge: `deepinfant/${bridgeId}/bridge`,
    node: `${base}/node`,
    source: `${base}/source`,
    state: `${base}/state`,
    event: `${base}/event`,
    answer: `${base}/answer/set`,
    preset: `${base}/preset/set`,
    listening: `${base}/listening/set`,
  };
}

/** Gives the name of an entity in the user's language, from its key. */
export type EntityNamer = (key: string) => string;

/**
 * The message that makes a device and its entities (Home Assistant, MQTT integration, Device discovery).
 */
export function discoveryPayload(
  device: { id: string; name: string },
  topics: DeviceTopics,
  nameOf: EntityNamer,
): object {
  const slug = device.name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');
  /** Available while all of the topics are `online`; Home Assistant would go by the latest message otherwise. */
  const whileOnline = (...statusTopics: string[]): object => ({
    availability: statusTopics.map(topic => ({ topic })),
    availability_mode: 'all',
  });
  const ofNode = whileOnline(topics.bridge, topics.node);
  const ofSource = whileOnline(topics.bridge, topics.node, topics.source);

  /** An entity that shows a part of the state; those of a cry are available only while its source is heard. */
  const stateEntity = (platform: string, key: keyof DeviceState, details: object): [string, object] => [
    key,
    {
      platform,
      state_topic: topics.state,
      value_template: `{{ value_json.${key} }}`,
      ...ofNode,
      ...details,
    },
  ];
  const diagnostic = { entity_category: 'diagnostic' };
  const choice = (key: 'answer' | 'preset', options: readonly string[], details: object): [string, object] =>
    stateEntity('select', key, { command_topic: topics[key], options, ...details });

  const components: [string, object][] = [
    stateEntity('binary_sensor', 'crying', {
      device_class: 'sound',
      expire_after: EXPIRE_AFTER_S,
      ...ofSource,
    }),
    [
      'cry',
      {
        platform: 'event',
        state_topic: topics.event,
        event_types: ['started', 'ended'],
        icon: 'mdi:emoticon-cry-outline',
        ...ofSource,
      },
    ],
    stateEntity('sensor', 'reason', {
      device_class: 'enum',
      options: [...REASONS, 'unsure'],
      icon: 'mdi:help-circle-outline',
      json_attributes_topic: topics.state,
      json_attributes_template: "{{ {'contributions': value_json.contributions} | tojson }}",
      ...ofSource,
    }),
    stateEntity('sensor', 'confidence', { unit_of_measurement: '%', icon: 'mdi:percent', ...ofSource }),
    stateEntity('sensor', 'intensity', {
      device_class: 'enum',
      options: INTENSITIES,
      icon: 'mdi:volume-high',
      ...ofSource,
    }),
    stateEntity('sensor', 'lastCry', { device_class: 'timestamp' }),
    stateEntity('sensor', 'criesTonight', {
      state_class: 'measurement',
      icon: 'mdi:counter',
      json_attributes_topic: topics.state,
      json_attributes_template: "{{ {'cries': value_json.tonight} | tojson }}",
    }),
    stateEntity('sensor', 'minutesTonight', {
      device_class: 'duration',
      unit_of_measurement: 'min',
      state_class: 'measurement',
    }),
    stateEntity('sensor', 'health', {
      device_class: 'enum',
      options: SOURCE_STATES,
      icon: 'mdi:microphone',
      expire_after: EXPIRE_AFTER_S,
      json_attributes_topic: topics.state,
      json_attributes_template: "{{ {'error': value_json.error} | tojson }}",
      ...diagnostic,
    }),
    stateEntity('sensor', 'accuracy', {
      unit_of_measurement: '%',
      icon: 'mdi:bullseye-arrow',
      json_attributes_topic: topics.state,
      json_attributes_template:
        "{{ {'baseline': value_json.baselineAccuracy, 'answers': value_json.learnedFrom} | tojson }}",
      ...diagnostic,
    }),
    ...REASONS.map((reason): [string, object] => [
      `was ${reason}`,
      {
        platform: 'button',
        command_topic: topics.answer,
        payload_press: reason,
        ...ofNode,
      },
    ]),
    choice('answer', REASONS, {
      icon: 'mdi:comment-question-outline',
      json_attributes_topic: topics.state,
      json_attributes_template: "{{ {'by': value_json.answeredBy, 'at': value_json.answeredAt} | tojson }}",
    }),
    choice('preset', PRESETS, { icon: 'mdi:tune', entity_category: 'config' }),
    stateEntity('switch', 'listening', { command_topic: topics.listening, icon: 'mdi:ear-hearing' }),
  ];
  const entities = components.map(([key, details]): [string, object] => {
    const id = key.replace(/[A-Z]/g, capital => ` ${capital.toLowerCase()}`).replaceAll(' ', '_');
    const { platform } = details as { platform: string };
    const unique = `deepinfant_${device.id}_${id}`;
    const entity = { unique_id: unique, default_entity_id: `${platform}.${slug}_${id}`, name: nameOf(key) };
    return [id, { ...entity, ...details }];
  });
  return {
    device: {
      identifiers: [`deepinfant_${device.id}`],
      name: device.name,
      manufacturer: 'DeepInfant',
      model: 'Node-RED',
    },
    origin: { name: '@deepinfant/node-red' },
    qos: 1,
    components: Object.fromEntries(entities),
  };
}
