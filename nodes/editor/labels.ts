/** Labels of nodes and their ports, as a node's definition takes them. */
import { translate } from './translate.js';

type Key = Parameters<typeof translate>[0];

interface Labelled {
  name?: string;
}

/** A node's label: its name, or else the text of a key. */
export function labelOrName(key: Key): (this: Labelled) => string {
  return function () {
    return this.name || translate(key);
  };
}

/** What a node is called in the palette, whose filter looks for it. */
export function paletteLabelOf(key: Key): () => string {
  return () => translate(key);
}

/** A name that somebody chose is set in italics, as with Node-RED's own nodes. */
export function labelStyle(this: Labelled): string {
  return this.name ? 'node_label_italic' : '';
}

/** Labels of the ports, one key a port. */
export function portLabels(...keys: Key[]): (port: number) => string {
  return port => translate(keys[port]);
}
