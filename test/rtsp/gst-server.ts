import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import type { Login } from './rtsp-camera.js';

/** Debian's own: its packages of GStreamer are for no other. */
const PYTHON = '/usr/bin/python3';
const SCRIPT = path.join(PACKAGE_ROOT, 'test', 'rtsp', 'gst-server.py');

/** GStreamer's RTSP server with live streams of a tone: /pcma, /pcmu, /aac, /opus, /l16, and each with -h264. */
export class GstServer {
  private constructor(
    private readonly child: ChildProcess,
    private readonly port: string,
  ) {}

  static async start(login?: Login): Promise<GstServer> {
    const args = login ? [login.scheme, login.user, login.password] : [];
    const child = spawn(PYTHON, [SCRIPT, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [port] = (await once(createInterface(child.stdout), 'line')) as [string];
    return new GstServer(child, port);
  }

  /** Address of a stream, without credentials. */
  url(stream: string): string {
    return `rtsp://127.0.0.1:${this.port}/${stream}`;
  }

  async stop(): Promise<void> {
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }
}
