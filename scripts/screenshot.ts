/**
 * Takes the pictures of docs/: the editor with the demo flow while the demo cries, and the audio node's dialog as it pairs a
 * camera. Chromium: $CHROMIUM or /usr/bin/chromium.
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { openDialog, openEditor } from '../test/nodes/editor-page.js';
import { GstServer } from '../test/rtsp/gst-server.js';
import { PACKAGE_ROOT } from '../src/package-root.js';

const DOCS = path.join(PACKAGE_ROOT, 'docs');
const LOGIN = { scheme: 'Digest', user: 'nursery', password: 'lullaby' } as const;

async function main(): Promise<void> {
  await mkdir(DOCS, { recursive: true });
  await takeDemo();
  await takePairing();
}

async function takeDemo(): Promise<void> {
  const { page, close } = await openEditor({ width: 1280, height: 800 });
  try {
    await page.click('#red-ui-tab-debug-link-button');
    // Away from the button, whose tooltip would cover the panel's title.
    await page.mouse.move(700, 780);
    // The demo cries after half a minute; the second message says that it goes on.
    const sentence = page.locator('.red-ui-debug-msg', { hasText: 'has been crying' });
    await sentence.nth(1).waitFor({ timeout: 60_000 });
    await page.screenshot({ path: path.join(DOCS, 'editor.png') });
  } finally {
    await close();
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
