import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Locator, Page, WebSocketRoute } from 'playwright-core';
import type { Change } from '../../src/card/timeline.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import type { HomeAssistant } from '../home-assistant/home-assistant.js';
import { contextOfOwner, launchBrowser, type View } from '../home-assistant/owner-page.js';
import { tries } from '../tries.js';
import { until } from '../until.js';

export const CARD_FILE = path.join(PACKAGE_ROOT, 'dist', 'deepinfant-card.js');
const DASHBOARD = 'deepinfant-test';

/** How a visitor looks at it. */
export interface CardView extends View {
  /** What Home Assistant's recorder seems to know; undefined: what it knows, null: nothing. */
  history?: readonly [crying: Change[], health: Change[]] | null;
  /** Home Assistant does not tell which entities there are: it says nothing, or that it cannot. */
  registry?: 'silent' | 'failing';
  /** What the clock seems to show, epoch ms. */
  at?: number;
}

/**
 * Notes the ms from the moment in which the card gets its place on the page to the frame in which it shows the state: the
 * callback of the frame after it.
 */
const PAINT_PROBE = `
  const { define } = CustomElementRegistry.prototype;
  CustomElementRegistry.prototype.define = function (name, type, options) {
    if (name === 'deepinfant-card') {
      const { connectedCallback } = type.prototype;
      type.prototype.connectedCallback = function () {
        const begin = performance.now();
        connectedCallback.call(this);
        const look = () => {
          if (!this.shadowRoot?.querySelector('ha-card.quiet, ha-card.crying')) return requestAnimationFrame(look);
          requestAnimationFrame(() => { window.deepinfantPaintMs ??= performance.now() - begin; });
        };
        look();
      };
    }
    return define.call(this, name, type, options);
  };
`;

/** A dashboard of a real Home Assistant, in Chromium. */
export class Dashboard {
  private constructor(
    private readonly home: HomeAssistant,
    private readonly browser: Browser,
  ) {}

  /** Installs the card as a resource, and makes a dashboard for it. */
  static async create(home: HomeAssistant): Promise<Dashboard> {
    await home.put('www/deepinfant-card.js', await readFile(CARD_FILE));
    await home.connection.sendMessagePromise({
      type: 'lovelace/resources/create',
      res_type: 'module',
      url: '/local/deepinfant-card.js',
    });
    await home.connection.sendMessagePromise({
      type: 'lovelace/dashboards/create',
      url_path: DASHBOARD,
      title: 'Nursery',
    });
    return new Dashboard(home, await launchBrowser());
  }

  async close(): Promise<void> {
    await this.browser.close();
  }

  /** The registry's id of a device. @param identifier in the MQTT integration */
  async deviceId(identifier: string): Promise<string> {
    interface Device {
      id: string;
      identifiers: [string, string][];
    }
    let id: string | undefined;
    const looked = async (): Promise<boolean> => {
      const command = { type: 'config/device_registry/list' };
      const devices = await this.home.connection.sendMessagePromise<Device[]>(command);
      id = devices.find(({ identifiers }) => identifiers.some(([, known]) => known === identifier))?.id;
      return id !== undefined;
    };
    await until(looked, `the device ${identifier}`);
    return id!;
  }

  /** Shows one card, and nothing else. */
  async show(card: object): Promise<void> {
    await this.home.connection.sendMessagePromise({
      type: 'lovelace/config/save',
      url_path: DASHBOARD,
      config: { views: [{ title: 'Nursery', cards: [card] }] },
    });
  }

  /** Opens it as the owner, in a browser that reaches nothing but this machine. */
  async open({ history, registry, at, ...view }: CardView = {}): Promise<Page> {
    const context = await contextOfOwner(this.browser, this.home, view);
    await context.addInitScript(PAINT_PROBE);
    if (history !== undefined || registry !== undefined)
      await context.routeWebSocket(/\/api\/websocket$/, visitor => {
        answerFor(visitor, { history, registry });
      });
    context.setDefaultTimeout(30_000);
    const page = await context.newPage();
    if (at !== undefined) await page.clock.setSystemTime(at);
    await page.goto(`${this.home.url}/${DASHBOARD}/0`);
    return page;
  }
}

/** Passes everything on to Home Assistant, but answers for its history and for its registry. */
function answerFor(
  visitor: WebSocketRoute,
  { history, registry }: Pick<CardView, 'history' | 'registry'>,
): void {
  const server = visitor.connectToServer();
  const answer = (message: object): void => {
    visitor.send(JSON.stringify(message));
  };
  visitor.onMessage(message => {
    const { id, type, ...asked } = JSON.parse(message.toString()) as { id: number; type: string };
    const refuse = (): void => {
      // As one without that integration.
      answer({ id, type: 'result', success: false, error: { code: 'unknown_command', message: 'Unknown' } });
    };
    if (type === 'history/stream' && history !== undefined) {
      if (history === null) {
        refuse();
        return;
      }
      const { entity_ids: ids } = asked as { entity_ids: string[] };
      const states = Object.fromEntries(ids.map((entity, index) => [entity, history[index]]));
      answer({ id, type: 'result', success: true, result: null });
      answer({ id, type: 'event', event: { states } });
    } else if (type === 'config/entity_registry/get_entries' && registry !== undefined) {
      if (registry === 'failing') refuse();
    } else server.send(message);
  });
}

export const COLOUR_SCHEMES = ['light', 'dark'] as const;

/** Shows a page in other colours, without what moves. */
export async function setColours(page: Page, colorScheme: (typeof COLOUR_SCHEMES)[number]): Promise<void> {
  // Before it was ever dark, this is undefined.
  const isDark = `Boolean(document.querySelector('home-assistant').hass?.themes.darkMode)`;
  const other = COLOUR_SCHEMES.find(scheme => scheme !== colorScheme)!;
  // A page that loads or is busy may miss the change: it sees another one then.
  await tries(4, async () => {
    for (const scheme of [other, colorScheme])
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    let seen: unknown;
    await until(
      async () => (seen = await page.evaluate(isDark)) === (colorScheme === 'dark'),
      () => `${colorScheme} colours, while Home Assistant's darkMode is ${String(seen)}`,
    );
  });
}

/** How long the first paint of the card took, of a page that was just opened. */
export async function paintMs(page: Page): Promise<number> {
  const paint = await page.waitForFunction<number>('window.deepinfantPaintMs');
  return paint.jsonValue();
}

export function cardIn(page: Page): Locator {
  return page.locator('deepinfant-card');
}
