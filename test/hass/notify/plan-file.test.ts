import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { PlanState } from '../../../src/hass/notify/notification-plan.js';
import { PlanFile } from '../../../src/hass/notify/plan-file.js';

const PHONE = { shown: 'tapped', sentAt: 1, page: 0, wasCritical: false };
const CRY = { id: 'cot@1', state: 'ended', durationS: 3, intensity: 'cry' } as const;

describe('PlanFile', () => {
  let folder: string;
  let file: string;
  const reported: string[] = [];
  const open = (): PlanFile =>
    new PlanFile(file, error => {
      reported.push(String(error));
    });

  beforeEach(() => {
    reported.length = 0;
    folder = mkdtempSync(path.join(tmpdir(), 'deepinfant-'));
    file = path.join(folder, 'notifications.json');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('gives what was saved', async () => {
    const state: PlanState = {
      alerts: [
        {
          cry: CRY,
          answer: { cry: CRY.id, reason: 'tired', at: 7, by: 'Anna' },
          at: 5,
          notifiedAt: 2,
          phones: new Map([['notify.anna', PHONE]]),
        },
      ],
      snoozed: new Map([['notify.ben', 9]]),
    };
    const first = open();
    assert.equal(first.open(), undefined);
    await first.save(() => state);
    await first.close();
    assert.deepEqual(open().open(), state);
    assert.deepEqual(reported, []);
  });

  it('reads what DeepInfant 0.1 kept', () => {
    const old = {
      episodes: [{ cry: CRY, answer: { reason: 'tired', by: '' }, at: 5, phones: [['notify.anna', PHONE]] }],
      snoozed: {},
    };
    writeFileSync(file, JSON.stringify(old));
    const { alerts } = open().open()!;
    assert.deepEqual(alerts[0].answer, { cry: CRY.id, reason: 'tired', at: 5 });
    assert.deepEqual([...alerts[0].phones.keys()], ['notify.anna']);
    assert.deepEqual(reported, []);
  });

  it('sets a file aside that is not one of notifications', () => {
    writeFileSync(file, '{"episodes": [{"cry": {}}], "snoozed": {}}');
    assert.equal(open().open(), undefined);
    assert.match(reported[0], /notifications: episodes\.0\.cry\.id is missing; .* is kept as /);
  });

  it('leaves a file alone that a newer version wrote', async () => {
    const newer = '{"version":2,"sha256":"","content":{}}';
    writeFileSync(file, newer);
    const opened = open();
    assert.equal(opened.open(), undefined);
    await opened.save(() => ({ alerts: [], snoozed: new Map() }));
    await opened.close();
    assert.equal(readFileSync(file, 'utf8'), newer);
    assert.match(reported.join('\n'), /newer version of DeepInfant/);
  });
});
