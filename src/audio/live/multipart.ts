import { Readable } from 'node:stream';

/** A head that is longer is not one of a part. */
const MOST_HEAD_BYTES = 8192;
/** More than that is not between two parts. */
const MOST_BETWEEN_BYTES = 65_536;
/** So many parts that hold no sound show that none does. */
const MOST_OTHERS = 20;

/** The sound of a stream of many parts, one after another. */
export interface PartsSound {
  /** Content type of its parts. */
  type: string;
  body: Readable;
}

/**
 * The sound in a stream of parts that go on for ever, as some cameras send it, beside pictures or alone (RFC 2046, 5.1,
 * `multipart/x-mixed-replace`).
 * @param boundary as the stream's content type names it
 * @returns undefined where the first parts hold none
 */
export async function soundInParts(body: Readable, boundary: string): Promise<PartsSound | undefined> {
  const pieces = piecesOf(body, boundary);
  let others = 0;
  for (;;) {
    const { value } = await pieces.next();
    if (!value) return undefined;
    const { type, bytes } = value;
    if (isSound(type)) return { type, body: Readable.from(sound(bytes), { objectMode: false }) };
    if (value.isFirst && ++others > MOST_OTHERS) return undefined;
  }

  async function* sound(first: Buffer): AsyncGenerator<Buffer> {
    try {
      yield first;
      for await (const { type, bytes } of pieces) if (isSound(type)) yield bytes;
    } finally {
      body.destroy();
    }
  }
}

function isSound(type: string): boolean {
  return /^audio\//i.test(type);
}

/** A piece of a part's body, as it comes. */
interface Piece {
  type: string;
  bytes: Buffer;
  /** Whether its part begins with it. */
  isFirst: boolean;
}

async function* piecesOf(body: Readable, boundary: string): AsyncGenerator<Piece, undefined> {
  // Some write the dashes before it into the boundary, too.
  const mark = boundary.replace(/^-+/, '');
  let rest: Buffer = Buffer.alloc(0);
  /** The part that is being read, and how many bytes of it are left where it says so. */
  let part: { type: string; left: number | undefined; isFirst: boolean } | undefined;
  for await (const bytes of body as AsyncIterable<Buffer>) {
    rest = Buffer.concat([rest, bytes]);
    for (;;) {
      if (!part) {
        const head = headIn(rest, mark);
        if (!head && rest.length > MOST_HEAD_BYTES + MOST_BETWEEN_BYTES) return undefined;
        if (!head) break;
        rest = rest.subarray(head.end);
        part = { type: head.type, left: head.length, isFirst: true };
      }
      const { type, left, isFirst } = part;
      const next = left === undefined ? rest.indexOf(mark) : -1;
      const end = left ?? (next < 0 ? rest.length - mark.length - MOST_BEFORE_MARK : endBefore(rest, next));
      const piece = rest.subarray(0, Math.max(0, end));
      rest = rest.subarray(piece.length);
      if (piece.length > 0) {
        part.isFirst = false;
        yield { type, bytes: piece, isFirst };
      }
      if (left !== undefined) part.left = left - piece.length;
      const isWhole = left === undefined ? next >= 0 : part.left === 0;
      if (!isWhole) break;
      part = undefined;
    }
  }
  return undefined;
}

/** Bytes that may stand between a body's end and the mark: a line's end and dashes. */
const MOST_BEFORE_MARK = 8;

/** Where the body ends before the line of a mark. */
function endBefore(bytes: Buffer, mark: number): number {
  const before = bytes.toString('latin1', Math.max(0, mark - MOST_BEFORE_MARK), mark);
  return mark - /(\r?\n)?-*$/.exec(before)![0].length;
}

/** The next part's head, which begins at a mark; undefined where it is not whole yet. */
function headIn(
  bytes: Buffer,
  mark: string,
): { type: string; length: number | undefined; end: number } | undefined {
  const begin = bytes.indexOf(mark);
  if (begin < 0) return undefined;
  const text = bytes.toString('latin1', begin, begin + MOST_HEAD_BYTES);
  const [head] = /^.*?\r?\n\r?\n/s.exec(text) ?? [];
  if (head === undefined) return undefined;
  const [, length] = /^content-length:\s*(\d+)/im.exec(head) ?? [];
  return {
    type: /^content-type:\s*(.*?)\s*$/im.exec(head)?.[1] ?? '',
    length: length ? Number(length) : undefined,
    end: begin + head.length,
  };
}
