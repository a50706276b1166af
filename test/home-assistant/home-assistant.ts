import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Connection, HassEntity } from 'home-assistant-js-websocket' with {
  'resolution-mode': 'import',
};
import { HassConnection } from '../../src/hass/connection.js';
import { freePort } from '../free-port.js';
import { until } from '../until.js';
import { HOME_ASSISTANT_FOLDER, needHomeAssistant } from './installed.js';
import { Mosquitto } from './mosquitto.js';

const PASSWORD = 'owner-password-1';
/** Says nothing to hosts other than this one, and keeps nothing but what tests look at. */
const CONFIGURATION = `
homeassistant: {name: Test Home, latitude: 52, longitude: 5, elevation: 0, unit_system: metric, time_zone: UTC, country: NL}
config:
history:
logbook:
media_source:
logbook:
mobile_app:
automation: !include automations.yaml
script:
scene:
system_log:
logger: {default: warning}
`;

/**
 * A real Home Assistant on loopback with an owner, a token and MQTT, which keeps its state over restarts. Its
 * configuration lies in a folder of its own that is removed at the end.
 */
export class HomeAssistant {
  readonly url: string;
  /** A long-lived token of the owner. */
  token = '';
  /** The test's own eyes and hands; connected as long as Home Assistant runs. */
  private hass!: HassConnection;
  private process: ChildProcess | undefined;

  private constructor(
    port: number,
    readonly broker: Mosquitto,
    private readonly folder: string,
  ) {
    this.url = `http://127.0.0.1:${port}`;
  }

  /**
   * Starts a new one, and its broker. Takes some 10 s the first time after it was installed, then some 5 s.
   * @param configuration more of configuration.yaml
   */
  static async start(configuration = ''): Promise<HomeAssistant> {
    const port = await freePort();
    const broker = new Mosquitto(await freePort());
    await broker.start();
    const folder = await mkdtemp(path.join(tmpdir(), 'deepinfant-home-assistant-'));
    await writeConfiguration(folder, port, configuration);
    const homeAssistant = new HomeAssistant(port, broker, folder);
    await homeAssistant.run();
    await homeAssistant.connectToBroker();
    return homeAssistant;
  }

  /** Ends it for good. */
  async stop(): Promise<void> {
    await this.hass.stop();
    await this.shutDown('SIGKILL');
    await this.broker.stop();
    await rm(this.folder, { recursive: true });
  }

  /** Ends it as its own restart does, or kills it, and starts it again after some time. */
  async restart({
    signal = 'SIGTERM',
    offMs = 0,
  }: { signal?: 'SIGTERM' | 'SIGKILL'; offMs?: number } = {}): Promise<void> {
    await this.shutDown(signal);
    await new Promise(resolve => setTimeout(resolve, offMs));
    await this.run();
    await until(() => this.hass.connection?.connected === true, 'connected again', 60_000);
  }

  /** The folder of its media. */
  get media(): string {
    return path.join(this.folder, 'media');
  }

  get connection(): Connection {
    const { connection } = this.hass;
    if (connection === undefined) throw new Error('not connected');
    return connection;
  }

  /** Asks its REST interface. */
  async ask<Answer>(method: string, route: string, body?: object): Promise<Answer> {
    const response = await fetch(this.url + route, {
      method,
      headers: {
        'Content-Type': 'application/json',
        ...(this.token && { Authorization: `Bearer ${this.token}` }),
      },
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${route}: ${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  }

  /** The states of all entities by their ids. */
  async states(): Promise<Map<string, HassEntity>> {
    const states = await this.connection.sendMessagePromise<HassEntity[]>({ type: 'get_states' });
    return new Map(states.map(state => [state.entity_id, state]));
  }

  /** Waits until an entity is as it should be, and gives its state. */
  async untilState(
    entityId: string,
    matches: (state: HassEntity) => boolean,
    // It may have been restarted, on a busy machine.
    timeoutMs = 40_000,
  ): Promise<HassEntity> {
    let last: HassEntity | undefined;
    const looked = async (): Promise<boolean> => {
      last = (await this.states()).get(entityId);
      return last !== undefined && matches(last);
    };
    await until(looked, () => `${entityId}, now ${JSON.stringify(last)}`, timeoutMs);
    return last!;
  }

  /** Waits until it has saved that it has an entity: killed before, it makes it anew, and knows nothing of what it was. */
  async untilKept(entityId: string): Promise<void> {
    const file = path.join(this.folder, '.storage', 'core.entity_registry');
    const isKept = async (): Promise<boolean> =>
      existsSync(file) && (await readFile(file, 'utf8')).includes(`"${entityId}"`);
    await until(isKept, `${entityId} in its registry`, 60_000);
  }

  async call(action: string, data: object = {}): Promise<void> {
    const [domain, service] = action.split('.');
    await this.connection.sendMessagePromise({ type: 'call_service', domain, service, service_data: data });
  }

  private async run(): Promise<void> {
    const log = await open(`${this.folder}/output.log`, 'a');
    // Its own view of the mounts: none is left behind, however it ends. Every program here becomes the next: one process.
    const script = `mount -t proc proc "$0/proc" && mount --bind "$1" "$0/mnt" && exec chroot "$0" env -i \\
      PATH=/srv/home-assistant/bin:/usr/bin:/bin HOME=/root LANG=C.UTF-8 \\
      python -m homeassistant --config /mnt --skip-pip`;
    const started = spawn('unshare', ['--mount', 'bash', '-c', script, HOME_ASSISTANT_FOLDER, this.folder], {
      stdio: ['ignore', log.fd, log.fd],
    });
    await log.close();
    this.process = started;
    const answers = async (): Promise<boolean> => {
      if (started.exitCode !== null) throw new Error(`Home Assistant ended:\n${await this.log()}`);
      return this.ask('GET', '/manifest.json').then(
        () => true,
        () => false,
      );
    };
    await until(answers, 'Home Assistant', 120_000);
    if (this.token === '') await this.onboard();
    const isRunning = async (): Promise<boolean> =>
      (await this.ask<{ state: string }>('GET', '/api/config')).state === 'RUNNING';
    await until(isRunning, 'all of Home Assistant', 120_000);
  }

  private async shutDown(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const running = this.process;
    if (running?.exitCode !== null || running.signalCode !== null) return;
    const ended = once(running, 'close');
    running.kill(signal);
    await ended;
  }

  /** Puts a file where its pages find it: at `/local/` in `www`, among its media in `media`. */
  async put(file: `${'www' | 'media'}/${string}`, content: string | Uint8Array): Promise<void> {
    await writeFile(path.join(this.folder, file), content);
  }

  /** What it said, and what it logged. */
  async log(): Promise<string> {
    const files = [`${this.folder}/output.log`, `${this.folder}/home-assistant.log`].filter(existsSync);
    return (await Promise.all(files.map(file => readFile(file, 'utf8')))).join('\n');
  }

  /** A token of a new user who is not an administrator. */
  async tokenOfUser(name: string): Promise<string> {
    const { user } = await this.connection.sendMessagePromise<{ user: { id: string } }>({
      type: 'config/auth/create',
      name,
      group_ids: ['system-users'],
    });
    const login = { username: name.toLowerCase(), password: PASSWORD };
    const type = 'config/auth_provider/homeassistant/create';
    await this.connection.sendMessagePromise({ type, user_id: user.id, ...login });
    const clientId = `${this.url}/`;
    const { flow_id: flowId } = await this.ask<{ flow_id: string }>('POST', '/auth/login_flow', {
      client_id: clientId,
      handler: ['homeassistant', null],
      redirect_uri: clientId,
    });
    const { result } = await this.ask<{ result: string }>('POST', `/auth/login_flow/${flowId}`, {
      client_id: clientId,
      ...login,
    });
    return this.accessToken(result);
  }

  /** Makes the owner and the token, as the first visit of the page does. */
  private async onboard(): Promise<void> {
    const clientId = `${this.url}/`;
    const owner = {
      client_id: clientId,
      name: 'Owner',
      username: 'owner',
      password: PASSWORD,
      language: 'en',
    };
    const { auth_code: code } = await this.ask<{ auth_code: string }>('POST', '/api/onboarding/users', owner);
    const accessToken = await this.accessToken(code);
    const visit = new HassConnection({ url: this.url, token: accessToken });
    visit.start();
    await until(() => visit.connection !== undefined, 'connected');
    this.token = (await this.newToken('test', visit.connection)).token;
    await visit.stop();
    this.hass = new HassConnection({ url: this.url, token: this.token });
    this.hass.start();
    await until(() => this.hass.connection !== undefined, 'connected');
  }

  /** @param code what a login gave */
  private async accessToken(code: string): Promise<string> {
    const form = { grant_type: 'authorization_code', code, client_id: `${this.url}/` };
    const response = await fetch(`${this.url}/auth/token`, {
      method: 'POST',
      body: new URLSearchParams(form),
    });
    return ((await response.json()) as { access_token: string }).access_token;
  }

  /** A new long-lived token of the owner, and what revokes it. */
  async newToken(
    name: string,
    connection = this.connection,
  ): Promise<{ token: string; revoke: () => Promise<unknown> }> {
    const token = await connection.sendMessagePromise<string>({
      type: 'auth/long_lived_access_token',
      client_name: name,
      lifespan: 365,
    });
    const revoke = async (): Promise<unknown> => {
      const tokens = await this.connection.sendMessagePromise<{ id: string; client_name: string }[]>({
        type: 'auth/refresh_tokens',
      });
      const { id } = tokens.find(known => known.client_name === name)!;
      return this.connection.sendMessagePromise({ type: 'auth/delete_refresh_token', refresh_token_id: id });
    };
    return { token, revoke };
  }

  /** Adds an integration, by what a person enters in the forms that it shows one after another. */
  async addIntegration(handler: string, ...entered: object[]): Promise<void> {
    const route = '/api/config/config_entries/flow';
    const { flow_id: flowId } = await this.ask<{ flow_id: string }>('POST', route, { handler });
    let answer: { type: string } | undefined;
    for (const form of entered) answer = await this.ask('POST', `${route}/${flowId}`, form);
    if (answer?.type !== 'create_entry') throw new Error(`${handler}: ${JSON.stringify(answer)}`);
  }

  private async connectToBroker(): Promise<void> {
    await this.addIntegration('mqtt', {
      broker: '127.0.0.1',
      port: this.broker.port,
      protocol: '5',
      other_settings: { set_client_cert: false, set_ca_cert: 'off', transport: 'tcp' },
    });
  }
}

/**
 * Starts a Home Assistant before the tests of the suite around this, and ends it after them.
 * @param configuration more of configuration.yaml
 */
export function homeAssistantOfSuite(configuration = () => ''): () => HomeAssistant {
  let home: HomeAssistant | undefined;
  before(async function () {
    needHomeAssistant(this);
    this.timeout(180_000);
    home = await HomeAssistant.start(configuration());
  });
  after(() => home?.stop());
  return () => home!;
}

async function writeConfiguration(folder: string, port: number, configuration: string): Promise<void> {
  await mkdir(path.join(folder, '.storage'));
  await mkdir(path.join(folder, 'media'));
  await mkdir(path.join(folder, 'www'));
  const store = (key: string, version: number, data: object): Promise<void> =>
    writeFile(path.join(folder, '.storage', key), JSON.stringify({ version, minor_version: 1, key, data }));
  // As the interface would write it: in configuration.yaml it would be on trial for five minutes.
  await store('http', 3, {
    stable: {
      server_port: port,
      server_host: ['127.0.0.1'],
      cors_allowed_origins: [],
      login_attempts_threshold: -1,
      ip_ban_enabled: true,
      ssl_profile: 'intermediate_v6',
      use_x_frame_options: true,
      created_at: '2026-11-01T00:00:00+00:00',
      error: null,
      error_message: null,
    },
    pending: null,
    yaml_migration_done: true,
  });
  // The other steps would add integrations that ask hosts elsewhere.
  await store('onboarding', 4, { done: ['core_config', 'analytics', 'integration'] });
  await writeFile(path.join(folder, 'configuration.yaml'), CONFIGURATION + configuration);
  await writeFile(path.join(folder, 'automations.yaml'), '[]');
}
