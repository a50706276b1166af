import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { until } from '../until.js';

/** A real MQTT broker on a port of loopback, which forgets what was retained when it stops. */
export class Mosquitto {
  private process: ChildProcess | undefined;
  private folder = '';

  constructor(readonly port: number) {}

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    this.folder = await mkdtemp(path.join(tmpdir(), 'deepinfant-mosquitto-'));
    const configuration = path.join(this.folder, 'mosquitto.conf');
    await writeFile(
      configuration,
      `listener ${this.port} 127.0.0.1\nallow_anonymous true\npersistence false\n`,
    );
    // Debian puts it where only root's programs are looked for.
    const env = { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/sbin` };
    this.process = spawn('mosquitto', ['-c', configuration], { env, stdio: 'ignore' });
    await until(() => isOpen(this.port), 'mosquitto');
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const running = this.process;
    if (running === undefined) return;
    this.process = undefined;
    const ended = once(running, 'close');
    running.kill(signal);
    await ended;
    await rm(this.folder, { recursive: true });
  }
}

async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
