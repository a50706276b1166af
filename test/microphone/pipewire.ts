import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** Starts the three parts of PipeWire, and ends them when its standard input does. */
const SERVERS = `
pipewire & servers=$!
while [ ! -S "$XDG_RUNTIME_DIR/pipewire-0" ]; do sleep 0.05; done
wireplumber & servers="$servers $!"
pipewire-pulse & servers="$servers $!"
read -r _
kill $servers
wait`;

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
    while (spawnSync('pactl', ['info']).status !== 0) await setTimeout(50);
    return pipeWire;
  }

  /** Plugs a microphone in; as the default one if that is wanted. @returns takes it out again */
  async plugIn(name: string, isDefault = false): Promise<() => void> {
    const options = ['media.class=Audio/Source/Virtual', `sink_name=${name}`, 'channel_map=mono'];
    const module = execFileSync('pactl', ['load-module', 'module-null-sink', ...options], {
      encoding: 'utf8',
    }).trim();
    while (!spawnSync('pactl', ['list', 'short', 'sources'], { encoding: 'utf8' }).stdout.includes(name))
      await setTimeout(50);
    if (isDefault) execFileSync('pactl', ['set-default-source', name]);
    return () => {
      execFileSync('pactl', ['unload-module', module]);
    };
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
