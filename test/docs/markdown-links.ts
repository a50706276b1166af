import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Whether a link leads to a file or folder below another and, in a page, to a heading. */
export function leadsTo(folder: string, link: string): boolean {
  const [file, heading = ''] = link.split('#');
  if (!existsSync(path.join(folder, file))) return false;
  return heading === '' || headings(readFileSync(path.join(folder, file), 'utf8')).includes(heading);
}

/** The anchors that GitHub gives the headings of a page. */
function headings(markdown: string): string[] {
  return [...markdown.replace(/^```[^]*?^```/gm, '').matchAll(/^#+ (.*)$/gm)].map(([, text]) =>
    text
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );
}
