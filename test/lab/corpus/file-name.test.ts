import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseCsv } from '../../../src/files/csv.js';
import { parseFileName, unknownCodes } from '../../../src/lab/corpus/file-name.js';
import { PACKAGE_ROOT } from '../../../src/package-root.js';

const ANDROID = '0c8f14a9-6999-485b-97a2-913c1cbf099c-1431028888092-1.7-m-26-sc.3gp';
const named = (file: string): NonNullable<ReturnType<typeof parseFileName>> => {
  const name = parseFileName(file);
  assert.ok(name, file);
  return name;
};
const tagged = (gender: string, age: string, reason: string): ReturnType<typeof named> =>
  named(ANDROID.replace('m-26-sc', `${gender}-${age}-${reason}`));

describe('parseFileName', () => {
  it('reads iOS names, whose time is in seconds', () => {
    assert.deepEqual(parseFileName('0D1AD73E-4C5E-45F3-85C4-9A3CB71E8856-1430742197-1.0-m-04-hu.caf'), {
      instance: '0d1ad73e-4c5e-45f3-85c4-9a3cb71e8856',
      // The time that the corpus's README gives for this very name.
      recordedAt: Date.parse('2015-05-04T12:23:17Z'),
      version: '1.0',
      platform: 'ios',
      gender: { code: 'm', meaning: 'male' },
      age: { code: '04', meaning: '0 to 4 weeks' },
      reason: { code: 'hu', meaning: 'hungry' },
    });
  });

  it('reads Android names, whose time is in milliseconds', () => {
    assert.deepEqual(parseFileName(ANDROID), {
      instance: '0c8f14a9-6999-485b-97a2-913c1cbf099c',
      recordedAt: Date.parse('2015-05-07T20:01:28.092Z'),
      version: '1.7',
      platform: 'android',
      gender: { code: 'm', meaning: 'male' },
      age: { code: '26', meaning: '2 to 6 months' },
      reason: { code: 'sc', meaning: 'scared' },
    });
  });

  it('knows every code of the convention', () => {
    assert.deepEqual(
      ['m', 'f'].map(code => tagged(code, '04', 'hu').gender.meaning),
      ['male', 'female'],
    );
    assert.deepEqual(
      ['04', '48', '26', '72', '22'].map(code => tagged('m', code, 'hu').age.meaning),
      ['0 to 4 weeks', '4 to 8 weeks', '2 to 6 months', '7 months to 2 years', 'more than 2 years'],
    );
    assert.deepEqual(
      ['hu', 'bu', 'bp', 'dc', 'ti', 'lo', 'ch', 'sc', 'dk'].map(
        code => tagged('m', '04', code).reason.meaning,
      ),
      ['hungry', 'burping', 'belly_pain', 'discomfort', 'tired', 'lonely', 'cold_hot', 'scared', 'unknown'],
    );
  });

  it('reads the same from any extension, case and folder', () => {
    for (const file of [
      ANDROID.replace('3gp', 'wav'),
      ANDROID.replace('3gp', 'flac'),
      `/a corpus/hungry-m-04/${ANDROID}`,
      `C:\\corpus\\${ANDROID}`,
    ])
      assert.deepEqual(parseFileName(file), parseFileName(ANDROID), file);
    const shouted = named(ANDROID.toUpperCase());
    assert.equal(shouted.instance, named(ANDROID).instance);
    assert.equal(shouted.reason.meaning, 'scared');
  });

  it("reads the names of copies, which tell the platform, and of two early uploads with the recording's UUID", () => {
    const { platform, recordedAt, version, reason } = named(
      'ios_0d1ad73e-4c5e-45f3-85c4-9a3cb71e8856_1430742197000_m_04_hu.flac',
    );
    assert.deepEqual([platform, recordedAt, version, reason.code], ['ios', 1430742197000, '', 'hu']);
    const early = named(
      'CF7F6316-019B-4B3C-9EE1-A62EB5F1D0EE-1426957748.47029-1-0911C8F7-99D0-4A44-BC34-894BA5D83032-f-26-ti.caf.caf',
    );
    assert.deepEqual(
      [early.instance, early.recordedAt, early.version, early.reason.meaning],
      ['cf7f6316-019b-4b3c-9ee1-a62eb5f1d0ee', 1426957748470, '1', 'tired'],
    );
  });

  it('keeps codes that it does not know', () => {
    const { gender, age, reason } = tagged('X', '99', 'constructor');
    assert.deepEqual(gender, { code: 'X', meaning: undefined });
    assert.deepEqual(age, { code: '99', meaning: undefined });
    assert.deepEqual(reason, { code: 'constructor', meaning: undefined });
  });

  it('does not take other names for names of the corpus', () => {
    for (const file of [
      'crying at night.wav',
      '1-187207-A-20.flac',
      ANDROID.replace('-sc', ''),
      ANDROID.replace('-sc', '-sc-louder'),
      ANDROID.replace('1431028888092', '143102888'),
      `copy of ${ANDROID}`,
      `${ANDROID}/recording.wav`,
    ])
      assert.equal(parseFileName(file), undefined, file);
  });
});

describe('the names of the real corpus', () => {
  const manifest = path.join(
    process.env.DEEPINFANT_DATA ?? path.join(PACKAGE_ROOT, '..', 'shared', 'data'),
    'manifest.csv',
  );

  it('all tell what its manifest says', async function () {
    if (!existsSync(manifest)) {
      console.log(`      skipped: no ${manifest}; name a corpus's folder with DEEPINFANT_DATA`);
      this.skip();
    }
    const columns = ['path', 'source', 'instance_uuid', 'gender', 'age', 'reason'] as const;
    const rows = parseCsv(await readFile(manifest, 'utf8'), columns).filter(
      row => row.source === 'donateacry',
    );
    assert.ok(rows.length > 0);
    const names = rows.map(row => named(row.path));
    names.forEach(({ instance, gender, age, reason }, i) => {
      const row = rows[i];
      assert.deepEqual([instance, gender.code, age.code], [row.instance_uuid, row.gender, row.age], row.path);
      if (row.reason) assert.equal(reason.meaning, row.reason, row.path);
    });
    assert.deepEqual(unknownCodes(names), new Map());
  });
});

describe('unknownCodes', () => {
  it('counts each unknown code by its kind, and no known one', () => {
    assert.deepEqual(
      [...unknownCodes([tagged('m', '04', 'zz'), tagged('zz', '04', 'zz'), tagged('f', '22', 'dk')])],
      [
        ["reason 'zz'", 2],
        ["gender 'zz'", 1],
      ],
    );
  });
});
