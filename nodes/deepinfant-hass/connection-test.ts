/** Tries a connection as a dialog shows it, before it is deployed. */
import type { NodeAPI, NodeDef } from 'node-red';
import type { HassLogin } from '../../src/hass/address.js';
import { hassEndpoint } from '../../src/hass/address.js';
import { HassConnection, type HassHealth } from '../../src/hass/connection.js';
import { DeepInfantError } from '../../src/errors.js';
import { isOtherZone, processZone } from '../../src/wall-clock.js';
import type { Question } from '../editor-questions.js';
import type { NodeTexts } from '../language.js';
import type { TestReply } from './editor/replies.js';
import type { HassCredentials } from './settings.js';

/** What Node-RED gives the editor in place of a saved token. */
const KNOWN_TOKEN = '__PWRD__';

/**
 * Opens the connection, asks who and where, and closes it.
 * @throws DeepInfantError with what is wrong with the address or the token
 */
export async function testConnection(RED: NodeAPI, question: Question, texts: NodeTexts): Promise<TestReply> {
  const hass = new HassConnection(loginOf(RED, question, texts));
  hass.start();
  try {
    const { state, error, code = state } = await settled(hass);
    if (error !== undefined) throw new DeepInfantError(code, error);
    const [timeZone, isAdmin] = [await hass.timeZone(), await hass.isAdmin()];
    const say = (key: string, values: Record<string, string> = {}): string =>
      texts._(`deepinfant-hass.test.${key}`, values);
    const warnings: string[] = [];
    if (!isAdmin) warnings.push(say('notAdmin'));
    if (isOtherZone(timeZone)) warnings.push(say('otherZone', { timeZone, here: processZone() }));
    const { haVersion: version = '' } = hass.connection ?? {};
    return { sentence: say('connected', { version, timeZone }), warnings };
  } finally {
    await hass.stop();
  }
}

/** The connection's health as soon as it is open, or known not to be. */
function settled(hass: HassConnection): Promise<HassHealth> {
  return new Promise(resolve => {
    hass.onHealth(health => {
      if (health.state !== 'connecting') resolve(health);
    });
  });
}

/**
 * The login that the dialog shows. A token that only Node-RED knows is sent only to the server for which it was entered.
 * @throws DeepInfantError `token` if the address is now that of another server
 */
function loginOf(RED: NodeAPI, { id, url, token }: Question, texts: NodeTexts): HassLogin {
  const address = textOf(url);
  if (token !== KNOWN_TOKEN || address.trim() === '') return { url: address, token: textOf(token) };
  let deployed: unknown;
  RED.nodes.eachNode(node => {
    if (node.id === id) deployed = (node as NodeDef & { url?: string }).url;
  });
  if (serverOf(address) !== serverOf(textOf(deployed)))
    throw new DeepInfantError('token', texts._('deepinfant-hass.test.token'));
  const known = RED.nodes.getCredentials(textOf(id)) as HassCredentials | undefined;
  return { url: address, token: known?.token ?? '' };
}

/** The server of an address; undefined without one. */
function serverOf(address: string): string | undefined {
  return address.trim() === '' ? undefined : hassEndpoint({ url: address, token: KNOWN_TOKEN }).httpUrl;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
