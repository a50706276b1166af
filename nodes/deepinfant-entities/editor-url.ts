import { existsSync } from 'node:fs';
import type { AddressInfo, Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { NodeAPI } from 'node-red';

/** Where its app is, inside Home Assistant OS. */
const APP_URL = 'homeassistant://hassio/ingress/a0d7b954_nodered';
/** Where nobody can tell how Node-RED is reached from outside. */
const DOCS_URL = 'https://github.com/deepinfant/node-red/blob/main/docs/home-assistant.md#the-entities';

const CONTAINER_MARKS = ['/.dockerenv', '/run/.containerenv'];

interface Settings {
  uiHost?: string;
  httpAdminRoot?: string | false;
  https?: unknown;
}

/** The address of Node-RED's editor, as Home Assistant can link to it. */
export function editorUrl(RED: NodeAPI, env = process.env): string {
  const { uiHost = '', httpAdminRoot = '/', https } = RED.settings as Settings;
  if (env.SUPERVISOR_TOKEN !== undefined) return APP_URL;
  const isAnyHost = uiHost === '' || uiHost === '::' || uiHost === '0.0.0.0';
  const host = isAnyHost ? machineAddress() : uiHost;
  const port = ((RED.server as Server | undefined)?.address() as AddressInfo | null | undefined)?.port;
  if (host === undefined || port === undefined || httpAdminRoot === false) return DOCS_URL;
  return `${https ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}${httpAdminRoot}`;
}

/** The address of this machine in its network; a container has another one outside. */
function machineAddress(): string | undefined {
  if (CONTAINER_MARKS.some(mark => existsSync(mark))) return undefined;
  const addresses = Object.values(networkInterfaces()).flatMap(all => all ?? []);
  return addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}
