import { PRESETS } from '../../model/manifest.js';
import { REPORTED, type Reported } from '../../reason/reported.js';
import {
  type Contribution,
  INTENSITIES,
  type Intensity,
  type Reason,
  REASONS,
  SOURCE_STATES,
  type SourceState,
} from '../../values.js';

/** Another version has other topics or payloads. docs/mqtt.md describes this one. */
const LAYOUT_VERSION = 1;

/** The topics of a device on the broker. */
export interface DeviceTopics {
  /** Retained: how to make the device's entities; empty to remove them. */
  discovery: string;
  /** Retained: whether the node runs; the broker itself publishes that Node-RED is gone. */
  node: string;
  /** Retained: whether any of the sources is heard. */
  source: string;
  /** Retained: a DeviceState as JSON. */
  state: string;
  /** Never retained: a cry as it begins and ends, as Home Assistant's event entity takes it. */
  event: string;
  /** Never retained: a CryEvent as JSON. */
  cry: string;
  /** Never retained: the sound of a cry, which was asked for by its id. */
  clip: string;
  clipGet: string;
  /** Retained: names what publishes here. */
  service: string;
  /** What Home Assistant asks for: one of REASONS, what `readFactCommand` reads, the name of a baby, one of PRESETS, ON or OFF. */
  answer: string;
  fact: string;
  baby: string;
  preset: string;
  listening: string;
  /** Retained: whether one source is heard, where there are several. */
  sourceOf: (key: string) => string;
  /** Retained: the SourceHealth of one source as JSON. */
  healthOf: (key: string) => string;
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
  /** When the night began that both count, in ISO form. */
  nightFrom: string;
  /** Of the source that is heard best, where there are several. */
  health: SourceState | null;
  /** What is wrong with the source, or with one of them. */
  error: string | null;
  /** The recording or the demo that was played last, where no microphone or camera reported anything. */
  playback: { source: string; isOver: boolean } | null;
  /** By their keys. */
  sources: Record<string, SourceView>;
  /** Who cries, where there are several babies, and how likely each is; and who it was, as somebody said. */
  who: string | null;
  whoProbabilities: Record<string, number> | null;
  baby: string | null;
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

/** What the entities of one source show. */
export interface SourceView {
  name: string;
  crying: 'ON' | 'OFF';
  health: SourceState | null;
  error: string | null;
}

/** What Home Assistant is told of the device beside its entities. */
export interface DeviceDescription {
  id: string;
  name: string;
  /** The ids of its entities begin with it. */
  firstName: string;
  /** With the names of topics and ids; each has entities of its own where there are several. */
  sources: readonly { key: string; name: string }[];
  /** Where there are several. */
  babies: readonly string[];
  /** What runs it: Node-RED, or the service. */
  model: string;
  /** Of this package. */
  version: string;
  /** Where its settings are: the editor of Node-RED, or a page. */
  configurationUrl: string;
}

export const DEFAULT_PREFIX = 'homeassistant';
/** Home Assistant publishes `online` here when it has started (MQTT integration, birth message). */
export const DEFAULT_BIRTH_TOPIC = 'homeassistant/status';
const SUPPORT_URL = 'https://github.com/deepinfant/node-red';

/** How often the state is published again. What depends on it becomes unavailable when that failed three times. */
export const REPUBLISH_MS = 300_000;
const EXPIRE_AFTER_S = (3 * REPUBLISH_MS) / 1000;

/** @param prefix of Home Assistant's MQTT discovery */
export function deviceTopics(id: string, prefix = DEFAULT_PREFIX): DeviceTopics {
  const base = `deepinfant/v${LAYOUT_VERSION}/${id}`;
  return {
    discovery: `${prefix}/device/deepinfant_${id}/config`,
    node: `${base}/node`,
    source: `${base}/source`,
    state: `${base}/state`,
    event: `${base}/event`,
    cry: `${base}/cry`,
    clip: `${base}/clip`,
    clipGet: `${base}/clip/get`,
    service: `${base}/service`,
    answer: `${base}/answer/set`,
    fact: `${base}/fact/set`,
    baby: `${base}/baby/set`,
    preset: `${base}/preset/set`,
    listening: `${base}/listening/set`,
    sourceOf: key => `${base}/sources/${key}`,
    healthOf: key => `${base}/health/${key}`,
  };
}

/** Gives the name of an entity in the user's language, from its key. */
export type EntityNamer = (key: string) => string;

/** Home Assistant recognises this many of the last events that it received. */
export const REMEMBERED_EVENTS = 20;

/**
 * Shows an event once, though it may arrive twice: after a restart nobody knows which events Home Assistant received. Its
 * entity keeps the numbers of the last ones, as long as it is available.
 */
const NEW_EVENT = `
{%- set received = this.attributes.get('received', []) -%}
{%- set number = value_json.get('number') -%}
{%- if number is none or number not in received -%}
  {{ dict(value_json.items() | rejectattr(0, 'eq', 'number'), received=(received + [number])[-${REMEMBERED_EVENTS}:]) | to_json }}
{%- endif -%}`.replaceAll(/\n */g, '');

const REASON_ICONS: Record<Reason, string> = {
  hungry: 'mdi:baby-bottle',
  tired: 'mdi:weather-night',
  discomfort: 'mdi:thermometer',
  'belly pain': 'mdi:stomach',
  burping: 'mdi:weather-windy',
  lonely: 'mdi:hand-heart',
};

const REPORTED_ICONS: Record<Reported, string> = {
  feed: 'mdi:baby-bottle-outline',
  burp: 'mdi:chat-outline',
  change: 'mdi:human-baby-changing-table',
  sleep: 'mdi:sleep',
  wake: 'mdi:sleep-off',
};

type Component = Record<string, unknown> & { platform: string };
interface Availability {
  availability: object[];
  availability_mode: 'all';
}

/** The entities of a device by their keys, as Home Assistant's MQTT integration makes them. */
export function deviceComponents(
  device: Pick<DeviceDescription, 'id' | 'firstName' | 'sources' | 'babies'>,
  topics: DeviceTopics,
  nameOf: EntityNamer,
): Record<string, Component> {
  /** Available while all of the topics are `online`; Home Assistant would go by the latest message otherwise. */
  const whileOnline = (...statusTopics: string[]): Availability => ({
    availability: statusTopics.map(topic => ({ topic })),
    availability_mode: 'all',
  });
  /**
   * Available once its state arrived: with `expire_after`, Home Assistant restores what it showed before a restart, and would
   * show a cry for a moment that is long over.
   */
  const onceKnown = ({ availability, ...mode }: Availability): object => ({
    availability: [...availability, { topic: topics.state, value_template: 'online' }],
    ...mode,
  });
  const ofNode = whileOnline(topics.node);
  const ofSource = whileOnline(topics.node, topics.source);
  const diagnostic = { entity_category: 'diagnostic' };

  /** An entity that shows a part of the state. */
  const stateEntity = (platform: string, key: keyof DeviceState, details: object): [string, Component] => [
    key,
    { platform, state_topic: topics.state, value_template: `{{ value_json.${key} }}`, ...ofNode, ...details },
  ];
  const attributes = (template: string): object => ({
    json_attributes_topic: topics.state,
    json_attributes_template: `{{ ${template} | tojson }}`,
  });
  const choice = (
    key: 'answer' | 'baby' | 'preset',
    options: readonly string[],
    details: object,
  ): [string, Component] => stateEntity('select', key, { command_topic: topics[key], options, ...details });
  const ofNight = {
    state_class: 'total',
    last_reset_value_template: '{{ value_json.nightFrom }}',
  };

  const ofBabies: [string, Component][] =
    device.babies.length < 2
      ? []
      : [
          stateEntity('sensor', 'who', {
            device_class: 'enum',
            options: [...device.babies, 'unsure'],
            icon: 'mdi:account-question',
            ...attributes("{'probabilities': value_json.whoProbabilities}"),
            ...ofSource,
          }),
          choice('baby', device.babies, { icon: 'mdi:baby-face-outline' }),
        ];

  const sources = device.sources.length < 2 ? [] : device.sources;
  const ofSources = sources.flatMap(({ key, name }): [string, Component][] => [
    [
      `crying ${key}`,
      {
        platform: 'binary_sensor',
        name: `${nameOf('crying')} (${name})`,
        state_topic: topics.state,
        value_template: `{{ value_json.sources['${key}'].crying }}`,
        device_class: 'sound',
        expire_after: EXPIRE_AFTER_S,
        ...onceKnown(whileOnline(topics.node, topics.sourceOf(key))),
      },
    ],
    [
      `health ${key}`,
      {
        platform: 'sensor',
        name: `${nameOf('health')} (${name})`,
        state_topic: topics.state,
        value_template: `{{ value_json.sources['${key}'].health }}`,
        device_class: 'enum',
        options: SOURCE_STATES,
        icon: 'mdi:microphone',
        expire_after: EXPIRE_AFTER_S,
        ...attributes(`{'error': value_json.sources['${key}'].error}`),
        ...ofNode,
        ...diagnostic,
      },
    ],
  ]);

  const components: [string, Component][] = [
    stateEntity('binary_sensor', 'crying', {
      device_class: 'sound',
      expire_after: EXPIRE_AFTER_S,
      ...onceKnown(ofSource),
    }),
    [
      'cry',
      {
        platform: 'event',
        state_topic: topics.event,
        event_types: ['started', 'ended'],
        value_template: NEW_EVENT,
        icon: 'mdi:emoticon-cry-outline',
        ...ofNode,
      },
    ],
    stateEntity('sensor', 'reason', {
      device_class: 'enum',
      options: [...REASONS, 'unsure'],
      icon: 'mdi:help-circle-outline',
      ...attributes("{'contributions': value_json.contributions}"),
      ...ofSource,
    }),
    stateEntity('sensor', 'confidence', {
      unit_of_measurement: '%',
      state_class: 'measurement',
      icon: 'mdi:percent',
      ...ofSource,
    }),
    stateEntity('sensor', 'intensity', {
      device_class: 'enum',
      options: INTENSITIES,
      icon: 'mdi:volume-high',
      ...ofSource,
    }),
    stateEntity('sensor', 'lastCry', { device_class: 'timestamp' }),
    stateEntity('sensor', 'criesTonight', {
      icon: 'mdi:counter',
      ...attributes("{'cries': value_json.tonight}"),
      ...ofNight,
    }),
    stateEntity('sensor', 'minutesTonight', {
      device_class: 'duration',
      unit_of_measurement: 'min',
      ...ofNight,
    }),
    stateEntity('sensor', 'health', {
      device_class: 'enum',
      options: SOURCE_STATES,
      icon: 'mdi:microphone',
      expire_after: EXPIRE_AFTER_S,
      ...attributes(
        "{'error': value_json.error, 'sources': value_json.sources, 'playback': value_json.playback}",
      ),
      ...diagnostic,
    }),
    stateEntity('sensor', 'accuracy', {
      unit_of_measurement: '%',
      state_class: 'measurement',
      icon: 'mdi:bullseye-arrow',
      ...attributes("{'baseline': value_json.baselineAccuracy, 'answers': value_json.learnedFrom}"),
      ...diagnostic,
    }),
    ...REASONS.map((reason): [string, Component] => [
      `was ${reason}`,
      {
        platform: 'button',
        command_topic: topics.answer,
        payload_press: reason,
        icon: REASON_ICONS[reason],
        ...ofNode,
      },
    ]),
    choice('answer', REASONS, {
      icon: 'mdi:comment-question-outline',
      ...attributes("{'by': value_json.answeredBy, 'at': value_json.answeredAt}"),
    }),
    ...ofBabies,
    ...REPORTED.map((kind): [string, Component] => [
      kind,
      {
        platform: 'button',
        command_topic: topics.fact,
        payload_press: kind,
        icon: REPORTED_ICONS[kind],
        ...ofNode,
      },
    ]),
    choice('preset', PRESETS, { icon: 'mdi:tune', entity_category: 'config' }),
    stateEntity('switch', 'listening', { command_topic: topics.listening, icon: 'mdi:ear-hearing' }),
    ...ofSources,
  ];
  // Home Assistant makes an id of these words, as it does of names; one without a letter would leave no word.
  const prefix = /[\p{L}\p{N}]/u.test(device.firstName) ? device.firstName : 'Baby';
  const entities = components.map(([key, details]): [string, Component] => {
    const id = key.replace(/[A-Z]/g, capital => ` ${capital.toLowerCase()}`).replaceAll(' ', '_');
    const entity = {
      unique_id: `deepinfant_${device.id}_${id}`,
      default_entity_id: `${details.platform}.${prefix} ${id}`,
      name: nameOf(key),
    };
    return [id, { ...entity, ...details }];
  });
  return Object.fromEntries(entities);
}

/**
 * The message that makes a device and its entities (Home Assistant, MQTT integration, Device discovery).
 * @param components its entities by their keys: see deviceComponents
 * @param removed platforms of entities that the device had, by their keys
 */
export function discoveryPayload(
  device: Pick<DeviceDescription, 'id' | 'name' | 'model' | 'version' | 'configurationUrl'>,
  components: Record<string, Component>,
  removed: Record<string, string> = {},
): object {
  const gone = Object.entries(removed).map(([key, platform]) => [key, { platform }] as const);
  return {
    device: {
      identifiers: [`deepinfant_${device.id}`],
      name: device.name,
      manufacturer: 'DeepInfant',
      model: device.model,
      sw_version: device.version,
      configuration_url: device.configurationUrl,
    },
    origin: { name: '@deepinfant/node-red', sw_version: device.version, support_url: SUPPORT_URL },
    qos: 1,
    components: { ...Object.fromEntries(gone), ...components },
  };
}
