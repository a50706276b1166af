import { parseCameraAddress } from '../../audio/live/camera-address.js';
import { closestWord } from '../../closest-word.js';
import { messageOf } from '../../errors.js';
import { hassEndpoint } from '../../hass/address.js';
import { isLoopback } from '../loopback.js';
import type { Config, SourceConfig } from './schema.js';

/** Something that is wrong with a setting. */
export interface SettingFault {
  /** The keys and places that lead to it. */
  path: readonly (string | number)[];
  message: string;
}

/** What is wrong with settings that are right each for itself. */
export function relationFaults(config: Config, env: NodeJS.ProcessEnv): SettingFault[] {
  return [
    ...repeatedNames(config.sources, 'sources', 'source'),
    ...repeatedNames(config.babies, 'babies', 'baby'),
    ...repeatedDevices(config.sources),
    ...unknownBabies(config),
    ...cameraFaults(config),
    ...satelliteFaults(config),
    ...homeAssistantFaults(config, env),
    ...pageFaults(config, env),
  ];
}

function repeatedNames(items: readonly { name: string }[], section: string, what: string): SettingFault[] {
  return items.flatMap(({ name }, i) =>
    items.findIndex(other => other.name === name) < i
      ? [
          {
            path: [section, i, 'name'],
            message: `Another ${what} is called '${name}', too. Choose another name.`,
          },
        ]
      : [],
  );
}

function repeatedDevices(sources: readonly SourceConfig[]): SettingFault[] {
  const devices = sources.map(deviceOf);
  return devices.flatMap((device, i) => {
    const first = devices.indexOf(device);
    if (device === undefined || first === i) return [];
    return [
      {
        path: ['sources', i],
        message: `This is the same source as '${sources[first].name}'. Remove one of them.`,
      },
    ];
  });
}

/** Tells what a source listens to from others; undefined where the same may be heard several times. */
function deviceOf(source: SourceConfig): string | undefined {
  switch (source.type) {
    case 'microphone':
      return JSON.stringify(['microphone', source.device]);
    case 'camera':
      return JSON.stringify(['camera', source.url.trim(), source.track]);
    case 'home_assistant_camera':
      return JSON.stringify(['home assistant', source.entity]);
    case 'satellite':
      return JSON.stringify(['satellite', source.id]);
    default:
      return undefined;
  }
}

function unknownBabies({ sources, babies }: Config): SettingFault[] {
  const names = babies.map(({ name }) => name);
  return sources.flatMap(({ babies: heard = [] }, i) =>
    heard.flatMap((name, j) => {
      const path = ['sources', i, 'babies', j];
      if (heard.indexOf(name) < j) return [{ path, message: `'${name}' stands here twice.` }];
      if (names.includes(name)) return [];
      const similar = closestWord(name, names);
      const hint = similar ? `Did you mean '${similar}'?` : "Add it to 'babies'.";
      return [{ path, message: `No baby is called '${name}'. ${hint}` }];
    }),
  );
}

function cameraFaults({ sources, home_assistant: homeAssistant }: Config): SettingFault[] {
  return sources.flatMap((source, i): SettingFault[] => {
    if (source.type === 'home_assistant_camera' && homeAssistant === undefined)
      return [
        {
          path: ['sources', i, 'entity'],
          message:
            "A camera of Home Assistant needs the connection to it: add 'home_assistant' with url and token.",
        },
      ];
    if (source.type !== 'camera') return [];
    const { url, user, password } = source;
    return faultOf(['sources', i, 'url'], () => parseCameraAddress(url, { user, password }));
  });
}

function satelliteFaults({ sources, mqtt }: Config): SettingFault[] {
  if (mqtt) return [];
  const message = "A satellite needs the broker that it publishes at: add 'mqtt' with its url.";
  return sources.flatMap(({ type }, i) =>
    type === 'satellite' ? [{ path: ['sources', i, 'id'], message }] : [],
  );
}

function homeAssistantFaults({ home_assistant: login }: Config, env: NodeJS.ProcessEnv): SettingFault[] {
  return login ? faultOf(['home_assistant'], () => hassEndpoint(login, env.SUPERVISOR_TOKEN)) : [];
}

function pageFaults({ page }: Config, { SUPERVISOR_TOKEN }: NodeJS.ProcessEnv): SettingFault[] {
  // In an app of Home Assistant, nobody else than its Supervisor is let in.
  if (page.token !== undefined || isLoopback(page.host) || SUPERVISOR_TOKEN !== undefined) return [];
  const message = `Others can reach a page on ${page.host}: add a token that they have to show, or serve it on 127.0.0.1.`;
  return [{ path: ['page', 'host'], message }];
}

function faultOf(path: SettingFault['path'], step: () => unknown): SettingFault[] {
  try {
    step();
    return [];
  } catch (error) {
    return [{ path, message: messageOf(error) }];
  }
}
