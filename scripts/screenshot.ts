/** Takes docs/editor.png: the editor with the demo flow while the demo cries. Chromium: $CHROMIUM or /usr/bin/chromium. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { PACKAGE_ROOT } from '../src/package-root.js';

const PORT = '18880';

async function main(): Promise<void> {
  const userDir = await mkdtemp(path.join(tmpdir(), 'deepinfant-'));
  const nodeRed = spawn(
    process.execPath,
    [path.join(__dirname, 'start.js'), '--port', PORT, '--userDir', userDir],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  try {
    // The first words mean that the editor can be opened.
    await new Promise(resolve => nodeRed.stdout.once('data', resolve));
    const page = await browser.newPage({ viewport: { width: 1440, height: 720 }, locale: 'en-US' });
    await page.goto(`http://127.0.0.1:${PORT}/`);
    await page.getByText('cry detector').first().waitFor();
    await page.keyboard.press('Escape');
    await page.click('#red-ui-tab-debug-link-button');
    // Away from the button, whose tooltip would cover the panel's title.
    await page.mouse.move(700, 600);
    // The demo cries after half a minute; the second message tells that it goes on.
    const sentence = page.locator('.red-ui-debug-msg', { hasText: 'has been crying' });
    await sentence.nth(1).waitFor({ timeout: 60_000 });
    const docs = path.join(PACKAGE_ROOT, 'docs');
    await mkdir(docs, { recursive: true });
    await page.screenshot({ path: path.join(docs, 'editor.png') });
  } finally {
    await browser.close();
    nodeRed.kill();
    await rm(userDir, { recursive: true, force: true });
  }
}

void main();
