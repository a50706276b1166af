import { createHash, randomBytes } from 'node:crypto';

/** Hashes of a Digest login, the weakest first, by the names of RFC 7616 in lower case. */
const HASHES: Record<string, string> = { md5: 'md5', 'sha-256': 'sha256', 'sha-512-256': 'sha512-256' };

/** What a server asks for. */
interface Challenge {
  /** 'Digest', 'Basic', 'Negotiate', as the server writes it. */
  scheme: string;
  /** By names in lower case, without quotes. */
  fields: ReadonlyMap<string, string>;
}

/** 'Basic', 'Digest SHA-256', 'Digest MD5': all logins that values of WWW-Authenticate ask for. */
export function schemesOf(values: readonly string[]): string[] {
  return challengesIn(values).map(schemeOf);
}

function schemeOf({ scheme, fields }: Challenge): string {
  return [scheme.slice(0, 20), fields.get('algorithm')?.slice(0, 20)].filter(Boolean).join(' ');
}

/**
 * Whether ffmpeg can answer: it takes Digest before Basic, and the last Digest of several; it knows no hash but MD5, one
 * challenge in each value, and no quotes in what is quoted.
 */
export function canFfmpegLogIn(values: readonly string[], user: string): boolean {
  const challenges = challengesIn(values);
  if (challenges.length > values.length) return false;
  const digest = challenges.findLast(({ scheme }) => isDigest(scheme));
  if (!digest) return challenges.some(({ scheme }) => isBasic(scheme));
  const { fields } = digest;
  return (
    algorithmOf(digest) === 'md5' &&
    qualityOf(digest) !== 'auth-int' &&
    ![user, fields.get('realm') ?? ''].some(text => /["\\]/.test(text))
  );
}

/** Whether a server refused a login only because it had become too old. */
export function isStale(values: readonly string[]): boolean {
  return challengesIn(values).some(({ fields }) => fields.get('stale')?.toLowerCase() === 'true');
}

/** What is asked of a server. */
export interface LoginRequest {
  method: string;
  uri: string;
  /** How many requests have answered the same challenge, with this one. */
  count: number;
}

/**
 * Answers a server that asks for a login, by the strongest way that both know (RFC 7616, 7617).
 * @param values what it sent as WWW-Authenticate, its bytes as Latin 1
 * @returns the value of Authorization, its characters beyond ASCII as bytes of UTF-8; undefined where none of the ways is known
 */
export function answerChallenge(
  values: readonly string[],
  login: { user: string; password: string },
  request: LoginRequest,
): string | undefined {
  const challenge = challengesIn(values)
    .filter(one => strengthOf(one) >= 0)
    .sort((a, b) => strengthOf(b) - strengthOf(a))
    .at(0);
  if (!challenge) return undefined;
  if (isBasic(challenge.scheme))
    return `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
  return digestFor(challenge, login, request);
}

/** The challenges of some values, of which each may hold several (RFC 9110, 11.6.1). */
function challengesIn(values: readonly string[]): Challenge[] {
  const challenges: { scheme: string; fields: Map<string, string> }[] = [];
  for (const value of values)
    for (const part of value.match(/(?:"(?:[^"\\]|\\.)*"|[^",])+/g) ?? []) {
      const begin = /^\s*([\w-]+)(?:\s+(?!=)|\s*$)(.*)$/s.exec(part);
      if (begin) challenges.push({ scheme: begin[1], fields: new Map() });
      const field = /^\s*([\w-]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s"]*)/s.exec(begin ? begin[2] : part);
      if (field) challenges.at(-1)?.fields.set(field[1].toLowerCase(), unquote(field[2]));
    }
  return challenges;
}

function unquote(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replace(/\\(.)/gs, '$1') : text;
}

function isDigest(scheme: string): boolean {
  return scheme.toLowerCase() === 'digest';
}

function isBasic(scheme: string): boolean {
  return scheme.toLowerCase() === 'basic';
}

/** -1 for a login that is not known. */
function strengthOf(challenge: Challenge): number {
  if (isBasic(challenge.scheme)) return 0;
  const { hash } = hashOf(challenge);
  if (!isDigest(challenge.scheme) || !(hash in HASHES)) return -1;
  return 1 + Object.keys(HASHES).indexOf(hash);
}

function algorithmOf({ fields }: Challenge): string {
  return (fields.get('algorithm') ?? 'MD5').toLowerCase();
}

/** The hash's name, and whether the secret is hashed anew for each session. */
function hashOf(challenge: Challenge): { hash: string; isForSession: boolean } {
  const algorithm = algorithmOf(challenge);
  return { hash: algorithm.replace(/-sess$/, ''), isForSession: algorithm.endsWith('-sess') };
}

/** The quality of protection to answer with. */
function qualityOf({ fields }: Challenge): 'auth' | 'auth-int' | undefined {
  const offered = (fields.get('qop') ?? '').toLowerCase().split(/[\s,]+/);
  return (['auth', 'auth-int'] as const).find(quality => offered.includes(quality));
}

function digestFor(
  challenge: Challenge,
  login: { user: string; password: string },
  { method, uri, count }: LoginRequest,
): string {
  const { fields } = challenge;
  const [user, password] = [login.user, login.password].map(text => Buffer.from(text).toString('latin1'));
  const { hash: name, isForSession } = hashOf(challenge);
  const hash = (...parts: string[]): string =>
    createHash(HASHES[name]).update(parts.join(':'), 'latin1').digest('hex');
  const [realm, nonce] = ['realm', 'nonce'].map(field => fields.get(field) ?? '');
  const quality = qualityOf(challenge);
  const clientNonce = randomBytes(8).toString('hex');
  const plainSecret = hash(user, realm, password);
  const secret = isForSession ? hash(plainSecret, nonce, clientNonce) : plainSecret;
  // No request has a body.
  const asked = quality === 'auth-int' ? hash(method, uri, hash('')) : hash(method, uri);
  const counter = count.toString(16).padStart(8, '0');
  const middle = quality ? [nonce, counter, clientNonce, quality] : [nonce];
  const [algorithm, opaque] = ['algorithm', 'opaque'].map(field => fields.get(field));
  const answer = [
    `username=${quote(user)}`,
    `realm=${quote(realm)}`,
    `nonce=${quote(nonce)}`,
    `uri="${uri}"`,
    `response="${hash(secret, ...middle, asked)}"`,
    ...(algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
    ...(opaque === undefined ? [] : [`opaque=${quote(opaque)}`]),
    ...(quality ? [`qop=${quality}`, `nc=${counter}`] : []),
    ...(quality || isForSession ? [`cnonce="${clientNonce}"`] : []),
  ];
  return `Digest ${answer.join(', ')}`;
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
