import assert from 'node:assert/strict';
import path from 'node:path';
import type { NodeAPI } from 'node-red';
import { dataFile, dataFolder } from '../../nodes/data-file.js';

const RED = { settings: { userDir: '/data' } } as NodeAPI;

describe('dataFile', () => {
  it('is named by what it holds and by the node', () => {
    assert.equal(dataFile(RED, 'home'), '/data/deepinfant/home.json');
    assert.equal(dataFile(RED, 'lights', 'c0ffee.12'), '/data/deepinfant/lights-c0ffee.12.json');
  });

  for (const id of ['../../escaped', '/etc/passwd', 'a/b\0c', '\ud800', '..'])
    it(`lies in its folder for the id ${JSON.stringify(id)}`, () => {
      assert.equal(path.dirname(dataFile(RED, 'lights', id)), dataFolder(RED));
    });
});
