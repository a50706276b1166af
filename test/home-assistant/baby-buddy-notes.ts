import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { json } from 'node:stream/consumers';
import { PACKAGE_ROOT } from '../../src/package-root.js';

export interface Note {
  child: number;
  note: string;
  time: string;
  tags: string[];
}

/** Takes notes, as Baby Buddy does. */
export class BabyBuddyNotes {
  static readonly TOKEN = 'Token 4b18a2259177c9891befe9530a8805e328f6fa2d';
  /** What it took, and when, epoch ms. */
  readonly notes: { note: Note; headers: IncomingHttpHeaders; at: number }[] = [];
  /** Whether it takes them, or says that it is away. */
  isThere = true;
  private readonly server = createServer((request, response) => {
    void json(request).then(note => {
      if (!this.isThere) {
        response.writeHead(503).end();
        return;
      }
      this.notes.push({ note: note as Note, headers: request.headers, at: Date.now() });
      response.writeHead(201).end('{}');
    });
  });

  async start(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  /** What the blueprint says belongs in configuration.yaml, for this server. */
  get restCommand(): string {
    const file = path.join(PACKAGE_ROOT, 'blueprints', 'log_to_baby_buddy.yaml');
    const [, lines] = /```yaml\n(.*?)\n *```/s.exec(readFileSync(file, 'utf8'))!;
    return lines
      .replaceAll(/^ {4}/gm, '')
      .replace('http://192.168.1.10:8000', `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`)
      .replace('Token 0123456789abcdef', BabyBuddyNotes.TOKEN);
  }
}
