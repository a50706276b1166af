import { escapeText } from '../../pictures/escape.js';

/** Follows the reader's light or dark scheme. On a phone there is one column; wide tables scroll sideways under a shade. */
const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; --line: color-mix(in srgb, CanvasText 18%, Canvas); --soft: color-mix(in srgb, CanvasText 5%, Canvas); }
body { max-width: 72rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.6rem; line-height: 1.2; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 0.5rem; }
p { max-width: 46rem; }
.warning { border-left: 4px solid #d55e00; padding: 0.5rem 1rem; background: var(--soft); }
.scroll { overflow-x: auto; background: linear-gradient(to left, Canvas 50%, transparent) 100% / 2rem 100% no-repeat local, linear-gradient(to left, var(--line), transparent) 100% / 0.7rem 100% no-repeat scroll; }
table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
th, td { padding: 0.3rem 0.8rem 0.3rem 0; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); }
th { font-weight: 600; }
.text { text-align: left; white-space: normal; min-width: 7.5rem; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.2rem 1rem; font-size: 0.9rem; }
dt { opacity: 0.7; }
dd { margin: 0; overflow-wrap: anywhere; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 1rem; }
figure { margin: 0; border: 1px solid var(--line); border-radius: 0.5rem; padding: 0.75rem; min-width: 0; max-width: 40rem; }
figure svg { display: block; width: 100%; height: auto; }
figcaption { font-size: 0.85rem; overflow-wrap: anywhere; }
`;

/** A whole HTML page, readable on a phone and in the dark. @param body HTML */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeText(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeText(title)}</h1>
${body}
</body>
</html>
`;
}

/** A table with its head in the first row; all columns but the first `texts` are numbers. */
export function table([head, ...body]: readonly (readonly string[])[], texts = 1): string {
  const rowOf = (tag: string, row: readonly string[]): string => {
    const cells = row.map(
      (cell, i) => `<${tag}${i < texts ? ' class="text"' : ''}>${escapeText(cell)}</${tag}>`,
    );
    return `<tr>${cells.join('')}</tr>`;
  };
  const rows = body.map(row => rowOf('td', row)).join('\n');
  return `<div class="scroll"><table>\n<thead>${rowOf('th', head)}</thead>\n<tbody>${rows}</tbody>\n</table></div>`;
}

/** Facts in two columns, names and values. */
export function facts(entries: readonly (readonly [string, string])[]): string {
  return `<dl>${entries.map(([name, value]) => `<dt>${escapeText(name)}</dt><dd>${escapeText(value)}</dd>`).join('')}</dl>`;
}

/** Pictures side by side. @param pictures SVG of each, and a text below it */
export function figures(pictures: readonly { svg: string; caption?: string }[]): string {
  const all = pictures.map(
    ({ svg, caption }) =>
      `<figure>${svg}${caption === undefined ? '' : `<figcaption>${escapeText(caption)}</figcaption>`}</figure>`,
  );
  return `<div class="plots">${all.join('\n')}</div>`;
}
