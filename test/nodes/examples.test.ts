import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { cryAt, MINUTE_MS } from '../reason/cries.js';
import { needTools } from '../tools.js';
import { editorDefinition, exampleFlows, NODE_TYPES, type NodeType } from './editor.js';
import { checkExamplesAt, HOURS } from './example-hours.js';
import { NodeRedProcess } from './node-red-process.js';

/** Node-RED's own types that the examples use. */
const CORE_TYPES =
  'tab,group,comment,inject,link in,link out,debug,complete,catch,switch,change,rbe,http in,http response,mqtt-broker,mqtt in,mqtt out'.split(
    ',',
  );

/** Of a button at a node's side, in pixels. */
const BUTTON_WIDTH = 26;
/** What Node-RED 5 leaves between its sidebars on a screen of 1280 pixels. */
const CANVAS_WIDTH = 763;

describe('examples', () => {
  const flows = exampleFlows();

  it('show every node', () => {
    const shown = new Set([...flows.values()].flat().map(({ type }) => type));
    for (const type of NODE_TYPES) assert(shown.has(type), type);
  });

  it('are all that their folder holds, which Node-RED shows under Import as it is', () => {
    const names = readdirSync(path.join(PACKAGE_ROOT, 'examples'));
    assert.deepEqual(names, [...flows.keys()]);
  });

  it('have ids of their own, so that all can be imported', () => {
    const ids = [...flows.values()].flat().map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
  });

  it('notify once of a cry that is likely hunger, and take the answer back', async function () {
    this.timeout(60_000);
    const nodes = flows.get('4 - Notify when hungry.json')!;
    const [reason] = nodes.filter(({ type }) => type === 'deepinfant-reason');
    const button = (name: string): string => nodes.find(node => node.name === name)!.id;
    const cries = [
      {
        id: 'cries',
        type: 'http in',
        url: '/cries',
        method: 'post',
        z: reason.z,
        wires: [[reason.id, 'taken']],
      },
      { id: 'taken', type: 'http response', z: reason.z },
    ];
    const toConsole = nodes.map(node => (node.type === 'debug' ? { ...node, console: true } : node));

    const userDir = mkdtempSync(path.join(tmpdir(), 'deepinfant-'));
    writeFileSync(path.join(userDir, 'flows.json'), JSON.stringify([...toConsole, ...cries]));
    const nodeRed = new NodeRedProcess(userDir);
    try {
      await nodeRed.start();
      const post = (path: string, body: object = {}): Promise<Response> =>
        fetch(nodeRed.url + path, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
          signal: AbortSignal.timeout(10_000),
        });
      // What the flow reports when it starts makes hunger likely, whatever the hour.
      for (const fact of ['feed', 'wake', 'change']) await nodeRed.until(new RegExp(`noted: ${fact}`));
      const cry = cryAt(Date.now());
      for (const state of ['started', 'ongoing']) await post('cries', { ...cry, state });
      await post(`inject/${button('it was hunger')}`);
      await nodeRed.until(/counted\. The likeliest reason was right/);
      await post(`inject/${button('take the answer back')}`);
      await nodeRed.until(/\[debug:outcome\]\s+withdrawn/);
      await post(`inject/${button('fed just now')}`);
      await post('cries', cryAt(Date.now() + MINUTE_MS));
      assert.equal(nodeRed.output.match(/\[debug:notification\]/g)?.length, 1, nodeRed.output);
    } finally {
      await nodeRed.stop();
      rmSync(userDir, { recursive: true });
    }
  });

  for (const [hour, minute] of HOURS) {
    it(`show what they are to show at ${hour}:${String(minute).padStart(2, '0')}`, async function () {
      needTools(this, 'mosquitto');
      this.timeout(60_000);
      await checkExamplesAt([hour, minute]);
    });
  }

  for (const [name, nodes] of flows) {
    it(`${name} fits a screen of 1280 by 800 pixels`, () => {
      for (const { id, x = 0, y = 0, w = 0, h = 0 } of nodes as { id: string; [size: string]: unknown }[]) {
        assert.ok(Number(x) + Number(w) <= CANVAS_WIDTH, `${id} ends at ${Number(x) + Number(w)}`);
        assert.ok(Number(y) + Number(h) <= 670, `${id} ends at ${Number(y) + Number(h)}`);
      }
    });

    it(`${name} has its buttons in sight beside the sidebar of Node-RED 5`, () => {
      for (const { id, type, x, name: text = '' } of nodes as {
        id: string;
        type: string;
        [key: string]: unknown;
      }[])
        if (type === 'debug') {
          const width = Math.max(100, 20 * Math.ceil((7.6 * String(text).length + 57) / 20));
          const end = Number(x) + width / 2 + BUTTON_WIDTH;
          assert.ok(end <= CANVAS_WIDTH, `the button of ${id} ends at ${end}`);
        }
    });

    it(`${name} is wired and set up with what exists`, () => {
      const ids = new Set(nodes.map(({ id }) => id));
      for (const { id, type, z, g, wires, x, y, ...settings } of nodes) {
        const targets = (wires as string[][] | undefined)?.flat() ?? [];
        const links = (settings.links as string[] | undefined) ?? [];
        for (const target of [...targets, ...links]) assert(ids.has(target), `${id} is wired to ${target}`);
        assert(z === undefined || ids.has(z as string), `${id} lies on no flow`);
        assert(g === undefined || ids.has(g as string), `${id} lies in no group`);
        assert.equal(typeof x, typeof y);
        if (CORE_TYPES.includes(type)) continue;
        const { defaults } = editorDefinition(type as NodeType);
        assert.deepEqual(Object.keys(settings).sort(), Object.keys(defaults).sort(), id);
      }
    });
  }
});
