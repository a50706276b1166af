import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { check } from '../../check.js';
import { DeepInfantError, messageOf } from '../../errors.js';
import { guard } from '../../guard.js';
import { Troubles } from '../../troubles.js';
import { APP_OPTIONS, settingsOf } from './app-options.js';
import { checkSettings, readConfig } from './read.js';
import type { Config } from './schema.js';

/** Where the Supervisor tells apps of the broker (developers.home-assistant.io, App communication). */
const MQTT_SERVICE = 'http://supervisor/services/mqtt';
const ASK_WITHIN_MS = 5000;
/** A broker may be installed later. */
const ASK_EVERY_MS = 10_000;

/** Where the Supervisor reaches the page, over the network of the apps; others there are refused. */
const INGRESS = { host: '0.0.0.0', port: 8099 };

const MQTT = v.object({
  data: v.object({
    host: v.string(),
    port: v.number(),
    username: v.optional(v.string()),
    password: v.optional(v.string()),
    ssl: v.optional(v.boolean(), false),
  }),
});

export interface AppConfigOptions {
  /** Where the Supervisor puts the app's options; everything is kept there, too. */
  folder: string;
  /** A configuration that is read instead of the options, where it is there. */
  file: string;
  env: NodeJS.ProcessEnv;
  /** Gets why the Supervisor cannot be asked, once until it can be. */
  report: (error: unknown) => void;
}

/** The configuration of the Home Assistant app. What it does not say comes from the Supervisor. */
export class AppConfig {
  private mqtt: object | undefined;
  private readonly troubles: Troubles;

  constructor(private readonly options: AppConfigOptions) {
    this.troubles = new Troubles(options.report);
  }

  /** @throws DeepInfantError `config` with every fault */
  async read(): Promise<Config> {
    const { folder, file, env } = this.options;
    await this.askForBroker();
    const defaults = { folder, home_assistant: {}, ...(this.mqtt && { mqtt: this.mqtt }) };
    const config = existsSync(file)
      ? readConfig(file, env, defaults)
      : checkSettings({ ...defaults, ...settingsOf(readOptions(folder)) }, env);
    return { ...config, page: { ...config.page, ...INGRESS } };
  }

  /** Calls `changed` when there is another broker. @returns what ends that */
  watch(changed: () => void): () => void {
    const look = setInterval(
      guard(async () => {
        if (await this.askForBroker()) changed();
      }),
      ASK_EVERY_MS,
    );
    return () => {
      clearInterval(look);
    };
  }

  /** @returns whether it is another one than before; one that is known stays while the Supervisor cannot be asked */
  private async askForBroker(): Promise<boolean> {
    const before = JSON.stringify(this.mqtt);
    try {
      this.mqtt = await brokerOf(this.options.env);
      this.troubles.mend('supervisor');
    } catch (error) {
      this.troubles.raise(
        'supervisor',
        new DeepInfantError(
          'supervisor',
          // fetch says what is wrong in the cause of its error only.
          `The Supervisor cannot be asked for the MQTT broker: ${messageOf((error as Error).cause ?? error)}`,
          { cause: error },
        ),
      );
    }
    return JSON.stringify(this.mqtt) !== before;
  }
}

/** The settings of the broker that Home Assistant's MQTT integration uses; undefined where no app is one. */
async function brokerOf({ SUPERVISOR_TOKEN = '' }: NodeJS.ProcessEnv): Promise<object | undefined> {
  const reply = await fetch(MQTT_SERVICE, {
    headers: { Authorization: `Bearer ${SUPERVISOR_TOKEN}` },
    signal: AbortSignal.timeout(ASK_WITHIN_MS),
  });
  // So it says that there is none.
  if (reply.status === 400) return undefined;
  if (!reply.ok) throw new Error(`it replies ${reply.status} ${reply.statusText}`);
  const { data } = check(MQTT, await reply.json(), "Supervisor's MQTT service");
  const { host, port, username, password, ssl } = data;
  return {
    url: `mqtt${ssl ? 's' : ''}://${host}:${port}`,
    ...(username && { user: username }),
    ...(password && { password }),
  };
}

function readOptions(folder: string): v.InferOutput<typeof APP_OPTIONS> {
  const file = path.join(folder, 'options.json');
  try {
    return check(APP_OPTIONS, JSON.parse(readFileSync(file, 'utf8')), 'options of the app');
  } catch (error) {
    throw new DeepInfantError('config', `Cannot read ${file}: ${messageOf(error)}`, { cause: error });
  }
}
