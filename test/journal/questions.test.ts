import assert from 'node:assert/strict';
import { endOf, type CryEntry, type Entry } from '../../src/journal/entries.js';
import { exportedCsv } from '../../src/journal/export.js';
import { cryText, periodText, recordText, weekText, weeksText } from '../../src/journal/phrase.js';
import { cryOf, dayOf, nightOf, trackRecordOf, weekOf, weeksByHourOf } from '../../src/journal/questions.js';
import { REASONS, type Reason, type ReasonEstimate } from '../../src/values.js';
import { HOUR_MS, MINUTE_MS } from '../reason/cries.js';

const EVENING = new Date(2026, 0, 10, 20).getTime();

function cry(onset: number, minutes: number, rest: Partial<CryEntry> = {}): CryEntry {
  return {
    kind: 'cry',
    id: `cot@${onset}`,
    source: 'cot',
    onset,
    offset: onset + minutes * MINUTE_MS,
    onsetS: 0,
    durationS: 60 * minutes,
    peakScore: 0.9,
    meanScore: 0.8,
    intensity: 'cry',
    course: [{ atS: 0, intensity: 'cry' }],
    voice: { f0Hz: null, roughness: 0, balanceDb: 0 },
    ...rest,
  };
}

function said(label: Reason | 'unsure', likeliest: Reason): ReasonEstimate {
  const probabilities = Object.fromEntries(REASONS.map(one => [one, one === likeliest ? 0.5 : 0.1]));
  return { label, confidence: 0.5, probabilities } as unknown as ReasonEstimate;
}

describe('questions to a journal', () => {
  const at = (hours: number): number => EVENING + hours * HOUR_MS;
  const entries: Entry[] = [
    // In no order, as answers and edits leave them.
    cry(at(9), 6, { reason: said('unsure', 'tired'), answer: { reason: 'tired', at: at(10) } }),
    cry(at(1), 4, { reason: said('hungry', 'hungry'), answer: { reason: 'tired', at: at(2) } }),
    cry(at(-6), 30),
    cry(at(24), 2, { reason: said('hungry', 'hungry') }),
    { kind: 'fact', id: 'a', fact: { kind: 'feed', at: at(2) } },
    { kind: 'fact', id: 'b', fact: { kind: 'sleep', at: at(3) } },
    { kind: 'fact', id: 'c', fact: { kind: 'wake', at: at(5) } },
    { kind: 'fact', id: 'd', fact: { kind: 'sleep', at: at(-1) } },
  ];

  it('tells of the night that goes on, or else of the last one', () => {
    const night = nightOf(entries, at(4));
    assert.deepEqual(
      night.cries.map(({ onset }) => onset),
      [at(1), at(9)],
    );
    assert.deepEqual(night, nightOf(entries, at(16)));
    assert.notDeepEqual(night, nightOf(entries, at(23)));
    const { totals, sleeps } = night;
    assert.deepEqual(totals, {
      cries: 2,
      cryingS: 600,
      longestS: 360,
      quietS: 7 * 3600 + 56 * 60,
      intensities: { cry: 2 },
      reasons: { tired: 2 },
      feeds: 1,
      changes: 0,
    });
    assert.deepEqual(sleeps, [
      { from: at(-1), to: at(3) },
      { from: at(3), to: at(5) },
    ]);
    assert.equal(
      periodText(night),
      'Night to Sun 11 Jan: 2 cries, 10 min in all, the longest 6 min at 05:00. Reasons: tired 2. The longest quiet time was 7 h 56 min. 1 feed.',
    );
  });

  it('counts of a cry over midnight what lies in the day', () => {
    const over = [cry(new Date(2026, 0, 11).getTime() - MINUTE_MS, 3)];
    assert.equal(dayOf(over, EVENING).totals.cryingS, 60);
    assert.equal(dayOf(over, at(12)).totals.cryingS, 120);
  });

  it('compares a week with the one before', () => {
    const before = cry(at(-7 * 24), 84);
    const week = weekOf([...entries, before], at(24));
    assert.deepEqual(
      week.days.map(({ cries }) => cries),
      [0, 0, 0, 0, 0, 2, 2],
    );
    assert.equal(weekText(week), '5 Jan to 11 Jan: 4 cries, 42 min in all, 50 % less than the week before.');
  });

  it('finds the hours of crying, also where a cry goes over the hour', () => {
    const answer = weeksByHourOf([cry(at(0.75), 30), cry(at(-7 * 24), 60)], at(1));
    assert.equal(answer.weeks.length, 2);
    const [before, last] = answer.weeks;
    assert.equal(before.minutes[20], 60);
    assert.deepEqual([last.minutes[20], last.minutes[21]], [15, 15]);
    assert.equal(
      weeksText(answer),
      'This week 30 min of crying a day. Week of 28 Dec: 1 h a day. Most between 20:00 and 21:00.',
    );
  });

  it('counts how often the likeliest reason was right, and the commonest answer before', () => {
    const record = trackRecordOf(entries);
    assert.deepEqual([record.answers, record.right, record.commonestRight], [2, 1, 1]);
    assert.match(recordText(record), /right in 1 of 2 answered cries \(50 %\).* in 1 \(50 %\)/);
  });

  it('tells of one cry, or of the newest', () => {
    assert.equal(cryText(cryOf(entries)!), 'Sun 11 Jan at 20:00: cried for 2 min. Maybe hungry (50 %).');
    assert.equal(
      cryText(cryOf(entries, cry(at(9), 6).id)!),
      'Sun 11 Jan at 05:00: cried for 6 min. It was tired, you said.',
    );
    assert.equal(cryOf(entries, 'none'), undefined);
  });

  it('answers of an empty journal', () => {
    assert.equal(periodText(nightOf([], at(0))), 'Night to Sun 11 Jan: no cry was noted.');
    assert.match(weekText(weekOf([], at(0))), /0 cries, 0 s in all/);
    assert.equal(weeksText(weeksByHourOf([], at(0))), 'No crying is known of.');
    assert.match(recordText(trackRecordOf([])), /No cry was answered yet/);
    assert.equal(cryOf([]), undefined);
  });

  it('exports a table that no spreadsheet takes for formulas', () => {
    const hostile = cry(at(0), 1, { id: 'a"b,c', source: '=cmd()' });
    const [header, row, ...rest] = exportedCsv([hostile]).split('\r\n');
    assert.deepEqual(rest, ['']);
    const cells = row.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/);
    assert.equal(cells.length, header.split(',').length);
    assert.equal(cells[1], '"a""b,c"');
    assert.equal(cells[header.split(',').indexOf('source')], "'=cmd()");
    assert.equal(cells[3], new Date(endOf(hostile)).toISOString());
  });
});
