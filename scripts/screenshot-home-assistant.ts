/**
 * Goes through docs/notifications.md with a real Home Assistant and a Node-RED of its own, and takes the pictures of it and of docs/home-assistant.md. Needs
 * what the tests with Home Assistant need. Chromium: $CHROMIUM or /usr/bin/chromium.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { PACKAGE_ROOT } from '../src/package-root.js';
import { Bulb } from '../test/home-assistant/bulb.js';
import { HomeAssistant } from '../test/home-assistant/home-assistant.js';
import { contextOfOwner, launchBrowser, type View } from '../test/home-assistant/owner-page.js';
import { Phone } from '../test/home-assistant/phone.js';
import { NodeRedProcess } from '../test/nodes/node-red-process.js';
import { until } from '../test/until.js';

const DOCS = path.join(PACKAGE_ROOT, 'docs');
const EXAMPLE = path.join(PACKAGE_ROOT, 'examples', '5 - Home Assistant.json');
const BLUEPRINT = path.join(PACKAGE_ROOT, 'blueprints', 'notify_when_hungry.yaml');
const PATIENCE_MS = 120_000;
/** What frontends fade in and load afterwards. */
const CALM_MS = 6000;

async function main(): Promise<void> {
  const home = await HomeAssistant.start('frontend:\nlogbook:\ntrace:\n');
  const userDir = await mkdtemp(path.join(tmpdir(), 'deepinfant-'));
  const nodeRed = new NodeRedProcess(userDir, { credentialSecret: false });
  const browser = await launchBrowser();
  try {
    const phone = await Phone.register(home, 'Pixel 8');
    const bulb = await Bulb.plugIn(home.broker, 'nursery', ['hs', 'color_temp']);
    await setUp(home, phone, userDir);
    await nodeRed.start();
    await home.untilState('binary_sensor.baby_crying', () => true, PATIENCE_MS);
    await automate(home);
    await fetch(`${nodeRed.url}inject/${await fedLongAgo()}`, { method: 'POST' });
    // The demo cries after half a minute.
    // From the node, and from the automation, whose notifications have a title.
    const isTold = (): boolean =>
      [true, false].every(isOfNode =>
        phone.notifications.some(
          ({ title, message }) => (title === undefined) === isOfNode && message.includes('hungry'),
        ),
      );
    await until(isTold, () => JSON.stringify(phone.notifications), PATIENCE_MS);
    console.log(JSON.stringify(phone.notifications, undefined, 2));
    console.log(JSON.stringify(bulb.state));

    const shoot = async (name: string, route: string, view: View, look?: (page: Page) => Promise<void>) => {
      const page = await (await contextOfOwner(browser, home, view)).newPage();
      await page.goto(home.url + route);
      await page.locator('home-assistant-main').waitFor();
      await page.waitForTimeout(CALM_MS);
      await look?.(page);
      await page.screenshot({ path: path.join(DOCS, name) });
      await page.close();
    };
    const devices = await home.connection.sendMessagePromise<{ id: string; name: string }[]>({
      type: 'config/device_registry/list',
    });
    const device = devices.find(({ name }) => name === 'Baby')!;
    // As high as what they show, so that nothing is cut in two.
    const entities = { width: 860, height: 1230 };
    await shoot('home-assistant-entities.png', `/config/devices/device/${device.id}`, entities);
    const automation = { width: 860, height: 910 };
    await shoot('home-assistant-automation.png', '/config/automation/edit/hungry', automation);
    const details = { width: 1180, height: 820 };
    await shoot('home-assistant-notification.png', '/config/automation/trace/hungry', details, async page => {
      const sent = page.locator('[aria-label="Perform an action based on a template, executed"]');
      await sent.first().click();
      await page.waitForTimeout(CALM_MS);
    });
    await bulb.unplug();
  } finally {
    await browser.close();
    await nodeRed.stop();
    await home.stop();
    await rm(userDir, { recursive: true });
  }
}

/** The example, with what the page says is to be entered. */
async function setUp(home: HomeAssistant, phone: Phone, userDir: string): Promise<void> {
  const nodes = JSON.parse(await readFile(EXAMPLE, 'utf8')) as { id: string; type: string }[];
  const entered: Record<string, object> = {
    'deepinfant-hass': { url: home.url },
    'mqtt-broker': { broker: '127.0.0.1', port: String(home.broker.port) },
    'deepinfant-notify': { phones: phone.notify },
  };
  const flows = nodes.map(node => ({ ...node, ...entered[node.type] }));
  const { id } = nodes.find(({ type }) => type === 'deepinfant-hass')!;
  await writeFile(path.join(userDir, 'flows.json'), JSON.stringify(flows));
  await writeFile(path.join(userDir, 'flows_cred.json'), JSON.stringify({ [id]: { token: home.token } }));
}

/** The id of the example's button that reports a feed four hours ago. */
async function fedLongAgo(): Promise<string> {
  const nodes = JSON.parse(await readFile(EXAMPLE, 'utf8')) as { id: string; name: string }[];
  return nodes.find(({ name }) => name === 'fed 4 hours ago')!.id;
}

/** Makes an automation of the blueprint. */
async function automate(home: HomeAssistant): Promise<void> {
  await home.connection.sendMessagePromise({
    type: 'blueprint/save',
    domain: 'automation',
    path: 'deepinfant/notify_when_hungry.yaml',
    yaml: await readFile(BLUEPRINT, 'utf8'),
  });
  const devices = await home.connection.sendMessagePromise<{ id: string; name: string }[]>({
    type: 'config/device_registry/list',
  });
  await home.ask('POST', '/api/config/automation/config/hungry', {
    alias: 'Notify when hungry',
    use_blueprint: {
      path: 'deepinfant/notify_when_hungry.yaml',
      input: {
        crying: 'binary_sensor.baby_crying',
        reason: 'sensor.baby_reason',
        confidence: 'sensor.baby_confidence',
        answer: 'select.baby_answer',
        phones: [devices.find(({ name }) => name === 'Pixel 8')!.id],
        after: 3,
      },
    },
  });
}

void main();
