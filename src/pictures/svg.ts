import { escapeText } from './escape.js';

/** Attributes of an element by name; undefined ones are left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An element of SVG, its attributes escaped. @param content elements, or texts that are escaped already */
export function element(name: string, attributes: Attributes, ...content: readonly string[]): string {
  const written = Object.entries(attributes).map(([attribute, value]) =>
    value === undefined ? '' : ` ${attribute}="${escapeText(String(value))}"`,
  );
  const begin = `<${name}${written.join('')}`;
  return content.length === 0 ? `${begin}/>` : `${begin}>${content.join('')}</${name}>`;
}

/** A picture of some width and height, which is also fit for a file of its own. */
export function svg(
  width: number,
  height: number,
  attributes: Attributes,
  ...content: readonly string[]
): string {
  const viewBox = `0 0 ${round(width)} ${round(height)}`;
  return element('svg', { xmlns: 'http://www.w3.org/2000/svg', viewBox, ...attributes }, ...content);
}

/** A text that starts at x, unless an attribute says otherwise, on the baseline y; nothing for an empty one. */
export function text(x: number, y: number, words: string, attributes: Attributes = {}): string {
  return words && element('text', { x: round(x), y: round(y), ...attributes }, escapeText(words));
}

export function rect(
  x: number,
  y: number,
  width: number,
  height: number,
  attributes: Attributes = {},
): string {
  return element('rect', {
    x: round(x),
    y: round(y),
    width: round(width),
    height: round(height),
    ...attributes,
  });
}

export function circle(x: number, y: number, radius: number, attributes: Attributes = {}): string {
  return element('circle', { cx: round(x), cy: round(y), r: radius, ...attributes });
}

/** @param d commands of a path, their numbers rounded (see round) */
export function path(d: string, attributes: Attributes = {}): string {
  return element('path', { d, ...attributes });
}

/** A PNG, stretched to a rectangle. */
export function image(png: Uint8Array, x: number, y: number, width: number, height: number): string {
  const href = `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
  return element('image', {
    href,
    x: round(x),
    y: round(y),
    width: round(width),
    height: round(height),
    preserveAspectRatio: 'none',
  });
}

/** Elements with a tooltip, which a screen reader also reads. */
export function withTitle(words: string, ...content: readonly string[]): string {
  return element('g', {}, element('title', {}, escapeText(words)), ...content);
}

/** A length rounded to a tenth of a unit. */
export function round(length: number): number {
  return Math.round(10 * length) / 10;
}
