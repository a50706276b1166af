/** Runs of valid UTF-8 (RFC 3629), in bytes read as Latin 1. */
const UTF8 =
  /(?:[\x00-\x7f]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})+/g;

/** A byte that is not UTF-8, as `pathText` writes it. */
const STRAY = /[\udc80-\udcff]/u;

/**
 * The text of a path that may hold any bytes, as Linux allows. A byte that is not UTF-8 becomes a lone surrogate, U+DC80 to
 * U+DCFF, so that nothing is lost (PEP 383 calls it surrogateescape); when it is shown, it is a replacement character.
 */
export function pathText(bytes: Buffer): string {
  const latin = bytes.toString('latin1');
  let text = '';
  let end = 0;
  const addStray = (to: number): void => {
    for (const char of latin.slice(end, to)) text += String.fromCharCode(0xdc00 + char.charCodeAt(0));
  };
  for (const { 0: run, index } of latin.matchAll(UTF8)) {
    addStray(index);
    text += Buffer.from(run, 'latin1').toString();
    end = index + run.length;
  }
  addStray(latin.length);
  return text;
}

/** A path for the functions of node:fs: the text itself, or its bytes where it is the text of a path that is not UTF-8. */
export function systemPath(text: string): string | Buffer {
  if (!STRAY.test(text)) return text;
  return Buffer.concat(
    Array.from(text, char =>
      STRAY.test(char) ? Buffer.from([char.charCodeAt(0) - 0xdc00]) : Buffer.from(char),
    ),
  );
}

/** A path as it is shown to a person: on one line, with replacement characters for what cannot be shown. */
export function shownPath(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}]/gu, '\ufffd');
}
