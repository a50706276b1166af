import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { needTools, skip } from '../tools.js';

/** Where Home Assistant is installed; kept between runs, for all checkouts. */
export const HOME_ASSISTANT_FOLDER =
  process.env.DEEPINFANT_HOME_ASSISTANT ??
  path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'deepinfant', 'home-assistant');

/** Installs it into a folder, as root on Debian. */
export const INSTALL_HOME_ASSISTANT = path.join(PACKAGE_ROOT, 'test', 'home-assistant', 'install.sh');

export function isHomeAssistantInstalled(): boolean {
  return existsSync(path.join(HOME_ASSISTANT_FOLDER, 'srv', 'home-assistant'));
}

/** Skips a suite where no Home Assistant can be run, and says what would install it; in CI it fails there instead. */
export function needHomeAssistant(context: Mocha.Context): void {
  needTools(context, 'mosquitto');
  if (!isHomeAssistantInstalled())
    skip(
      context,
      `no Home Assistant; as root on Debian: test/home-assistant/install.sh ${HOME_ASSISTANT_FOLDER}`,
    );
  if (process.getuid?.() !== 0) skip(context, 'a Home Assistant of its own needs root');
}
