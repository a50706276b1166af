import assert from 'node:assert/strict';
import { folderOfTest } from './journals.js';
import { killRounds } from './killing.js';

describe('a journal whose process is killed', function () {
  this.timeout(60_000);
  const folder = folderOfTest();

  it('loses no entry but the cry in progress, and opens clean', async () => {
    const { noted, lost, unclean } = await killRounds(folder(), 8);
    assert(noted > 20, `only ${noted} entries were noted`);
    assert.deepEqual(lost, []);
    assert.equal(unclean, 0);
  });
});
