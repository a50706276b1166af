import { readdirSync } from 'node:fs';
import path from 'node:path';

/** Whether a text holds a secret's mark, plain, percent-encoded (twice, too), in base 64 or in hex. */
export function reveals(text: string, mark: string): boolean {
  const decode = (encoded: string): string =>
    encoded.replace(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  // In base 64 it depends on where in three bytes the mark begins; the first and last digits hold what is beside it, too.
  const inBase64 = [0, 1, 2].map(before =>
    Buffer.from('\0'.repeat(before) + mark)
      .toString('base64')
      .slice(4, -4),
  );
  const spellings = [mark, Buffer.from(mark).toString('hex'), ...inBase64].map(s => s.toLowerCase());
  const texts = [text, decode(text), decode(decode(text))].map(t => t.toLowerCase());
  return texts.some(decoded => spellings.some(spelling => decoded.includes(spelling)));
}

/** The files in a folder and those below it. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter(entry => entry.isFile())
    .map(({ parentPath, name }) => path.join(parentPath, name));
}
