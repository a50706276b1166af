/**
 * Takes the pictures of docs/card.md: the card in Home Assistant's frontend at night, while the baby cries and later. Chromium:
 * $CHROMIUM or /usr/bin/chromium. Home Assistant: installed for the tests, as root.
 */
import path from 'node:path';
import { PACKAGE_ROOT } from '../src/package-root.js';
import type { Change } from '../src/card/timeline.js';
import type { DeviceState } from '../src/hass/discovery.js';
import { BabyDevice } from '../test/card/baby-device.js';
import { cardIn, Dashboard } from '../test/card/dashboard.js';
import { HomeAssistant } from '../test/home-assistant/home-assistant.js';

/** As wide as a phone. */
const WIDTH = 390;

const MORNING = '2026-11-23T';
/** The tests' Home Assistant and Chromium are in this time zone. */
const ZONE = 'Z';

const HUNGRY: Partial<DeviceState> = {
  reason: 'hungry',
  confidence: 62,
  contributions: [
    {
      part: 'context',
      reason: 'hungry',
      factor: 2.4,
      text: 'last feed 3 h 10 min ago: makes hunger 2.4 times as likely',
    },
    {
      part: 'context',
      reason: 'tired',
      factor: 0.6,
      text: 'woke up 25 min ago: makes tiredness 1.7 times less likely',
    },
    { part: 'prior', reason: 'hungry', factor: 1.3, text: '8 weeks old: makes hunger 1.3 times as likely' },
  ],
  accuracy: 70,
  baselineAccuracy: 50,
  learnedFrom: 10,
  lastCry: `${MORNING}02:38:10${ZONE}`,
};

const CRYING = changes(
  ['16:00:00', 'off'],
  ['17:40:00', 'on'],
  ['17:46:00', 'off'],
  ['19:30:00', 'on'],
  ['19:41:00', 'off'],
  ['20:05:00', 'on'],
  ['20:16:00', 'off'],
  ['22:10:00', 'unavailable'],
  ['22:50:00', 'off'],
  ['00:20:00', 'on'],
  ['00:23:00', 'off'],
  ['02:38:10', 'on'],
);
const INTENSITY = changes(
  ['17:40:00', 'fuss'],
  ['19:30:00', 'cry'],
  ['20:06:00', 'scream'],
  ['00:20:00', 'fuss'],
  ['02:38:10', 'scream'],
);

async function main(): Promise<void> {
  const home = await HomeAssistant.start();
  const device = await BabyDevice.create(home.broker, 'n1', 'Mia');
  const dashboard = await Dashboard.create(home);
  try {
    await dashboard.show({
      type: 'custom:deepinfant-card',
      device: await dashboard.deviceId('deepinfant_n1'),
    });
    await device.tell({ ...HUNGRY, crying: 'ON', intensity: 'scream' });
    await take('card-crying', '02:40:23', CRYING, false);
    await device.tell({ crying: 'OFF', answer: 'hungry' });
    await take('card-quiet', '03:04:00', [...CRYING, ...changes(['02:47:00', 'off'])], true);
  } finally {
    await dashboard.close();
    await device.disconnect();
    await home.stop();
  }

  async function take(name: string, time: string, crying: Change[], isDark: boolean): Promise<void> {
    const page = await dashboard.open({
      width: WIDTH,
      dark: isDark,
      history: [crying, INTENSITY],
      at: at(time),
    });
    const card = cardIn(page);
    await card.locator('.bar').first().waitFor();
    if (isDark) await card.locator('summary').click();
    // Icons come one by one.
    await page.waitForTimeout(1000);
    await card.screenshot({ path: path.join(PACKAGE_ROOT, 'docs', `${name}.png`) });
    await page.context().close();
  }
}

/** States, and since what time of the night. */
function changes(...states: [time: string, s: string][]): Change[] {
  return states.map(([time, s]) => ({ s, lu: at(time) / 1000 }));
}

/** A time between noon and noon, epoch ms. */
function at(time: string): number {
  const day = time < '12' ? 0 : -24 * 3_600_000;
  return Date.parse(`${MORNING}${time}${ZONE}`) + day;
}

void main();
