/**
 * Takes the pictures of docs/: the demo flow as a moving picture and while it cries, and the audio node's dialog as it pairs
 * a camera. Chromium: $CHROMIUM or /usr/bin/chromium. The moving picture needs ffmpeg with libwebp.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { openDialog, openEditor } from '../test/nodes/editor-page.js';
import { GstServer } from '../test/rtsp/gst-server.js';
import { PACKAGE_ROOT } from '../src/package-root.js';
import { lookOfNodes } from './palette.js';

const DOCS = path.join(PACKAGE_ROOT, 'docs');
/** How the nodes looked when the pictures were taken: a test says when they look different. */
const LOOK = path.join(DOCS, 'pictures.json');
const LOGIN = { scheme: 'Digest', user: 'nursery', password: 'lullaby' } as const;

async function main(): Promise<void> {
  await mkdir(DOCS, { recursive: true });
  await takeDemo();
  await takePairing();
  writeFileSync(LOOK, `${JSON.stringify({ lookOfNodes: lookOfNodes() }, null, 2)}\n`);
}

/** Plays the demo, tells of a feed and plays it again. The quiet is shortened; sentences stay long enough to be read. */
async function takeDemo(): Promise<void> {
  const { page, close } = await openEditor({ width: 1280, height: 800 });
  const film = await Film.start();
  try {
    await page.click('#red-ui-tab-debug-link-button');
    // Away from the button, whose tooltip would cover the panel's title.
    await page.mouse.move(700, 780);
    await film.until(page, () => sentences(page, 'has been crying'), 1, 0.1);
    await film.hold(page, 2.5);
    await film.until(page, () => sentences(page, 'has been crying'), 2, 0.3);
    // The second message says that it goes on.
    await page.screenshot({ path: path.join(DOCS, 'editor.png') });
    await film.until(page, () => sentences(page, 'cried '), 1, 0.1);
    await film.hold(page, 1.5);

    const noted = await sentences(page, 'noted: feed');
    await press(page, 'fed just now');
    await film.hold(page, 1.5);
    await film.until(page, () => sentences(page, 'noted: feed'), noted + 1, 0.1);
    await film.hold(page, 1);
    await page.click('#red-ui-sidebar-debug-clear');
    await press(page, 'play');
    await film.hold(page, 1);
    await film.until(page, () => sentences(page, 'has been crying'), 1, 0.1);
    await film.hold(page, 4);
    film.write(path.join(DOCS, 'demo.webp'));
  } finally {
    await film.end();
    await close();
  }
}

/** How many messages of the debug panel hold a text. */
function sentences(page: Page, text: string): Promise<number> {
  return page.locator('.red-ui-debug-msg', { hasText: text }).count();
}

/** Presses an inject node's button, and marks where. */
async function press(page: Page, name: string): Promise<void> {
  const id = await page.evaluate<string>(
    `RED.nodes.filterNodes({ type: 'inject' }).find(({ name }) => name === '${name}').id`,
  );
  const button = page.locator(`[id="${id}"] .red-ui-flow-node-button-button`);
  const { x, y, width, height } = (await button.boundingBox())!;
  await page.evaluate(`{
    document.getElementById('pressed')?.remove();
    const mark = document.createElement('div');
    mark.id = 'pressed';
    mark.style = 'position:fixed;z-index:1000;pointer-events:none;width:32px;height:32px;border-radius:50%;'
      + 'border:4px solid #d6336c;left:${x + width / 2 - 20}px;top:${y + height / 2 - 20}px';
    document.body.append(mark);
    setTimeout(() => mark.remove(), 2000);
  }`);
  await button.click();
  await page.mouse.move(700, 780);
}

const FRAME_MS = 500;

/** Pictures of a page, each with how long it is shown. */
class Film {
  private readonly frames: { file: string; shownS: number }[] = [];

  private constructor(private readonly folder: string) {}

  static async start(): Promise<Film> {
    return new Film(await mkdtemp(path.join(tmpdir(), 'deepinfant-film-')));
  }

  /** Takes a picture each FRAME_MS until there are as many of something; each is shown so long. */
  async until(page: Page, count: () => Promise<number>, wanted: number, shownS: number): Promise<void> {
    const deadline = Date.now() + 120_000;
    while ((await count()) < wanted) {
      if (Date.now() > deadline) throw new Error('the demo does not go on');
      await this.hold(page, shownS);
      await page.waitForTimeout(FRAME_MS);
    }
  }

  /** Takes one picture, shown so long. */
  async hold(page: Page, shownS: number): Promise<void> {
    const file = path.join(this.folder, `${this.frames.length}.png`);
    await page.screenshot({ path: file });
    this.frames.push({ file, shownS });
  }

  write(to: string): void {
    const list = path.join(this.folder, 'frames.txt');
    const lines = this.frames.map(({ file, shownS }) => `file '${file}'\nduration ${shownS}\n`);
    writeFileSync(list, lines.join('') + `file '${this.frames.at(-1)!.file}'\n`);
    const input = ['-f', 'concat', '-safe', '0', '-i', list, '-vsync', 'vfr', '-vf', 'scale=960:-1'];
    const webp = ['-c:v', 'libwebp_anim', '-quality', '60', '-compression_level', '6', '-loop', '0'];
    execFileSync('ffmpeg', ['-loglevel', 'error', '-y', ...input, ...webp, to]);
  }

  async end(): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}

async function takePairing(): Promise<void> {
  const server = await GstServer.start(LOGIN);
  const { page, close } = await openEditor({ width: 1280, height: 960 });
  try {
    await openDialog(page, 'deepinfant-audio');
    await page.fill('#node-input-name', 'nursery');
    await page.selectOption('#node-input-kind', 'camera');
    await page.selectOption('#deepinfant-audio-way', 'address');
    await page.fill('#node-input-url', server.url('aac'));
    await page.fill('#node-input-user', LOGIN.user);
    await page.fill('#node-input-password', LOGIN.password);
    await page.click('#deepinfant-audio-test');
    await page.locator('.deepinfant-audio-result img').waitFor({ timeout: 30_000 });
    const dialog = page.locator('.red-ui-tray').last();
    await dialog.screenshot({ path: path.join(DOCS, 'pairing.png') });
  } finally {
    await close();
    await server.stop();
  }
}

void main();
