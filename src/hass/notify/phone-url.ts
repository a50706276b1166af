import { encodePart } from '../../encode-part.js';

/** Where folders of Home Assistant are, as it and its add-ons see them, and the URL of what lies in them. */
const FOLDERS: readonly [RegExp, string][] = [
  [/^\/(?:config|homeassistant)\/www\//, '/local/'],
  [/^\/media\/(?!local\/)/, '/media/local/'],
];
/** What the companion apps open as it is: relative to Home Assistant, or anywhere else. */
const URL_START = /^(?:https?:\/\/|\/(?:local|media\/local|api)\/)/;

/** What a phone can show of a file or URL; undefined of a file that Home Assistant does not give out. */
export function phoneUrl(fileOrUrl: string | undefined): string | undefined {
  if (fileOrUrl === undefined || URL_START.test(fileOrUrl)) return fileOrUrl;
  const [folder, url] = FOLDERS.find(([pattern]) => pattern.test(fileOrUrl)) ?? [];
  if (folder === undefined || url === undefined) return undefined;
  return url + fileOrUrl.replace(folder, '').split('/').map(encodePart).join('/');
}
