/** Hostile inputs that know the structure of what they imitate. */
import fc, { type Arbitrary } from 'fast-check';

/** Numbers that programs stumble over. */
const NUMBERS = [
  0,
  -0,
  -1,
  0.5,
  1e9,
  1e12,
  1e300,
  -1e300,
  NaN,
  Infinity,
  -Infinity,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  1e-300,
];
const TEXTS = [
  '',
  ' ',
  '\0',
  '__proto__',
  'constructor',
  '../../escaped',
  '"><script>',
  '\u{1F476}',
  '\ud800',
  '%s%n',
  'null',
  '0',
  'x'.repeat(40_000),
];

export const number: Arbitrary<number> = fc.oneof(fc.constantFrom(...NUMBERS), fc.double(), fc.integer());
export const text: Arbitrary<string> = fc.oneof(
  fc.constantFrom(...TEXTS),
  fc.string(),
  fc.string({ unit: 'binary' }),
);

/** Any value that JSON or a message may hold. */
export const anything: Arbitrary<unknown> = fc.oneof(
  number,
  text,
  fc.constantFrom(null, undefined, true, false),
  fc.date(),
  fc.anything({ maxDepth: 3, withTypedArray: true, withNullPrototype: true }),
);

/** A good value of which some fields, at any depth, were replaced, removed or added. */
export function damaged(good: Arbitrary<object>): Arbitrary<unknown> {
  const change = fc.record({
    at: fc.nat(),
    how: fc.constantFrom('replace', 'remove', 'add'),
    key: text,
    value: anything,
  });
  return fc
    .tuple(good, fc.array(change, { maxLength: 4 }))
    .map(([value, changes]) => changes.reduce<unknown>((current, each) => changed(current, each), value));
}

interface Change {
  at: number;
  how: string;
  key: string;
  value: unknown;
}

/** Copies the objects on the way to the changed field, as other inputs share them. */
function changed(value: unknown, { at, how, key, value: fresh }: Change): unknown {
  if (!isPlain(value)) return how === 'replace' ? fresh : value;
  const keys = Object.keys(value);
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value)
    ? [...(value as unknown[])]
    : { ...value };
  const fields = copy as Record<string, unknown>;
  const chosen = keys[at % (keys.length + 1)] as string | undefined;
  // A list from JSON has nothing but items, and Node-RED cannot clone others.
  const isAdded = how === 'add' || chosen === undefined;
  if (isAdded && Array.isArray(copy)) copy.push(fresh);
  else if (isAdded)
    Object.defineProperty(fields, key, {
      value: fresh,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  else if (isPlain(fields[chosen]) && at % 3 > 0)
    fields[chosen] = changed(fields[chosen], { at: Math.floor(at / 3), how, key, value: fresh });
  else if (how === 'remove' && Array.isArray(copy)) copy.splice(Number(chosen), 1);
  else if (how === 'remove') Reflect.deleteProperty(fields, chosen);
  else fields[chosen] = fresh;
  return copy;
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);
}

/** A good file of which bytes were changed, inserted, removed or cut off. */
export function damagedBytes(...good: Buffer[]): Arbitrary<Buffer> {
  const edit = fc.record({
    // Headers are short: half of the edits are there.
    at: fc.oneof(fc.nat(64), fc.nat(1_000_000)),
    how: fc.constantFrom('set', 'flip', 'word', 'insert', 'remove', 'cut'),
    byte: fc.nat(255),
    word: fc.constantFrom(0, 1, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff),
    length: fc.nat(64),
  });
  return fc.tuple(fc.constantFrom(...good), fc.array(edit, { maxLength: 5 })).map(([bytes, edits]) => {
    let file = Buffer.from(bytes);
    for (const { at, how, byte, word, length } of edits) {
      if (file.length === 0) break;
      const place = at % file.length;
      if (how === 'set') file[place] = byte;
      else if (how === 'flip') file[place] ^= 1 << (byte % 8);
      else if (how === 'word' && file.length >= 4) file.writeUInt32LE(word, Math.min(place, file.length - 4));
      else if (how === 'insert')
        file = Buffer.concat([file.subarray(0, place), Buffer.alloc(length, byte), file.subarray(place)]);
      else if (how === 'remove')
        file = Buffer.concat([file.subarray(0, place), file.subarray(place + length)]);
      else file = file.subarray(0, place);
    }
    return file;
  });
}

/** A good text of which characters were changed, inserted or removed. */
export function damagedText(...good: string[]): Arbitrary<string> {
  return damagedBytes(...good.map(each => Buffer.from(each, 'latin1'))).map(bytes =>
    bytes.toString('latin1'),
  );
}

const GOOD_ADDRESSES = [
  'rtsp://user:pass@192.168.1.20:554/stream1?channel=1',
  'rtsps://[::1]:7441/key?enableSrtp',
  'http://10.0.0.8/flv?app=bcs&user={user}&password={password}',
  'http://homeassistant.local:8123/lovelace/0',
  '192.168.1.20:8554',
  'camera.local',
];

/** An address made of parts that addresses have, and of parts that they should not have. */
export const address: Arbitrary<string> = fc.oneof(
  damagedText(...GOOD_ADDRESSES),
  fc
    .array(
      fc.oneof(
        fc.constantFrom(
          'rtsp://',
          'rtsps://',
          'http://',
          'HTTPS://',
          'ftp://',
          '//',
          ':',
          '@',
          '/',
          '?',
          '#',
          '[',
          ']',
          '::1',
          '127.0.0.1',
          'camera.local',
          '192.168.1.20',
          ':554',
          ':99999',
          'user:pass',
          'p@ss:w/rd',
          '%',
          '%zz',
          '%40',
          '\\',
          ' ',
          '\n',
          '{user}',
          '{password}',
          'password=secret',
          '&',
          '=',
          '../',
        ),
        text,
      ),
      { maxLength: 12 },
    )
    .map(parts => parts.join('')),
);
