import assert from 'node:assert/strict';
import { editorDefinition, exampleFlows, NODE_TYPES, type NodeType } from './editor.js';

/** Node-RED's own types that the examples use. */
const CORE_TYPES = ['tab', 'comment', 'inject', 'debug', 'complete', 'catch'];

describe('examples', () => {
  const flows = exampleFlows();

  it('show every node', () => {
    const shown = new Set([...flows.values()].flat().map(({ type }) => type));
    for (const type of NODE_TYPES) assert(shown.has(type), type);
  });

  it('have ids of their own, so that all can be imported', () => {
    const ids = [...flows.values()].flat().map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
  });

  for (const [name, nodes] of flows) {
    it(`${name} is wired and set up with what exists`, () => {
      const ids = new Set(nodes.map(({ id }) => id));
      for (const { id, type, z, wires, x, y, ...settings } of nodes) {
        const targets = (wires as string[][] | undefined)?.flat() ?? [];
        for (const target of targets) assert(ids.has(target), `${id} is wired to ${target}`);
        assert(z === undefined || ids.has(z as string), `${id} lies on no flow`);
        assert.equal(typeof x, typeof y);
        if (CORE_TYPES.includes(type)) continue;
        const { defaults } = editorDefinition(type as NodeType);
        assert.deepEqual(Object.keys(settings).sort(), Object.keys(defaults).sort(), id);
      }
    });
  }
});
