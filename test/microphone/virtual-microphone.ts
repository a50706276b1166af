import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { until } from '../until.js';

/** Numbers of the modules that make a microphone. */
interface Modules {
  source?: string;
  sink?: string;
}

/**
 * Microphones without hardware: a sound server of its own (PulseAudio), and ALSA on top of it. Both hear what `play` plays,
 * sample by sample:
 *
 * - `cot`, a device of ALSA's configuration, which PortAudio and arecord can record;
 * - `Cot Microphone`, a sound card to arecord, and to PulseAudio, whose default it is.
 *
 * As long as it runs, the environment of this process, which recorders inherit, points to it and to no real sound device.
 */
export class VirtualMicrophone {
  private readonly former: NodeJS.ProcessEnv;
  private server!: ChildProcess;
  private silence!: ChildProcess;
  private otherSound!: ChildProcess;
  private modules: Modules = {};
  private other: Modules = {};

  private constructor(
    private readonly folder: string,
    private readonly rate: number,
  ) {
    const environment = {
      PULSE_SERVER: `unix:${folder}/native`,
      PULSE_RUNTIME_PATH: folder,
      PULSE_STATE_PATH: folder,
      ALSA_CONFIG_PATH: `${folder}/asound.conf`,
    };
    this.former = Object.fromEntries(Object.keys(environment).map(key => [key, process.env[key]]));
    Object.assign(process.env, environment);
  }

  /** Starts the sound server and plugs the microphone in. @param rate of the microphone, in Hz */
  static async start(rate = 16000): Promise<VirtualMicrophone> {
    const microphone = new VirtualMicrophone(await mkdtemp(path.join(tmpdir(), 'microphone-')), rate);
    await microphone.startServer();
    return microphone;
  }

  /** Starts the sound server, also again after `killServer`, with the microphone plugged in. */
  async startServer(): Promise<void> {
    const protocol = `module-native-protocol-unix auth-anonymous=1 socket=${this.folder}/native`;
    const options = ['-n', '--daemonize=no', '--exit-idle-time=-1', '--disable-shm=1', '--use-pid-file=no'];
    this.server = spawn('pulseaudio', [...options, '-L', protocol], { stdio: 'ignore' });
    const info = () => spawnSync('pactl', ['info'], { encoding: 'utf8', timeout: 5000 });
    await until(
      () => info().status === 0,
      () => `PulseAudio; pactl says ${info().stderr}`,
      30_000,
    );
    await this.plugIn();
  }

  /** Plugs the microphone in, also again after `unplug`. Resolves when it gives sound. */
  async plugIn(): Promise<void> {
    const format = [`rate=${this.rate}`, 'channels=1', 'format=s16le'];
    const properties = `source_properties='alsa.card_name="Cot Microphone" alsa.device=0 device.description=Cot'`;
    const sink = pactl('load-module', 'module-null-sink', 'sink_name=room', 'norewinds=1', ...format);
    const source = pactl(
      'load-module',
      'module-remap-source',
      'master=room.monitor',
      'source_name=cot',
      properties,
    );
    this.modules = { source, sink };
    // Even where another one is plugged in.
    pactl('set-default-source', 'cot');
    await writeFile(`${this.folder}/asound.conf`, ASOUND_CONF);
    // Silence that goes on: without it each recorder waits a second or two for the first sound.
    this.silence = this.player('/dev/zero', 20);
    execFileSync('arecord', ['-q', '-D', 'cot', '--samples=1', '/dev/null'], { timeout: 15_000 });
  }

  /** Pulls the microphone out; the sound server goes on. */
  async unplug(): Promise<void> {
    await writeFile(`${this.folder}/asound.conf`, '');
    this.unplugSource();
    if (this.modules.sink) pactl('unload-module', this.modules.sink);
    this.modules = {};
    this.silence.kill();
    await ended(this.silence);
  }

  /** Pulls it out and leaves what it was made of: a loudspeaker, whose sound PulseAudio gives recorders instead. */
  unplugSource(): void {
    if (this.modules.source) pactl('unload-module', this.modules.source);
    this.modules.source = undefined;
  }

  /** Plugs another microphone in, `Attic`, to which PulseAudio moves recorders when this one goes. */
  plugInAnother(): void {
    const format = ['rate=16000', 'channels=1', 'format=s16le'];
    const sink = pactl('load-module', 'module-null-sink', 'sink_name=loft', 'norewinds=1', ...format);
    const description = 'source_properties=device.description=Attic';
    const source = pactl(
      'load-module',
      'module-remap-source',
      'master=loft.monitor',
      'source_name=attic',
      description,
    );
    this.other = { source, sink };
    pactl('set-default-source', 'cot');
    this.otherSound = spawn('paplay', ['-d', 'loft', '--raw', '--rate=16000', '--channels=1', '/dev/zero'], {
      stdio: 'ignore',
    });
  }

  /** Makes one of them the default, `cot` or `attic`. */
  setDefault(name: string): void {
    pactl('set-default-source', name);
  }

  /** Has the sound server move what is recorded, as a person can in its settings. */
  moveStreams(name: string): void {
    for (const [, stream] of pactl('list', 'source-outputs').matchAll(/^Source Output #(\d+)\n.*native/gm))
      pactl('move-source-output', stream, name);
  }

  /** Puts a filter in front of it, against echoes, which goes with it. */
  filter(description: string): void {
    const names = ['source_master=cot', 'sink_master=loft', 'source_name=clean', 'aec_method=null'];
    pactl(
      'load-module',
      'module-echo-cancel',
      ...names,
      `source_properties=device.description=${description}`,
    );
  }

  async unplugOther(): Promise<void> {
    pactl('unload-module', this.other.source!);
    pactl('unload-module', this.other.sink!);
    this.otherSound.kill();
    await ended(this.otherSound);
  }

  /** Plays samples to the microphone in real time, as 16 bits. Resolves when all were heard. */
  async play(samples: Float32Array): Promise<void> {
    const file = `${this.folder}/played`;
    await writeFile(
      file,
      Int16Array.from(samples, sample => sample * 32768),
    );
    await once(this.player(file, 1000), 'close');
  }

  private player(file: string, latencyMs: number): ChildProcess {
    const format = ['--raw', `--rate=${this.rate}`, '--channels=1', '--format=s16le'];
    return spawn('paplay', ['-d', 'room', ...format, `--latency-msec=${latencyMs}`, file], {
      stdio: 'ignore',
    });
  }

  /** Stops the sound server in its tracks; recorders hear nothing and are told nothing. */
  freeze(): void {
    this.server.kill('SIGSTOP');
  }

  thaw(): void {
    this.server.kill('SIGCONT');
  }

  async killServer(): Promise<void> {
    this.server.kill('SIGKILL');
    await Promise.all([ended(this.server), ended(this.silence)]);
  }

  /** Takes all of it away, and gives this process its environment back. */
  async stop(): Promise<void> {
    await this.killServer();
    await rm(this.folder, { recursive: true });
    for (const [key, value] of Object.entries(this.former)) {
      if (value === undefined) Reflect.deleteProperty(process.env, key);
      else process.env[key] = value;
    }
  }
}

/** The second one looks like a card's: what has CARD in its name is listed with the hint of what stands before the colon. */
const ASOUND_CONF = `
pcm.!default { type pulse }
pcm.cot { type pulse device cot hint { show on description "Cot" } }
pcm.plughw {
  @args [ CARD DEV ]
  @args.CARD { type string }
  @args.DEV { type integer }
  type pulse
  device cot
  hint { show on description "Cot Microphone, USB Audio
Hardware device with all software conversions" }
}
pcm."plughw:CARD=Cot,DEV=0" { type pulse }
`;

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
}

/** @returns what it prints: of `load-module`, the module's number */
function pactl(...args: string[]): string {
  return execFileSync('pactl', args, { encoding: 'utf8', timeout: 15_000 }).trim();
}
