import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { freePort } from '../free-port.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';

export interface EditorPage {
  page: Page;
  close: () => Promise<void>;
}

/**
 * Opens the editor of a Node-RED of its own in Chromium: $CHROMIUM or /usr/bin/chromium.
 * @param flow nodes of which one is a detector; without them it is the demo flow
 */
export async function openEditor(
  viewport: { width: number; height: number },
  { language = 'en-US', flow }: { language?: string; flow?: object[] } = {},
): Promise<EditorPage> {
  const userDir = await mkdtemp(path.join(tmpdir(), 'deepinfant-'));
  if (flow) await writeFile(path.join(userDir, 'flows.json'), JSON.stringify(flow));
  const port = await freePort();
  const start = path.join(PACKAGE_ROOT, 'dist', 'scripts', 'start.js');
  const nodeRed = spawn(process.execPath, [start, '--port', String(port), '--userDir', userDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  const close = async (): Promise<void> => {
    await browser.close();
    const ended = once(nodeRed, 'close');
    nodeRed.kill();
    await ended;
    await rm(userDir, { recursive: true, force: true });
  };
  try {
    // The first words mean that the editor can be opened.
    await once(nodeRed.stdout, 'data');
    const page = await browser.newPage({ viewport, locale: language });
    await page.goto(`http://127.0.0.1:${port}/`);
    await page.waitForFunction("window.RED?.nodes?.filterNodes({ type: 'deepinfant-detector' }).length > 0");
    await page.locator('#red-ui-loading-progress').waitFor({ state: 'hidden' });
    await page.keyboard.press('Escape');
    return { page, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Opens the dialog of the demo's only node of a type. */
export async function openDialog(page: Page, type: string): Promise<void> {
  await page.evaluate(`RED.editor.edit(RED.nodes.filterNodes({ type: '${type}' })[0])`);
  await page.locator('#dialog-form').waitFor();
}
