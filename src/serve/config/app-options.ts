import * as v from 'valibot';

const text = v.optional(v.string(), '');

/** The options of the Home Assistant app: home-assistant-app/config.yaml asks for them. */
export const APP_OPTIONS = v.object({
  babies: v.optional(v.array(v.object({ name: text, birth_date: text })), []),
  cameras: v.optional(v.array(v.object({ name: text, address: text, user: text, password: text })), []),
  microphone: v.optional(v.boolean(), false),
  phones: v.optional(v.array(v.string()), []),
  lights: v.optional(v.array(v.string()), []),
  preset: text,
  language: text,
});

/**
 * The settings of deepinfant.yaml that the app's options stand for.
 *
 * | option                                     | setting                                                     |
 * | ------------------------------------------ | ----------------------------------------------------------- |
 * | `babies`, `preset`, `language`             | the same                                                    |
 * | `cameras` whose address begins `camera.`   | a source `home_assistant_camera` with that `entity`         |
 * | other `cameras`                            | a source `camera` with that `url`, `user` and `password`    |
 * | `microphone`, or if there is no camera     | a source `microphone`: the one chosen for the app           |
 * | `phones`                                   | `home_assistant.notify.phones`                              |
 * | `lights`                                   | `home_assistant.lights.entities`                            |
 *
 * What nobody entered is empty in Home Assistant's form: then the setting has its default.
 */
export function settingsOf(options: v.InferOutput<typeof APP_OPTIONS>): object {
  const { babies, cameras, microphone, phones, lights, preset, language } = options;
  return {
    babies: babies.map(withoutEmpty),
    sources: [
      ...cameras.map(({ name, address, ...login }) =>
        address.startsWith('camera.')
          ? { type: 'home_assistant_camera', name, entity: address }
          : { type: 'camera', name, url: address, ...withoutEmpty(login) },
      ),
      ...(microphone || cameras.length === 0 ? [{ type: 'microphone', name: 'Microphone' }] : []),
    ],
    home_assistant: { notify: { phones }, lights: { entities: lights } },
    ...withoutEmpty({ preset, language }),
  };
}

function withoutEmpty(texts: Readonly<Record<string, string>>): object {
  return Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== ''));
}
