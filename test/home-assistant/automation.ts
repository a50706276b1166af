import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import type { HomeAssistant } from './home-assistant.js';

/** Saves one of the shipped blueprints, and makes an automation of it that has its name. */
export async function addAutomation(home: HomeAssistant, blueprint: string, input: object): Promise<void> {
  const saved = `deepinfant/${blueprint}.yaml`;
  await home.connection.sendMessagePromise({
    type: 'blueprint/save',
    domain: 'automation',
    path: saved,
    yaml: readFileSync(path.join(PACKAGE_ROOT, 'blueprints', `${blueprint}.yaml`), 'utf8'),
    allow_override: true,
  });
  await home.ask('POST', `/api/config/automation/config/${blueprint}`, {
    alias: blueprint,
    use_blueprint: { path: saved, input },
  });
  await home.untilState(`automation.${blueprint}`, ({ state }) => state === 'on');
}

/** The id of the device of a name. */
export async function deviceIdOf(home: HomeAssistant, name: string): Promise<string> {
  const devices = await home.connection.sendMessagePromise<{ id: string; name: string }[]>({
    type: 'config/device_registry/list',
  });
  const device = devices.find(one => one.name === name);
  if (device === undefined) throw new Error(`no device '${name}'`);
  return device.id;
}
