import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const QUIET = ['-nostdin', '-loglevel', 'error'];
const TONE = ['-re', '-f', 'lavfi', '-i', 'sine=440:r=16000'];
const PICTURE = ['-re', '-f', 'lavfi', '-i', 'color=gray:s=64x64:r=10'];
const STREAMS: Record<string, string[]> = {
  '/live.aac': [...TONE, '-c:a', 'aac', '-f', 'adts'],
  '/live.mp3': [...TONE, '-c:a', 'libmp3lame', '-b:a', '32k', '-f', 'mp3'],
  '/picture.ts': [...PICTURE, '-c:v', 'libx264', '-g', '10', '-f', 'mpegts'],
  '/recording.wav': ['-f', 'lavfi', '-i', 'sine=440:r=16000:d=600', '-f', 'wav'],
};

/**
 * An HTTP camera on loopback, whose sound a real ffmpeg makes: /live.aac (ADTS), /live.mp3, /live.m3u8 (HLS), /picture.ts
 * (no sound), /recording.wav (ten minutes at once), /page.html, /silent (never answers); others are not found.
 *
 * @param password if given, the user `viewer` has to tell it (Basic)
 */
export class HttpCamera {
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-hls-'));
  private readonly children = new Set<ChildProcess>();
  private readonly server = createServer((request, response) => {
    this.answer(request, response);
  });

  constructor(private readonly password?: string) {}

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async start(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    const playlist = path.join(this.folder, 'live.m3u8');
    const output = [
      '-c:a',
      'aac',
      '-f',
      'hls',
      '-hls_time',
      '0.5',
      '-hls_flags',
      'delete_segments',
      playlist,
    ];
    this.spawn([...TONE, ...output]);
    while (!existsSync(playlist)) await sleep(50);
  }

  /** Breaks all connections, and goes on listening. */
  drop(): void {
    this.server.closeAllConnections();
  }

  async stop(): Promise<void> {
    for (const child of this.children) child.kill('SIGKILL');
    this.server.close();
    this.drop();
    await once(this.server, 'close');
    rmSync(this.folder, { recursive: true });
  }

  private spawn(args: string[]): ReturnType<typeof spawnPiped> {
    const child = spawnPiped(args);
    this.children.add(child);
    return child;
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const url = request.url ?? '';
    const wanted = `Basic ${Buffer.from(`viewer:${this.password ?? ''}`).toString('base64')}`;
    const file = path.join(this.folder, path.basename(url));
    if (this.password !== undefined && request.headers.authorization !== wanted)
      response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="camera"' }).end();
    else if (url in STREAMS) this.stream(STREAMS[url], response);
    else if (url === '/page.html') response.end('<!doctype html><title>Camera</title>'.repeat(100));
    else if (url !== '/' && existsSync(file)) createReadStream(file).pipe(response);
    else if (url !== '/silent') response.writeHead(404).end();
  }

  private stream(args: string[], response: ServerResponse): void {
    const child = this.spawn([...args, '-flush_packets', '1', 'pipe:1']);
    child.stdout.pipe(response);
    response.on('close', () => child.kill('SIGKILL'));
  }
}

function spawnPiped(args: string[]) {
  return spawn('ffmpeg', [...QUIET, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}
