import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { challengesTo, type Login } from './rtsp-camera.js';
import { until } from '../until.js';

const QUIET = ['-nostdin', '-loglevel', 'error'];
const TONE = ['-re', '-f', 'lavfi', '-i', 'sine=440:r=16000'];
const QUIET_SOUND = ['-re', '-f', 'lavfi', '-i', 'anullsrc=r=16000:cl=mono'];
const HUM = ['-re', '-f', 'lavfi', '-i', 'aevalsrc=0.5*sin(2*PI*5*t):s=16000'];
const PICTURE = ['-re', '-f', 'lavfi', '-i', 'color=gray:s=64x64:r=10'];
const STREAMS: Record<string, string[]> = {
  '/live.aac': [...TONE, '-c:a', 'aac', '-f', 'adts'],
  '/live.mp3': [...TONE, '-c:a', 'libmp3lame', '-b:a', '32k', '-f', 'mp3'],
  '/picture.ts': [...PICTURE, '-c:v', 'libx264', '-g', '10', '-f', 'mpegts'],
  '/tracks.ts': [...QUIET_SOUND, ...TONE, '-map', '0', '-map', '1', '-c:a', 'aac', '-f', 'mpegts'],
  '/tracks.mkv': [...QUIET_SOUND, ...TONE, '-map', '0', '-map', '1', '-c:a', 'flac', '-f', 'matroska'],
  '/hum.mkv': [...HUM, ...TONE, '-map', '0', '-map', '1', '-c:a', 'flac', '-f', 'matroska'],
  '/programs.ts': [
    ...[...QUIET_SOUND, ...TONE, '-map', '0', '-map', '0', '-map', '1', '-c:a', 'aac'],
    ...['-program', 'st=0:st=1', '-program', 'st=0:st=2', '-f', 'mpegts'],
  ],
  '/live.wav': [...TONE, '-f', 'wav'],
  '/live.ogg': [...TONE, '-c:a', 'libopus', '-f', 'ogg'],
  '/live.flac': [...TONE, '-c:a', 'flac', '-f', 'flac'],
  '/live.ts': [...PICTURE, ...TONE, '-c:v', 'libx264', '-g', '10', '-c:a', 'aac', '-f', 'mpegts'],
  '/live.flv': [...PICTURE, ...TONE, '-c:v', 'libx264', '-g', '10', '-c:a', 'aac', '-f', 'flv'],
  '/live.mkv': [...TONE, '-c:a', 'pcm_s16le', '-f', 'matroska'],
  '/live.mp4': [
    ...TONE,
    '-c:a',
    'aac',
    '-movflags',
    'empty_moov+default_base_moof',
    '-frag_duration',
    '500000',
    '-f',
    'mp4',
  ],
  '/live.ac3': [...TONE, '-c:a', 'ac3', '-f', 'ac3'],
  '/live.mp2': [...TONE, '-c:a', 'mp2', '-f', 'mp2'],
  '/live.au': [...TONE, '-c:a', 'pcm_mulaw', '-ar', '8000', '-f', 'au'],
  '/recording.wav': ['-f', 'lavfi', '-i', 'sine=440:r=16000:d=600', '-f', 'wav'],
};

/** Sound without a header, by the content type that alone explains it. */
export const RAW_STREAMS: Record<string, string[]> = {
  'audio/basic': ['-ar', '8000', '-f', 'mulaw'],
  'audio/x-mulaw': ['-ar', '8000', '-f', 'mulaw'],
  'audio/axis-mulaw-128': ['-ar', '16000', '-f', 'mulaw'],
  'audio/x-alaw': ['-ar', '8000', '-f', 'alaw'],
  'audio/PCMA': ['-ar', '8000', '-f', 'alaw'],
  'audio/L16;rate=16000;channels=1': ['-ar', '16000', '-f', 's16be'],
  'audio/L16; rate=44100; channels=2': ['-ar', '44100', '-ac', '2', '-f', 's16be'],
  'audio/G726-32': ['-ar', '8000', '-c:a', 'g726', '-b:a', '32k', '-f', 'g726'],
  'audio/G722': ['-ar', '16000', '-c:a', 'g722', '-f', 'g722'],
};

/**
 * An HTTP camera on loopback, whose sound a real ffmpeg makes: /live.aac (ADTS), /live.mp3, /live.m3u8 (HLS), /picture.ts
 * (no sound), /recording.wav (ten minutes at once), /page.html, /silent (never answers); others are not found.
 *
 * /raw?TYPE sends sound without a header, as RAW_STREAMS has it; /parts?TYPE the same in parts, of which each says how long
 * it is, /parts-of-any-length?TYPE in ones that don't, and /parts-with-pictures?TYPE with pictures in between.
 *
 * @param password if given, the user `viewer` has to tell it
 */
export class HttpCamera {
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-hls-'));
  /** How often a user name and password were wrong. */
  wrongLogins = 0;
  requests = 0;
  /** Before each answer. */
  delayMs = 0;
  /** What is sent as the playlist for so many times, before it names a segment. */
  emptyPlaylists: string[] = [];
  /** What it redirects to: /moved/PATH is PATH there. */
  elsewhere = '';
  private readonly children = new Set<ChildProcess>();
  private readonly server = createServer((request, response) => {
    void this.answer(request, response);
  });

  constructor(
    private readonly password?: string,
    private readonly login: Pick<Login, 'scheme' | 'algorithms' | 'qop'> = { scheme: 'Basic' },
  ) {}

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
    await until(() => existsSync(playlist), 'the playlist', 30_000);
  }

  /** Breaks all connections, and goes on listening. */
  drop(): void {
    this.server.closeAllConnections();
  }

  async stop(): Promise<void> {
    const ended = Array.from(this.children, async child => {
      child.kill('SIGKILL');
      // Else it might still write into the folder that is removed.
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    });
    this.server.close();
    this.drop();
    await Promise.all([once(this.server, 'close'), ...ended]);
    rmSync(this.folder, { recursive: true });
  }

  private spawn(args: string[]): ReturnType<typeof spawnPiped> {
    const child = spawnPiped(args);
    this.children.add(child);
    return child;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests++;
    await sleep(this.delayMs);
    const url = request.url ?? '';
    const { password, login } = this;
    const challenges =
      password === undefined ? undefined : challengesTo(request, { user: 'viewer', password, ...login });
    const [, rawType = ''] = /^\/raw\?(.*)$/.exec(url) ?? [];
    const [, partsForm, partsType = ''] = /^\/parts(\S*)\?(.*)$/.exec(url) ?? [];
    const type = decodeURIComponent(rawType || partsType);
    const raw = RAW_STREAMS[type] as string[] | undefined;
    const file = path.join(this.folder, path.basename(url));
    if (challenges) {
      if (request.headers.authorization) this.wrongLogins++;
      response.writeHead(401, { 'WWW-Authenticate': challenges }).end();
    } else if (raw && partsType) {
      const boundary = partsForm ? 'part' : '"--part"';
      response.setHeader('Content-Type', `multipart/x-mixed-replace; boundary=${boundary}`);
      this.stream([...TONE, ...raw], response, bytes => inParts(bytes, type, partsForm));
    } else if (raw) {
      response.setHeader('Content-Type', type);
      this.stream([...TONE, ...raw], response);
    } else if (url.startsWith('/moved/')) {
      response.writeHead(302, { Location: url.replace('/moved', this.elsewhere) }).end();
    } else if (url === '/live.m3u8' && this.emptyPlaylists.length > 0) {
      response.end(this.emptyPlaylists.pop());
    } else if (url === '/basic.au') {
      response.setHeader('Content-Type', 'audio/basic');
      this.stream(STREAMS['/live.au'], response);
    } else if (url in STREAMS) this.stream(STREAMS[url], response);
    else if (url === '/page.html') response.end('<!doctype html><title>Camera</title>'.repeat(100));
    else if (url !== '/' && existsSync(file)) createReadStream(file).pipe(response);
    else if (url !== '/silent') response.writeHead(404).end();
  }

  private stream(args: string[], response: ServerResponse, change = (bytes: Buffer) => bytes): void {
    const child = this.spawn([...args, '-flush_packets', '1', 'pipe:1']);
    child.stdout.on('data', (bytes: Buffer) => response.write(change(bytes)));
    response.on('close', () => child.kill('SIGKILL'));
  }
}

/** A part of sound, with a picture before it if its form says so. */
function inParts(bytes: Buffer, type: string, form: string): Buffer {
  const part = (type: string, body: Buffer): Buffer => {
    const length = form === '-of-any-length' ? '' : `Content-Length: ${body.length}\r\n`;
    const head = Buffer.from(`----part\r\nContent-Type: ${type}\r\n${length}\r\n`);
    return Buffer.concat([head.subarray(form ? 2 : 0), body, Buffer.from('\r\n')]);
  };
  const picture = form === '-with-pictures' ? [part('image/jpeg', randomBytes(1000))] : [];
  return Buffer.concat([...picture, part(type, bytes)]);
}

function spawnPiped(args: string[]) {
  return spawn('ffmpeg', [...QUIET, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}
