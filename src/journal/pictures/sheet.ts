import { element, path, rect, round, svg, text } from '../../pictures/svg.js';

/** Width of every picture: a phone's. */
export const WIDTH = 390;
/** Left and right of what is drawn. */
export const MARGIN = 16;

/**
 * Colours by their roles, for light and for dark ground. Of the kinds of things only shape and place tell them apart, never
 * colour alone; the strength of crying is one hue from faint to strong, which the colour-blind see as lightness.
 */
const STYLE = `
svg{--ground:#fff;--ink:#1c1f24;--faint:#5c6470;--line:#d9dde3;--sleep:#7b8fa6;--some:#9cc3ea;--fuss:#528ccb;--cry:#2368b4;--scream:#0a3566;--fact:#a34d00;--quiet:#eef1f5;background:var(--ground)}
@media(prefers-color-scheme:dark){svg{--ground:#15181d;--ink:#f1f3f5;--faint:#a4adb8;--line:#363c45;--sleep:#60758f;--some:#2f5f8f;--fuss:#4a86c4;--cry:#7fbaf2;--scream:#d6eaff;--fact:#ffb066;--quiet:#1f242b}}
text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;font-size:13px;fill:var(--ink)}
.title{font-size:14px;fill:var(--faint)}.big{font-size:21px;font-weight:650}.faint{fill:var(--faint)}.small{font-size:12px;fill:var(--faint)}
.line{stroke:var(--line);fill:none}.mid{text-anchor:middle}.end{text-anchor:end}
.ground{fill:var(--ground)}.quiet{fill:var(--quiet)}.sleep{fill:var(--sleep)}.fact{fill:var(--fact)}
.fuss{fill:var(--fuss)}.cry{fill:var(--cry)}.scream{fill:var(--scream)}.unheard{fill:url(#unheard)}
`.replaceAll('\n', '');

/** Diagonal lines, so that a time without listening does not look quiet. */
export const HATCH = element(
  'defs',
  {},
  element(
    'pattern',
    { id: 'unheard', width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
    path('M0 0V6', { stroke: 'var(--faint)', 'stroke-width': 2.4 }),
  ),
);

/** A whole picture, fit for a file of its own. @param label what a screen reader says of it */
export function picture(height: number, label: string, parts: readonly string[]): string {
  return svg(
    WIDTH,
    height,
    { width: WIDTH, height: round(height), role: 'img', 'aria-label': label },
    element('style', {}, STYLE),
    rect(0, 0, WIDTH, height, { class: 'ground' }),
    ...parts,
  );
}

/** What a picture shows, and the one thing to know of it. */
export function heading(title: string, big: string, ...more: string[]): string {
  return [
    text(MARGIN, 26, title, { class: 'title' }),
    text(MARGIN, 54, big, { class: 'big' }),
    ...more.map((line, i) => text(MARGIN, 76 + 18 * i, line, { class: 'faint' })),
  ].join('');
}
