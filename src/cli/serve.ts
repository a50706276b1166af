// Before all else: see there.
import './small-heap.js';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { messageOf } from '../errors.js';
import type { AppConfig } from '../serve/config/app-config.js';
import { defaultConfig, readConfig } from '../serve/config/read.js';
import type { Config } from '../serve/config/schema.js';
import { watchConfig } from '../serve/config/watch.js';
import { Listener } from '../serve/listener.js';
import { pageAddress } from '../serve/page-server.js';
import { defaultFolder } from '../serve/default-folder.js';
import { roomsOf } from '../serve/rooms.js';
import { titleOf } from '../serve/service.js';
import { parseShard, roomsOfShard, type Shard } from '../serve/shard.js';
import { Turns } from '../turns.js';
import { countOf, usageError } from './arguments.js';
import { defineCommand } from './command.js';
import { abortOnInterrupt } from './interrupt.js';
import { print } from './output.js';

const DEFAULT_FILE = 'deepinfant.yaml';
const MOST_PORT = 65_535;

export const command = defineCommand({
  synopsis: ['serve [CONFIG.yaml] [options]'],
  description: `Listens to microphones and cameras day and night, without Node-RED. Keeps a journal, shows a page, and connects to Home
    Assistant: phones, lights and entities. CONFIG.yaml configures it; the default is ${DEFAULT_FILE} in this folder. Without
    that file, it listens to the default microphone. Changes to the file take effect at once. Ctrl-C ends it.

    docs/serve.md describes the settings. Editors complete them from deepinfant.schema.json.`,
  options: {
    check: { type: 'boolean', default: false, help: 'print what is wrong with the configuration, and exit' },
    app: {
      type: 'string',
      value: 'FOLDER',
      help: "for Home Assistant's app: without CONFIG.yaml, use options.json in FOLDER",
    },
    shard: {
      type: 'string',
      value: 'K/N',
      help: 'hear the rooms of the Kth of N services that share the configuration and its folder',
    },
    port: {
      type: 'string',
      value: 'PORT',
      help: 'serve the page on this port instead of the configured one',
    },
  },
  examples: [
    ['serve', `as ${DEFAULT_FILE} configures it, or else with the default microphone`],
    ['serve /etc/deepinfant.yaml', 'with another configuration'],
    ['serve --check', 'list every error in the configuration, with line and column'],
    ['serve --shard 2/5 --port 8102', 'the second of five services that share the rooms'],
    ['serve --check --shard 2/5', 'which rooms that one hears'],
  ],
  run: async ({ values, positionals }) => {
    if (positionals.length > 1) throw usageError('Name one configuration.');
    const [file = DEFAULT_FILE] = positionals;
    const isNamed = positionals.length === 1;
    const shard = values.shard === undefined ? undefined : parseShard(values.shard);
    const port = values.port === undefined ? undefined : portOf(values.port);
    if (values.check) {
      const config = readConfig(file);
      print(`${file} is valid.`);
      if (shard) print(roomsText(config, shard));
      return 0;
    }
    const listener = new Listener(defaultFolder(), log, shard);
    const app = values.app === undefined ? undefined : await appConfig(values.app, file, listener);
    // A file that is not named may come later.
    const readFile = (): Config | Promise<Config> =>
      app?.read() ?? (isNamed || existsSync(file) ? readConfig(file) : defaultConfig());
    const read = async (): Promise<Config> => {
      const config = await readFile();
      return port === undefined ? config : { ...config, page: { ...config.page, port } };
    };
    const config = await read();
    const signal = abortOnInterrupt(['SIGINT', 'SIGTERM']);
    await listener.use(config);
    if (app) {
      if (hasNothingEntered(config)) listener.report('Next', APP_NEXT_STEPS);
    } else {
      print(`The page: ${pageAddress(config.page)}`);
      if (!existsSync(file)) print(nextSteps());
    }
    const turns = new Turns();
    const changed = (): void => {
      void turns.take(() => takeUp(listener, app ? 'Configuration' : file, read));
    };
    const endWatches = [watchConfig(file, changed), app?.watch(changed)];
    if (!signal.aborted) await once(signal, 'abort');
    for (const endWatch of endWatches) endWatch?.();
    await turns.take(() => listener.stop());
    return 0;
  },
});

/** @throws DeepInfantError `usage` */
function portOf(text: string): number {
  const port = countOf('port', text);
  if (port > MOST_PORT) throw usageError(`--port must be at most ${MOST_PORT}.`);
  return port;
}

/** Which rooms a shard hears, with their sources. */
function roomsText(config: Config, shard: Shard): string {
  const rooms = roomsOf(config);
  const ofShard = roomsOfShard(rooms, shard);
  return [
    `Shard ${shard.number} of ${shard.of} hears ${ofShard.length} of ${rooms.length} rooms:`,
    ...ofShard.map(({ name, sources }) => `  ${titleOf(name)}: ${sources.join(', ')}`),
  ].join('\n');
}

/** Takes up a changed configuration; one with faults changes nothing. */
async function takeUp(listener: Listener, what: string, read: () => Promise<Config>): Promise<void> {
  const report = (message: string): void => {
    listener.report(what, message);
  };
  try {
    await listener.use(await read());
    report('taken up');
  } catch (error) {
    report(`The former configuration goes on, since this one has faults:\n${messageOf(error)}`);
  }
}

/** @throws DeepInfantError `usage` where no Supervisor gave it a token */
async function appConfig(folder: string, file: string, listener: Listener): Promise<AppConfig> {
  const { env } = process;
  if (env.SUPERVISOR_TOKEN === undefined)
    throw usageError("--app works in Home Assistant's app only: its Supervisor sets SUPERVISOR_TOKEN.");
  const { AppConfig } = await import('../serve/config/app-config.js');
  return new AppConfig({
    folder,
    file,
    env,
    report: error => {
      listener.report('Home Assistant', messageOf(error));
    },
  });
}

function hasNothingEntered({ sources, home_assistant: home }: Config): boolean {
  return sources.every(({ type }) => type === 'microphone') && home?.notify.phones.length === 0;
}

const APP_NEXT_STEPS =
  "add a camera and a phone in the app's Configuration tab, then start the app again. Its Documentation tab explains both.";

function nextSteps(): string {
  return [
    `Next: write ${DEFAULT_FILE} in this folder; it is taken up at once. Such as:`,
    '  babies: [{ name: Mia, birth_date: 2026-05-01 }]',
    '  sources: [{ type: camera, name: Nursery, url: rtsp://192.168.1.20/stream2 }]',
    "'deepinfant devices' lists microphones and cameras; docs/serve.md describes the other settings, such as Home Assistant.",
    "Report feeds and sleep on the page: without them, the reason is mostly 'not sure why'.",
  ].join('\n');
}

/** A line with the time, which also says so where no log adds one. */
function log(what: string, message: string): void {
  const time = new Date().toLocaleTimeString('sv');
  print(`${time}  ${what}: ${message}`);
}
