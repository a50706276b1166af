import { execFileSync, spawn, spawnSync, type ChildProcess, type SpawnSyncReturns } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { until } from '../until.js';

/** Starts the three parts of PipeWire, and ends them when its standard input does. */
const SERVERS = `
pipewire & servers=$!
while [ ! -S "$XDG_RUNTIME_DIR/pipewire-0" ]; do sleep 0.05; done
wireplumber & servers="$servers $!"
pipewire-pulse & servers="$servers $!"
read -r _
kill $servers
wait`;

/** Asks the sound server; an answer that does not come is not waited for. */
function pactl(...args: string[]): SpawnSyncReturns<string> {
  return spawnSync('pactl', args, { encoding: 'utf8', timeout: 5000 });
}

function answers(): boolean {
  return pactl('info').status === 0;
}

/** PipeWire in the place of a sound server, with microphones that send silence. As `VirtualMicrophone`, it is where this process looks. */
export class PipeWire {
  private readonly former: NodeJS.ProcessEnv;
  private servers!: ChildProcess;

  private constructor(private readonly folder: string) {
    const environment = {
      XDG_RUNTIME_DIR: folder,
      PULSE_SERVER: `unix:${folder}/native`,
      PULSE_RUNTIME_PATH: folder,
      ALSA_CONFIG_PATH: '/dev/null',
    };
    this.former = Object.fromEntries(Object.keys(environment).map(key => [key, process.env[key]]));
    Object.assign(process.env, environment);
  }

  static async start(): Promise<PipeWire> {
    const pipeWire = new PipeWire(await mkdtemp(path.join(tmpdir(), 'pipewire-')));
    pipeWire.servers = spawn('dbus-run-session', ['--', 'sh', '-c', SERVERS], {
      stdio: ['pipe', 'ignore', 'ignore'],
      // Where WirePlumber keeps what it remembers.
      env: { ...process.env, HOME: pipeWire.folder },
    });
    await until(answers, () => `PipeWire; pactl says ${pactl('info').stderr}`, 30_000);
    return pipeWire;
  }

  /** Plugs a microphone in; as the default one if that is wanted. @returns takes it out again */
  async plugIn(name: string, isDefault = false): Promise<() => void> {
    const options = ['media.class=Audio/Source/Virtual', `sink_name=${name}`, 'channel_map=mono'];
    const module = execFileSync('pactl', ['load-module', 'module-null-sink', ...options], {
      encoding: 'utf8',
    }).trim();
    const sources = (): string => pactl('list', 'short', 'sources').stdout;
    await until(
      () => sources().includes(name),
      () => `${name} among ${sources()}`,
      30_000,
    );
    if (isDefault) await this.setDefault(name);
    return () => {
      execFileSync('pactl', ['unload-module', module]);
    };
  }

  /** Makes a microphone that is plugged in the default one. */
  async setDefault(name: string): Promise<void> {
    // Not supported until WirePlumber keeps the defaults, which takes a moment after the start.
    await until(
      () => pactl('set-default-source', name).status === 0,
      () => `${name} as the default: ${pactl('set-default-source', name).stderr}`,
      30_000,
    );
  }

  async stop(): Promise<void> {
    const ended = once(this.servers, 'close');
    this.servers.stdin!.end();
    await ended;
    await rm(this.folder, { recursive: true, maxRetries: 5 });
    for (const [key, value] of Object.entries(this.former)) {
      if (value === undefined) Reflect.deleteProperty(process.env, key);
      else process.env[key] = value;
    }
  }
}
