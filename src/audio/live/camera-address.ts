import { DeepInfantError } from '../../errors.js';

/** Where a camera is; its secrets are kept apart. */
export interface CameraAddress {
  /**
   * Of scheme rtsp, rtsps, http or https, without credentials. Cameras that want them among the parameters have `{user}`
   * and `{password}` there: `http://10.0.0.8/flv?app=bcs&user={user}&password={password}`.
   */
  readonly url: string;
  /** As typed into a field, not percent-encoded; may be empty. */
  readonly user: string;
  readonly password: string;
  /** What its HTTP server, which may be that of Home Assistant's supervisor, is shown in each request. */
  readonly bearer?: string;
}

/** In characters. Longer texts are no addresses, and not read at all. */
const MOST_TYPED = 4000;
/** What ffmpeg's RTSP client has room for (rtsp.c): paths of 1023 bytes, credentials of 127. */
const MOST_URL_CHARACTERS = 1000;
const MOST_CREDENTIALS_CHARACTERS = 127;

/** Control characters, of which a line break would begin a new command for ffmpeg, and halves of surrogate pairs. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;

const PASSWORD_PARAMETER = parameter('password|passwd|pwd|pass|loginpas|token');
const USER_PARAMETER = parameter('username|user|usr|loginuse');

/** Finds values in queries (`?user=x&password=y`) and in paths (`/user=x_password=y_channel=1`, as XMEye cameras have). */
function parameter(names: string): RegExp {
  return new RegExp(`(?<=(?<![a-z\\d])(?:${names})=)[^&;/?#\\s'"]+?(?=_\\w+=|[&;/?#\\s'"]|$)`, 'gi');
}

/**
 * Reads a camera's address as a person types or pastes it, and takes user name and password out of it.
 *
 * @param login user name and password from fields of their own, which win over those in the address
 * @throws DeepInfantError `address-empty`, `address-scheme` (no URL of a camera), `address-characters`, `address-too-long`,
 *   `address-passwords` (unclear which part is the password), `address-invalid`; no message holds a password
 */
export function parseCameraAddress(
  typed: string,
  { user = '', password = '' }: { user?: string; password?: string } = {},
): CameraAddress {
  const text = typed.trim();
  if (text === '')
    throw new DeepInfantError(
      'address-empty',
      "Enter the camera's address, such as rtsp://192.168.1.20/stream1.",
    );
  if ([text, user, password].some(({ length }) => length > MOST_TYPED))
    throw new DeepInfantError(
      'address-too-long',
      `The camera's address, user name or password has more than ${MOST_TYPED} characters. Enter it again.`,
    );
  if ([text, user, password].some(part => UNPRINTABLE.test(part)))
    throw new DeepInfantError(
      'address-characters',
      "The camera's address, user name or password contains a line break or another control character. Enter it again.",
    );
  const [, scheme, rest] = /^(rtsps?:\/\/|https?:\/\/)(.*)$/i.exec(text) ?? [];
  if (!scheme) throw schemeError(text);
  const split = splitCredentials(rest);
  const parsed = parseUrl(scheme + split.address);
  const { url, inParameters } = takeParameters(parsed, split.password);
  const address = {
    url,
    user: user || split.user || inParameters.user,
    password: password || split.password || inParameters.password,
  };
  if (url.length > MOST_URL_CHARACTERS)
    throw new DeepInfantError(
      'address-too-long',
      `The camera's address has ${url.length} characters; at most ${MOST_URL_CHARACTERS} are possible.`,
    );
  if (credentialsOf(address).length > MOST_CREDENTIALS_CHARACTERS)
    throw new DeepInfantError(
      'address-too-long',
      "The camera's user name and password are too long. Choose a password of at most 30 characters in its app.",
    );
  return address;
}

function schemeError(text: string): DeepInfantError {
  const isFile = /^(file:|[/.~\\]|[a-z]:[\\/])/i.test(text);
  return new DeepInfantError(
    'address-scheme',
    isFile
      ? 'This is the path of a file. To play a recording, choose a file as the source. The address of a camera begins with rtsp://, rtsps://, http:// or https://.'
      : 'The address of a camera begins with rtsp://, rtsps://, http:// or https://, such as rtsp://192.168.1.20/stream1.',
  );
}

/** Takes `user:password@` off; a pasted password may hold any character, also those that end this part of a URL. */
function splitCredentials(rest: string): { address: string; user: string; password: string } {
  const end = rest.search(/[/?#]/);
  const authority = end < 0 ? rest : rest.slice(0, end);
  // A name, a colon and no port: the password goes on behind the slash.
  const isCut = !authority.includes('@') && /^[^:[]*:(?!\d+$)/.test(authority);
  const at = (isCut ? rest : authority).lastIndexOf('@');
  if (at < 0) return { address: rest, user: '', password: '' };
  const address = rest.slice(at + 1);
  if (address.includes('@')) throw passwordsError('contains several @, so the password is unclear.');
  const [, user, password = ''] = /^([^:]*):?(.*)$/.exec(rest.slice(0, at)) ?? [];
  return { address, user: decode(user), password: decode(password) };
}

function passwordsError(what: string): DeepInfantError {
  return new DeepInfantError(
    'address-passwords',
    `The camera's address ${what} Enter the address without a password, and the user name and password in their own fields.`,
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // Not encoded, then: a password may hold a percent sign.
  }
}

function parseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // Of a URL that is neither http nor https any host is taken.
  if (!url || !/^(\[[\da-f:.]+\]|[\w.-]+)$/i.test(url.hostname))
    throw new DeepInfantError(
      'address-invalid',
      "This is not a camera's address. An address has a host name or an IP address, perhaps a port, and a path: rtsp://192.168.1.20:554/stream1.",
    );
  return url.href.replaceAll(/%7b(user|password)%7d/gi, '{$1}');
}

/** Ports of addresses that name none (IANA). */
const USUAL_PORTS: Record<string, string> = {
  'rtsp:': '554',
  'rtsps:': '322',
  'http:': '80',
  'https:': '443',
};

/** The port to which a camera's address leads. */
export function portOf({ port, protocol }: URL): number {
  return Number(port || USUAL_PORTS[protocol]);
}

/**
 * Host and port of a camera's address as it is typed, to tell whether a password was stored for it. It is read as
 * `parseCameraAddress` reads it, so that a password goes where this says.
 * @returns undefined for what is not an address
 */
export function cameraServer(typed: string): string | undefined {
  try {
    const url = new URL(parseCameraAddress(typed).url);
    return `${url.hostname}:${portOf(url)}`;
  } catch {
    return undefined;
  }
}

/** Puts `{user}` and `{password}` in the place of parameters that hold them. */
function takeParameters(
  url: string,
  known: string,
): { url: string; inParameters: { user: string; password: string } } {
  const passwords = valuesOf(url, PASSWORD_PARAMETER, '{password}');
  if (passwords.length === 0) return { url, inParameters: { user: '', password: '' } };
  if (new Set(known ? [...passwords, known] : passwords).size > 1)
    throw passwordsError('contains several passwords.');
  return {
    url: url.replace(PASSWORD_PARAMETER, '{password}').replace(USER_PARAMETER, '{user}'),
    inParameters: { user: valuesOf(url, USER_PARAMETER, '{user}').at(0) ?? '', password: passwords[0] },
  };
}

function valuesOf(url: string, names: RegExp, placeholder: string): string[] {
  const values = url.match(names) ?? [];
  return values.filter(value => value !== placeholder).map(decode);
}

/** The URL with user name and password, percent-encoded: for the program that connects, never to be shown. */
export function secretUrl(address: CameraAddress): string {
  const url = fillIn(address);
  const credentials = credentialsOf(address);
  return credentials === ':' || url !== address.url ? url : url.replace('://', () => `://${credentials}@`);
}

/** The URL with user name and password among its parameters, where it has places for them: as secret as `secretUrl`. */
export function fillIn({ url, user, password }: CameraAddress): string {
  if (!url.includes('{password}')) return url;
  return url.replaceAll('{user}', () => encode(user)).replaceAll('{password}', () => encode(password));
}

function credentialsOf({ user, password }: CameraAddress): string {
  return `${encode(user)}:${encode(password)}`;
}

/** Encodes all but RFC 3986's unreserved characters. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, char => `%${char.charCodeAt(0).toString(16)}`);
}

/**
 * Removes secrets from any text: the given password, be its characters percent-encoded or not, the credentials of any
 * URL, and the values of parameters that are called as passwords are.
 */
export function redact(text: string, password = ''): string {
  return shorten(text.replace(password ? inAnyEncoding(password) : /(?!)/, '***'))
    .replace(/([a-z][a-z\d+.-]*:\/\/)\S*@/gi, '$1***@')
    .replace(PASSWORD_PARAMETER, '***');
}

/** A long text's beginning, without the word at its end: cut off, an address would not show where its password ends. */
function shorten(text: string): string {
  if (text.length <= MOST_TYPED) return text;
  const begin = text.slice(0, MOST_TYPED);
  return `${begin.slice(0, Math.max(begin.lastIndexOf(' '), begin.lastIndexOf('\n'), 0))}…`;
}

function inAnyEncoding(password: string): RegExp {
  const characters = Array.from(password, character => {
    const bytes = Array.from(Buffer.from(character), byte => `%${byte.toString(16).padStart(2, '0')}`);
    const encoded = bytes.join('').replace(/[a-f]/g, digit => `[${digit}${digit.toUpperCase()}]`);
    return `(?:\\u{${character.codePointAt(0)!.toString(16)}}|${encoded})`;
  });
  return new RegExp(characters.join(''), 'gu');
}

export function isRtsp({ url }: Pick<CameraAddress, 'url'>): boolean {
  return url.startsWith('rtsp');
}

/** Whether it is the address of an HLS playlist. */
export function isPlaylist({ url }: Pick<CameraAddress, 'url'>): boolean {
  return new URL(url).pathname.endsWith('.m3u8');
}
