import { createHash, randomBytes } from 'node:crypto';

/** Hashes of a Digest login, by the names of RFC 7616 in lower case. */
const HASHES: Record<string, string> = { md5: 'md5', 'sha-256': 'sha256', 'sha-512-256': 'sha512-256' };

/** 'Basic', 'Digest SHA-256', 'Digest MD5' */
export function schemeOf(challenge: string): string {
  const [scheme = ''] = challenge.split(/\s/, 1);
  const algorithm = /\balgorithm="?([\w-]{1,20})/i.exec(challenge)?.[1];
  return [scheme.slice(0, 20), algorithm].filter(Boolean).join(' ');
}

/** Whether ffmpeg knows the login that it would choose: Digest before Basic, and the last of several. */
export function canFfmpegLogIn(challenges: readonly string[]): boolean {
  const schemes = challenges.map(challenge => schemeOf(challenge).toLowerCase());
  const digest = schemes.findLast(scheme => scheme.startsWith('digest'));
  return digest === undefined ? schemes.includes('basic') : /^digest( md5)?$/.test(digest);
}

/**
 * Answers a server that asks for a login, by the strongest way that both know (RFC 7616, 7617).
 * @param challenges what it sent as WWW-Authenticate
 * @returns the value of Authorization; undefined where none of the ways is known
 */
export function answerChallenge(
  challenges: readonly string[],
  login: { user: string; password: string },
  request: { method: string; uri: string },
): string | undefined {
  const known = challenges.filter(challenge => strengthOf(challenge) >= 0);
  const [challenge] = known.sort((a, b) => strengthOf(b) - strengthOf(a));
  if (!challenge) return undefined;
  if (/^basic\b/i.test(challenge))
    return `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
  return digestFor(challenge, login, request);
}

/** -1 for a login that is not known. */
function strengthOf(challenge: string): number {
  if (/^basic\b/i.test(challenge)) return 0;
  if (!/^digest\b/i.test(challenge)) return -1;
  return Object.keys(HASHES).indexOf(algorithmOf(challenge)) + (algorithmOf(challenge) in HASHES ? 1 : 0);
}

function algorithmOf(challenge: string): string {
  return (fieldOf(challenge, 'algorithm') ?? 'MD5').toLowerCase();
}

function fieldOf(challenge: string, name: string): string | undefined {
  const found = new RegExp(`\\b${name}=(?:"([^"]*)"|([^\\s,]+))`, 'i').exec(challenge);
  return found?.slice(1).find(value => (value as string | undefined) !== undefined);
}

function digestFor(
  challenge: string,
  { user, password }: { user: string; password: string },
  { method, uri }: { method: string; uri: string },
): string {
  const algorithm = algorithmOf(challenge);
  const hash = (text: string): string => createHash(HASHES[algorithm]).update(text).digest('hex');
  const realm = fieldOf(challenge, 'realm') ?? '';
  const nonce = fieldOf(challenge, 'nonce') ?? '';
  const opaque = fieldOf(challenge, 'opaque');
  const isWithQop = (fieldOf(challenge, 'qop') ?? '').split(/\s*,\s*/).includes('auth');
  const cnonce = randomBytes(8).toString('hex');
  const secret = hash(`${user}:${realm}:${password}`);
  const asked = hash(`${method}:${uri}`);
  const middle = isWithQop ? `${nonce}:00000001:${cnonce}:auth` : nonce;
  const fields = [
    `username="${user}"`,
    `realm="${realm}"`,
    `nonce="${nonce}"`,
    `uri="${uri}"`,
    `response="${hash(`${secret}:${middle}:${asked}`)}"`,
    ...(fieldOf(challenge, 'algorithm') === undefined
      ? []
      : [`algorithm=${fieldOf(challenge, 'algorithm')}`]),
    ...(opaque === undefined ? [] : [`opaque="${opaque}"`]),
    ...(isWithQop ? ['qop=auth', 'nc=00000001', `cnonce="${cnonce}"`] : []),
  ];
  return `Digest ${fields.join(', ')}`;
}
