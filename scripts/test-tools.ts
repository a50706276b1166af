/**
 * Looks for the programs that tests need beyond Node. In CI, and for root on Debian, it installs those that are missing,
 * and a Home Assistant; elsewhere it says which tests will be skipped for want of them, and what would install them.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  HOME_ASSISTANT_FOLDER,
  INSTALL_HOME_ASSISTANT,
  isHomeAssistantInstalled,
} from '../test/home-assistant/installed.js';
import { installLine, isInstalled, packagesOf, TOOLS, type Tool } from '../test/tools.js';

const isRoot = process.getuid?.() === 0;

function main(): void {
  const mayInstall = (process.env.CI === 'true' || isRoot) && existsSync('/etc/debian_version');
  const missing = (Object.keys(TOOLS) as Tool[]).filter(tool => !isInstalled(tool));
  if (missing.length > 0) {
    if (mayInstall) install(missing);
    else
      for (const tool of missing) console.log(`${tool} is missing, tests are skipped: ${TOOLS[tool].for}.`);
    const stillMissing = missing.filter(tool => !isInstalled(tool));
    if (stillMissing.length > 0) console.log(`To install what is missing: ${installLine(stillMissing)}`);
  }
  if (mayInstall) asRoot(INSTALL_HOME_ASSISTANT, HOME_ASSISTANT_FOLDER);
  if (!isHomeAssistantInstalled()) console.log('Home Assistant is missing, the tests with it are skipped.');
}

function install(tools: Tool[]): void {
  console.log(`Installing ${tools.join(', ')} for the tests.`);
  aptGet('update');
  aptGet('install', '--yes', '--no-install-recommends', ...packagesOf(tools));
}

function aptGet(...args: string[]): void {
  asRoot('env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '--quiet=2', ...args);
}

function asRoot(...command: [string, ...string[]]): void {
  const [program, ...rest] = isRoot ? command : ['sudo', '--non-interactive', ...command];
  spawnSync(program, rest, { stdio: 'inherit' });
}

main();
