import { isIPv6 } from 'node:net';
import { DeepInfantError } from './errors.js';

/** In characters: a host's longest name (RFC 1035) and a port. */
const MOST_HOST = 270;
/** Of a server's address, in characters. */
export const MOST_ADDRESS = 2000;

/**
 * Reads a host as a person types it: a name, an IPv4 or an IPv6 address, perhaps with a port.
 * @returns the host as it stands in a URL (IPv6 in brackets), and the port if there is one
 * @throws DeepInfantError `bad-address` for anything else, such as a path, a user name or a space
 */
export function parseHost(text: string): { hostname: string; port?: number } {
  const host = text.trim();
  if (host.length > MOST_HOST) throw hostError(host);
  // A URL takes no zone, as in fe80::1%eth0.
  if (isIPv6(host) && !host.includes('%')) return { hostname: `[${host}]` };
  const parts = /^(?<name>\[[\da-f:.]+\]|[\w.-]+)(?::(?<port>\d{1,5}))?$/i.exec(host)?.groups;
  const port = parts?.port === undefined ? undefined : Number(parts.port);
  const isPort = port === undefined || (port > 0 && port < 65536);
  // A URL refuses more than the pattern does: 'camera.1' and '1.2.3.4.5' are not hosts.
  const isName = parts !== undefined && URL.canParse(`http://${parts.name}/`);
  if (!isName || !isPort) throw hostError(host);
  return { hostname: parts.name, port };
}

function hostError(host: string): DeepInfantError {
  // What stands before an @ may be a password.
  const at = host.lastIndexOf('@');
  const shown = at < 0 ? host : `…${host.slice(at)}`;
  return new DeepInfantError(
    'bad-address',
    `'${shown.slice(0, 100)}' is not a host name. Enter a name or an IP address only, such as 192.168.1.20, camera.local or 192.168.1.20:8554.`,
  );
}
