import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { claimDevice, type ClaimedDevice, deviceIdOf } from '../../../src/hass/device/device-id.js';

describe('The id of a device', () => {
  let folder: string;
  const claimed: ClaimedDevice[] = [];
  /** The nodes of the flow. */
  const nodes = new Set<string>();

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-'));
    nodes.clear();
  });
  afterEach(() => {
    releaseAll();
    rmSync(folder, { recursive: true });
  });

  function claim(node: string, name: string): string {
    nodes.add(node);
    const device = claimDevice(folder, { id: node, name }, id => nodes.has(id));
    claimed.push(device);
    writeFileSync(device.file, JSON.stringify({ version: 2, content: { node } }));
    return device.id;
  }

  function releaseAll(): void {
    for (const { release } of claimed.splice(0)) release();
  }

  it('stays the same when its node starts again without having let it go, as after an error', () => {
    assert.equal(claim('n1', 'Mia'), 'mia');
    assert.equal(claim('n1', 'Mia'), 'mia');
    assert.equal(claim('n2', 'Mia'), 'mia_2');
  });

  it('is made of its name, of letters that topics and files take', () => {
    const names = ['Mia', 'Jürgen', "St. John's #1 / +", '小明', '小红', '👶', '', ' _-_ '];
    assert.deepEqual(names.map(deviceIdOf), [
      'mia',
      'jurgen',
      'st_john_s_1',
      'u5c0f_u660e',
      'u5c0f_u7ea2',
      'baby',
      'baby',
      'baby',
    ]);
    assert.match(deviceIdOf('x'.repeat(500)), /^x{60}$/);
  });

  it('stays with a node that gets another name', () => {
    assert.equal(claim('n1', 'Baby'), 'baby');
    releaseAll();
    assert.equal(claim('n1', 'Mia'), 'baby');
  });

  it('goes to the node of a flow that was imported anew', () => {
    assert.equal(claim('n1', 'Mia'), 'mia');
    releaseAll();
    nodes.clear();
    assert.equal(claim('a.b+c#', 'Mia'), 'mia');
  });

  it('is one of its own where another node has the same name', () => {
    assert.deepEqual([claim('n1', 'Baby'), claim('n2', 'Baby')], ['baby', 'baby_2']);
    releaseAll();
    // In whichever order they start.
    assert.deepEqual([claim('n2', 'Baby'), claim('n1', 'Baby')], ['baby_2', 'baby']);
    releaseAll();
    // Another one that is in the flow but does not run.
    assert.equal(claim('n3', 'Baby'), 'baby_3');
  });

  it('stays what it was in DeepInfant 0.1', () => {
    writeFileSync(path.join(folder, 'night-f00.json'), '{}');
    assert.equal(claim('f00', 'Mia'), 'f00');
    assert(!existsSync(path.join(folder, 'night-f00.json')));
    releaseAll();
    assert.equal(claim('f00', 'Leo'), 'f00');
  });

  it('does not depend on damaged files', () => {
    writeFileSync(path.join(folder, 'device-mia.json'), '{ damaged');
    assert.equal(claim('n1', 'Mia'), 'mia');
  });
});
