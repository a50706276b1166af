import * as v from 'valibot';
import { MOST_NAME } from '../../door/fields.js';
import { DEFAULT_BIRTH_TOPIC, DEFAULT_PREFIX } from '../../hass/device/discovery.js';
import { PRESETS } from '../../model/manifest.js';
import { LANGUAGES } from '../../texts/language.js';
import { INTENSITIES, REASONS } from '../../values.js';

/**
 * What deepinfant.yaml may hold. Each setting says what it is: editors show that, through deepinfant.schema.json, which
 * is made of this schema.
 */

const MOST_TEXT = 2000;
/** More rooms are spread over several services. */
const MOST_SOURCES = 1000;

const text = (about: string) =>
  v.pipe(v.string(), v.nonEmpty(), v.maxLength(MOST_TEXT), v.description(about));

const textOrNothing = (about: string) => v.pipe(v.string(), v.maxLength(MOST_TEXT), v.description(about));

const optionalText = (about: string) => v.optional(text(about));

const flag = (about: string, fallback: boolean) =>
  v.optional(v.pipe(v.boolean(), v.description(about)), fallback);

const number = (about: string, least: number, most: number, fallback: number) =>
  v.optional(v.pipe(v.number(), v.minValue(least), v.maxValue(most), v.description(about)), fallback);

const wholeNumber = (about: string, least: number, most: number, fallback: number) =>
  v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most), v.description(about)),
    fallback,
  );

const word = <const Words extends readonly string[]>(about: string, words: Words, fallback: Words[number]) =>
  v.optional(v.pipe(v.picklist(words), v.description(about)), fallback);

const texts = (about: string) =>
  v.optional(
    v.pipe(v.array(v.pipe(v.string(), v.nonEmpty(), v.maxLength(MOST_TEXT))), v.description(about)),
    [],
  );

const timeOfDay = (about: string) =>
  v.pipe(
    v.string(),
    v.regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of the day such as 07:30'),
    v.description(about),
  );

const topic = (about: string, fallback: string) =>
  v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[^/+#\0][^+#\0]*$/, 'a topic without + and # that does not begin with /'),
      v.maxLength(MOST_TEXT),
      v.description(about),
    ),
    fallback,
  );

/** What all kinds of sources have. */
const ofSource = {
  name: v.pipe(
    v.string(),
    v.nonEmpty(),
    v.maxLength(MOST_NAME),
    v.description('What the source is called on the page, in the journal and in Home Assistant.'),
  ),
  babies: v.optional(
    v.pipe(
      v.array(v.string()),
      v.nonEmpty(),
      v.description('Names of the babies who may be heard here. Without it: all babies.'),
    ),
  ),
};

const MICROPHONE = v.strictObject({
  type: v.pipe(v.literal('microphone'), v.description('A microphone of this computer.')),
  ...ofSource,
  device: optionalText(
    "Its name as 'deepinfant devices' lists it. Without it: the system's default microphone.",
  ),
});

const CAMERA = v.strictObject({
  type: v.pipe(v.literal('camera'), v.description('A network camera.')),
  ...ofSource,
  url: text("The address of its stream, such as rtsp://192.168.1.20/stream2; 'deepinfant devices' finds it."),
  user: optionalText('The user name that the camera asks for.'),
  password: optionalText('The password that the camera asks for: !secret NAME or !env_var NAME.'),
  track: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1),
      v.maxValue(8),
      v.description('Which of several audio tracks to hear, from 1. Without it: the one with sound.'),
    ),
  ),
  pauses: flag('Whether the camera sends sound only when it is loud.', false),
});

const HOME_ASSISTANT_CAMERA = v.strictObject({
  type: v.pipe(v.literal('home_assistant_camera'), v.description('A camera of Home Assistant.')),
  ...ofSource,
  entity: v.pipe(
    v.string(),
    v.regex(/^camera\.\w+$/, 'an entity id such as camera.nursery'),
    v.description('Its entity id, such as camera.nursery.'),
  ),
});

const RECORDING = v.strictObject({
  type: v.pipe(v.literal('recording'), v.description('A recording, played again and again in real time.')),
  ...ofSource,
  path: text('An audio file. A relative path starts at the folder of this file.'),
});

const DEMO = v.strictObject({
  type: v.pipe(
    v.literal('demo'),
    v.description('A nursery that the computer makes, with a cry each minute: to try things out.'),
  ),
  ...ofSource,
});

const SATELLITE = v.strictObject({
  type: v.pipe(
    v.literal('satellite'),
    v.description("Another 'deepinfant serve', which publishes what it hears at the broker of 'mqtt'."),
  ),
  ...ofSource,
  id: v.pipe(
    v.string(),
    v.regex(/^[\w-]{1,200}$/, 'letters, digits, _ and -'),
    v.description("What stands in its topics: deepinfant/v1/ID. It is the 'id' in the satellite's 'mqtt'."),
  ),
  clips: flag(
    "Whether to ask it for the sound of each cry, for the journal. The satellite's 'mqtt' has to allow that.",
    false,
  ),
});

const SOURCE = v.variant('type', [MICROPHONE, CAMERA, HOME_ASSISTANT_CAMERA, RECORDING, DEMO, SATELLITE]);

const BABY = v.strictObject({
  name: v.pipe(v.string(), v.nonEmpty(), v.maxLength(MOST_NAME), v.description('The name of the baby.')),
  birth_date: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{4}-\d\d-\d\d$/, 'a date such as 2026-01-31'),
      v.check(date => !Number.isNaN(Date.parse(date)), 'a date such as 2026-01-31'),
      v.description('The date of birth, such as 2026-01-31: the age says what is likely.'),
    ),
  ),
});

const JOURNAL = v.strictObject({
  sound: flag('Whether to keep a clip and a picture of each cry.', true),
  days: wholeNumber('How many days entries are kept.', 1, 36_500, 365),
  sound_mb: wholeNumber(
    'How many MB clips and pictures may take; the oldest are deleted first.',
    1,
    10_000_000,
    1000,
  ),
});

const QUIET_HOURS = v.pipe(
  v.strictObject({
    from: timeOfDay('When the quiet hours begin, such as 09:00.'),
    to: timeOfDay('When they end, such as 17:30.'),
  }),
  v.description('Hours of the day in which nobody is notified.'),
);

const NOTIFY = v.strictObject({
  phones: texts(
    'Actions that notify, such as notify.mobile_app_anna, in the order in which they are notified.',
  ),
  escalate_after_min: number(
    'How many minutes each phone has to answer before the next one is notified. 0: all at once.',
    0,
    1440,
    0,
  ),
  reasons: v.optional(
    v.pipe(
      v.array(v.picklist([...REASONS, 'unsure'])),
      v.description('Notify of these reasons only. Without it: of every cry.'),
    ),
    [],
  ),
  min_confidence: number('Notify only of reasons with at least so much confidence, in percent.', 0, 100, 0),
  min_duration_s: number('Notify only of cries of at least so many seconds.', 0, 3600, 0),
  min_intensity: word('Notify only of cries of at least this intensity.', INTENSITIES, 'fuss'),
  quiet_hours: v.optional(QUIET_HOURS),
  lost_after_min: number(
    'How many minutes a source may not be heard before phones are notified of it. 0: never.',
    0,
    1440,
    5,
  ),
  dashboard: v.optional(
    textOrNothing("The page that a tap on a notification opens. '': whatever the app opens by itself."),
    '/lovelace',
  ),
  logbook: flag("Whether Home Assistant's logbook gets cries and answers.", true),
});

const LIGHTS = v.strictObject({
  entities: texts('Entity ids of lights or groups that show that a baby cries.'),
  colour_by: word('What the colour shows.', ['intensity', 'reason'], 'intensity'),
  brightness: number('The brightness at most, in percent.', 1, 100, 60),
  pulse: flag('Whether the lights pulse.', true),
});

const HOME_ASSISTANT = v.strictObject({
  url: v.optional(
    textOrNothing(
      'The address of Home Assistant as a browser shows it. Not needed in an app of Home Assistant.',
    ),
    '',
  ),
  token: v.optional(
    textOrNothing('A long-lived access token of an administrator: !secret NAME or !env_var NAME.'),
    '',
  ),
  notify: v.optional(NOTIFY, {}),
  lights: v.optional(LIGHTS, {}),
});

const MQTT = v.strictObject({
  url: v.pipe(
    v.string(),
    v.regex(/^(mqtts?|wss?):\/\/[^\s/@]+(\/\S*)?$/, 'an address such as mqtt://192.168.1.5:1883'),
    v.maxLength(MOST_TEXT),
    v.description('The address of the broker, such as mqtt://192.168.1.5:1883, without user and password.'),
  ),
  user: optionalText('The user name that the broker asks for.'),
  password: optionalText('The password that the broker asks for: !secret NAME or !env_var NAME.'),
  id: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[a-z0-9_]{1,40}$/, 'lower-case letters, digits and _'),
      v.description(
        'Tells this service from others at the broker: it begins the ids of its devices. Without it they are the names of the babies.',
      ),
    ),
  ),
  discovery: flag(
    'Whether Home Assistant is to show a device for each baby. false for a satellite, whose cries another service shows.',
    true,
  ),
  clips: flag(
    'Whether whoever may use the broker may ask for the sound of a cry. Otherwise no sound leaves this computer.',
    false,
  ),
  discovery_prefix: topic("The discovery prefix of Home Assistant's MQTT integration.", DEFAULT_PREFIX),
  birth_topic: topic("The topic of Home Assistant's birth message.", DEFAULT_BIRTH_TOPIC),
});

const PAGE = v.strictObject({
  host: v.optional(
    text('The address to serve the page on. 0.0.0.0 is every network; the page then needs a token.'),
    '127.0.0.1',
  ),
  port: wholeNumber('The port to serve the page on.', 1, 65_535, 8099),
  token: v.optional(
    v.pipe(
      v.string(),
      v.minLength(16, 'a token of at least 16 characters'),
      v.maxLength(MOST_TEXT),
      v.description('Whoever opens the page has to show this token: !secret NAME or !env_var NAME.'),
    ),
  ),
});

const DEFAULT_SOURCES = [{ type: 'microphone', name: 'Microphone' }] as const;

export const CONFIG = v.strictObject({
  sources: v.optional(
    v.pipe(
      v.array(SOURCE),
      v.nonEmpty(),
      v.maxLength(MOST_SOURCES),
      v.description('What to listen to. Without it: the default microphone.'),
    ),
    [...DEFAULT_SOURCES],
  ),
  babies: v.optional(v.pipe(v.array(BABY), v.description('The babies who may be heard.')), []),
  preset: word(
    'How readily it hears a cry: careful misses more, sensitive has more false alarms.',
    PRESETS,
    'balanced',
  ),
  language: word('The language of sentences, notifications and the page.', LANGUAGES, 'en'),
  folder: optionalText(
    'Where the journal and everything else is kept. A relative path starts at the folder of this file.',
  ),
  journal: v.optional(v.pipe(JOURNAL, v.description('What the journal keeps.')), {}),
  home_assistant: v.optional(
    v.pipe(HOME_ASSISTANT, v.description('The connection to Home Assistant: phones and lights.')),
  ),
  mqtt: v.optional(
    v.pipe(
      MQTT,
      v.description("The broker that Home Assistant's MQTT integration uses: entities of each baby."),
    ),
  ),
  page: v.optional(v.pipe(PAGE, v.description('The page, /health and /metrics.')), {}),
});

export type Config = v.InferOutput<typeof CONFIG>;
export type SourceConfig = Config['sources'][number];
export type BabyConfig = Config['babies'][number];
export type HomeAssistantConfig = NonNullable<Config['home_assistant']>;
export type MqttConfig = NonNullable<Config['mqtt']>;
