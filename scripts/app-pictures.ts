/** Draws the icon and the logo of the Home Assistant app. Chromium: $CHROMIUM or /usr/bin/chromium. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { PACKAGE_ROOT } from '../src/package-root.js';
import { launchBrowser } from '../test/home-assistant/owner-page.js';

const APP = path.join(PACKAGE_ROOT, 'home-assistant-app');

/** A crying baby, as the detector's icon has it, and what is heard of it; 128 by 128. */
const ICON = `
  <rect width="128" height="128" rx="28" fill="#a85870" />
  <g fill="none" stroke="#fff" stroke-width="8" stroke-linecap="round" stroke-linejoin="round">
    <circle cx="52" cy="70" r="35" />
    <path d="M45 35c0-14 15-14 15-3M31 60l12 5M73 60l-12 5" />
    <path d="M98 52c5 11 5 25 0 36M110 41c9 18 9 40 0 58" stroke-width="7" />
  </g>
  <ellipse cx="52" cy="86" rx="12" ry="9" fill="#fff" />`;

/** Readable on light and on dark. */
const LOGO = `
  <g transform="translate(2 22) scale(0.4375)">${ICON}</g>
  <text x="66" y="59" textLength="182" font-family="DejaVu Sans, sans-serif" font-size="29" font-weight="700"
    fill="#a85870">DeepInfant</text>`;

async function main(): Promise<void> {
  const browser = await launchBrowser();
  try {
    for (const [file, drawing, width, height] of [
      ['icon.png', ICON, 128, 128],
      ['logo.png', LOGO, 250, 100],
    ] as const) {
      const page = await browser.newPage({ viewport: { width, height } });
      const size = `width="${width}" height="${height}"`;
      await page.setContent(
        `<style>body { margin: 0 } svg { display: block }</style><svg xmlns="http://www.w3.org/2000/svg" ${size}>${drawing}</svg>`,
      );
      writeFileSync(path.join(APP, file), await page.screenshot({ omitBackground: true }));
    }
  } finally {
    await browser.close();
  }
}

void main();
