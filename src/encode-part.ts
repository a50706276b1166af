/**
 * Percent-encodes any text for a part of a URL, or for the name of a file. Halves of surrogate pairs, which have no encoding,
 * become U+FFFD.
 */
export function encodePart(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString());
}
