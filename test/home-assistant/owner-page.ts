import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import type { HomeAssistant } from './home-assistant.js';

/** How a visitor looks at it. */
export interface View {
  width?: number;
  height?: number;
  dark?: boolean;
  language?: string;
  /** IANA name of the browser's time zone. */
  timeZone?: string;
}

/** Chromium: $CHROMIUM or /usr/bin/chromium. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
}

/** Lets the owner look at Home Assistant's pages, in a browser that reaches nothing but this machine. */
export async function contextOfOwner(
  browser: Browser,
  { url, token }: HomeAssistant,
  { width = 1000, height = 900, dark = false, language = 'en', timeZone = 'UTC' }: View = {},
): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    timezoneId: timeZone,
    serviceWorkers: 'block',
  });
  await context.route(
    ({ hostname }) => hostname !== '127.0.0.1',
    blocked => blocked.abort(),
  );
  const login = {
    access_token: token,
    token_type: 'Bearer',
    expires_in: 31_536_000,
    expires: Date.now() + 31_536_000_000,
    hassUrl: url,
    clientId: `${url}/`,
    refresh_token: '',
  };
  const stored = { hassTokens: JSON.stringify(login), selectedLanguage: JSON.stringify(language) };
  await context.addInitScript(`Object.assign(localStorage, ${JSON.stringify(stored)})`);
  return context;
}
