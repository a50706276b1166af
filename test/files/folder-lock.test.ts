import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FolderLock } from '../../src/files/folder-lock.js';
import { until } from '../until.js';

const LOCKED = { code: 'locked', message: /^The journal in .* is in use by / };

describe('a lock on a folder', () => {
  let folder: string;
  const file = (): string => path.join(folder, 'a.lock');
  const lock = (): FolderLock => new FolderLock(folder, 'a.lock', 'The journal');
  /** Leaves a lock as this process would, with something else in it. */
  const leave = (change: object, ageS = 0): void => {
    const holder = lock();
    holder.open();
    const text = JSON.stringify({ ...(JSON.parse(readFileSync(file(), 'utf8')) as object), ...change });
    holder.close();
    writeFileSync(file(), text);
    const time = Date.now() / 1000 - ageS;
    utimesSync(file(), time, time);
  };

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('is held by one until it is given back', () => {
    const [first, second] = [lock(), lock()];
    first.open();
    first.open();
    assert.throws(() => {
      second.open();
    }, LOCKED);
    second.close();
    assert(existsSync(file()));
    assert.equal(statSync(file()).mode & 0o777, 0o600);
    first.close();
    second.open();
    second.close();
    assert(!existsSync(file()));
  });

  it('is taken again where its file was deleted', () => {
    const [first, second] = [lock(), lock()];
    first.open();
    rmSync(file());
    first.open();
    assert.throws(() => {
      second.open();
    }, LOCKED);
    first.close();
  });

  it('is held by another process until that is killed', async () => {
    const code = `
      const { FolderLock } = require(${JSON.stringify(require.resolve('../../src/files/folder-lock.js'))});
      new FolderLock(${JSON.stringify(folder)}, 'a.lock', 'The journal').open();
      console.log('open');
      setInterval(() => undefined, 1000);
    `;
    const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    assert.throws(
      () => {
        lock().open();
      },
      { ...LOCKED, message: new RegExp(`in use by process ${child.pid} on `) },
    );
    child.kill('SIGKILL');
    await once(child, 'close');
    const own = lock();
    own.open();
    own.close();
  });

  const dead: [name: string, change: object, ageS?: number][] = [
    ['whose process id is another process now', { pid: 1 }],
    ['from before the machine restarted', { boot: 'another' }],
    ['of a container that is gone for minutes', { processes: 'another' }, 300],
    ['of another machine that is gone for minutes', { host: 'another' }, 300],
  ];
  for (const [name, change, ageS] of dead)
    it(`is taken from a holder ${name}`, () => {
      leave(change, ageS);
      const own = lock();
      own.open();
      own.close();
    });

  it('is not taken from a container or machine that may be alive', () => {
    for (const change of [{ processes: 'another' }, { host: 'another', boot: 'another' }]) {
      leave(change, 60);
      assert.throws(() => {
        lock().open();
      }, LOCKED);
      rmSync(file());
    }
  });

  it('is taken from a container that touched it every moment and no longer does, whatever its clock says', async () => {
    leave({ processes: 'another', touchMs: 40 }, -60);
    const own = lock();
    const attempt = (): void => {
      own.open();
    };
    for (let i = 1; i <= 10; i++) {
      utimesSync(file(), i, Date.now() / 1000 + i);
      assert.throws(attempt, LOCKED);
    }
    await until(() => {
      try {
        attempt();
        return true;
      } catch {
        return false;
      }
    }, 'the lock');
    own.close();
  });

  it('is taken after as many of its own touches where a power cut left nothing in it', async () => {
    writeFileSync(file(), '');
    const own = new FolderLock(folder, 'a.lock', 'The room', { touchMs: 40 });
    await until(() => {
      try {
        own.open();
        return true;
      } catch {
        return false;
      }
    }, 'the lock');
    own.close();
  });

  it('says how often it is touched', () => {
    const own = new FolderLock(folder, 'a.lock', 'The room', { touchMs: 2000, advice: 'Wait.' });
    own.open();
    assert.equal((JSON.parse(readFileSync(file(), 'utf8')) as { touchMs: number }).touchMs, 2000);
    assert.throws(
      () => {
        new FolderLock(folder, 'a.lock', 'The room', { advice: 'Wait.' }).open();
      },
      { code: 'locked', message: /^The room in .* is in use by this process\. Wait\.$/ },
    );
    own.close();
  });

  it('is taken over some minutes after a power cut left nothing in it', () => {
    writeFileSync(file(), '');
    assert.throws(() => {
      lock().open();
    }, LOCKED);
    utimesSync(file(), 1000, 1000);
    const own = lock();
    own.open();
    own.close();
  });
});
