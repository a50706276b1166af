import assert from 'node:assert/strict';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { editorUrl } from '../../nodes/deepinfant-entities/editor-url.js';
import { ENTITIES_SETTINGS } from '../../nodes/deepinfant-entities/settings.js';
import { readSettings } from '../../nodes/settings.js';
import { idsOfTypes, wiredPreset } from '../../nodes/flow-nodes.js';

describe('The entities node', () => {
  const read = (settings: object): { prefix: string; birthTopic: string } =>
    readSettings(ENTITIES_SETTINGS, { id: 'e', type: 'deepinfant-entities', ...settings } as NodeDef);

  it("takes Home Assistant's own topics unless it is told others", () => {
    const { prefix, birthTopic } = read({ prefix: '', birthTopic: ' ' });
    assert.deepEqual([prefix, birthTopic], ['homeassistant', 'homeassistant/status']);
    const other = read({ prefix: '/ha/discovery/', birthTopic: 'ha/status' });
    assert.deepEqual([other.prefix, other.birthTopic], ['ha/discovery', 'ha/status']);
    for (const prefix of ['ha/#', 'ha/+/x'])
      assert.throws(() => read({ prefix }), {
        code: 'invalid',
        message: /prefix is 'ha\/.*a topic without \+ and #/,
      });
  });

  it("links to Node-RED's editor, as Home Assistant reaches it", () => {
    const urlOf = (settings: object, env: NodeJS.ProcessEnv = {}): string => {
      const server = { address: () => ({ port: 1880 }) };
      return editorUrl({ settings, server } as unknown as NodeAPI, env);
    };
    assert.equal(urlOf({ uiHost: '192.168.1.5', httpAdminRoot: '/red/' }), 'http://192.168.1.5:1880/red/');
    assert.equal(urlOf({ uiHost: 'fd00::5', https: {} }), 'https://[fd00::5]:1880/');
    assert.equal(urlOf({}, { SUPERVISOR_TOKEN: 'x' }), 'homeassistant://hassio/ingress/a0d7b954_nodered');
    assert.match(urlOf({ uiHost: '192.168.1.5', httpAdminRoot: false }), /^https:\/\/github\.com\//);
    assert.match(urlOf({ uiHost: '0.0.0.0' }), /^https?:\/\//);
  });

  it('knows what the detector behind it is set to, also over link nodes and junctions', () => {
    const flow: { id: string; type: string; [setting: string]: unknown }[] = [
      { id: 'careful', type: 'deepinfant-detector', preset: 'careful' },
      { id: 'sensitive', type: 'deepinfant-detector', preset: 'sensitive' },
      { id: 'junction', type: 'junction', wires: [['out']] },
      { id: 'out', type: 'link out', links: ['gone', 'in'], wires: [] },
      // Linked in a circle, as a mistake may be.
      { id: 'in', type: 'link in', links: ['out'], wires: [['junction', 'sensitive']] },
      { id: 'function', type: 'function', wires: [['sensitive']] },
    ];
    const RED = {
      nodes: {
        eachNode: (each: (config: object) => void) => {
          for (const config of flow) each(config);
        },
        getNode: (id: string) => flow.find(config => config.id === id) ?? null,
      },
    } as unknown as NodeAPI;
    const presetBehind = (...ids: string[]): string =>
      wiredPreset(RED, { wires: [['careful'], ids] } as unknown as Node, 1);
    assert.equal(presetBehind('sensitive'), 'sensitive');
    assert.equal(presetBehind('junction'), 'sensitive');
    assert.equal(presetBehind('out'), 'sensitive');
    // They differ, so none is right for all.
    assert.equal(presetBehind('function'), 'balanced');
    flow.shift();
    assert.equal(presetBehind('function'), 'sensitive');
  });

  it('knows the ids of nodes in subflows, so that nobody else takes their devices', () => {
    const flow: { id: string; type: string; z?: string }[] = [
      { id: 'mia', type: 'deepinfant-entities', z: 'tab' },
      { id: 'tab', type: 'tab' },
      { id: 'inner', type: 'subflow' },
      { id: 'leo', type: 'deepinfant-entities', z: 'inner' },
      { id: 'outer', type: 'subflow' },
      { id: 'a', type: 'subflow:inner', z: 'outer' },
      { id: 'b', type: 'subflow:inner', z: 'tab' },
      { id: 'c', type: 'subflow:outer', z: 'tab' },
    ];
    const RED = { nodes: { eachNode: flow.forEach.bind(flow) } } as unknown as NodeAPI;
    assert.deepEqual(idsOfTypes(RED, ['deepinfant-entities']), ['mia', 'c-a-leo', 'b-leo']);
  });
});
