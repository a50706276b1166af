/**
 * Takes the pictures of docs/card.md: the card in Home Assistant's frontend at night, while the baby cries and later; given a
 * folder, pictures of all its faces instead, each as it looks on a phone and on a desktop, light and dark, in a language that
 * may be given, too. Chromium: $CHROMIUM or /usr/bin/chromium. Home Assistant: installed for the tests, as root.
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { PACKAGE_ROOT } from '../src/package-root.js';
import { BabyDevice } from '../test/card/baby-device.js';
import { cardIn, COLOUR_SCHEMES, Dashboard, setColours } from '../test/card/dashboard.js';
import { faces } from '../test/card/faces.js';
import { HomeAssistant } from '../test/home-assistant/home-assistant.js';

/** Those in the documentation. */
const DOCS = path.join(PACKAGE_ROOT, 'docs');
const SHOWN: Record<string, string | undefined> = {
  'crying 390 light': path.join(DOCS, 'card-crying.png'),
  'quiet 390 dark': path.join(DOCS, 'card-quiet.png'),
};
/** Icons come one by one. */
const CALM_MS = 600;

async function main(folder: string | undefined, language: string | undefined): Promise<void> {
  if (folder !== undefined) await mkdir(folder, { recursive: true });
  const home = await HomeAssistant.start();
  const device = await BabyDevice.create(home.broker, 'n1', 'Mia');
  const dashboard = await Dashboard.create(home);
  try {
    for await (const { name, width, page } of faces(home, dashboard, device, language))
      for (const colours of COLOUR_SCHEMES) {
        const look = `${name} ${width} ${colours}`;
        const file = folder === undefined ? SHOWN[look] : path.resolve(folder, `${look}.png`);
        if (file === undefined) continue;
        await setColours(page, colours);
        await page.waitForTimeout(CALM_MS);
        await cardIn(page).screenshot({ path: file });
      }
  } finally {
    await dashboard.close();
    await device.disconnect();
    await home.stop();
  }
}

void main(process.argv.at(2), process.argv.at(3));
