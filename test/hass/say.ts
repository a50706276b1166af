import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Say } from '../../src/hass/notify/cry-notification.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { at } from '../../src/unknown-data.js';

/** The notify node's own texts in a language, as Node-RED fills them in. */
export function sayIn(language: string): Say {
  const file = path.join(PACKAGE_ROOT, 'nodes/deepinfant-notify/locales', language, 'deepinfant-notify.json');
  const texts: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return (key, values = {}) => {
    const text = String(at(texts, 'deepinfant-notify', 'say', ...key.split('.')));
    return text.replace(/__(\w+)__/g, (_, name: string) => String(values[name]));
  };
}
