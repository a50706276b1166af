import assert from 'node:assert/strict';
import { ReasonEstimator } from '../../src/baby/estimator.js';
import { endOf, type CryEntry, type Entry } from '../../src/journal/entries.js';
import { exportCsv } from '../../src/journal/export.js';
import { cryText, periodText, recordText, weekText, weeksText } from '../../src/journal/sentences.js';
import { cryOf, dayOf, nightOf, reasonRecordOf, weekOf, weeksByHourOf } from '../../src/journal/questions.js';
import { timelinePicture } from '../../src/journal/pictures/timeline.js';
import { PERIOD_OF, readQuestion } from '../../src/journal/reply.js';
import { REASONS, type Reason, type ReasonEstimate } from '../../src/values.js';
import { cryAt, HOUR_MS, MINUTE_MS } from '../reason/cries.js';

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

function heard(from: number, to: number, source = 'cot'): Entry {
  return { kind: 'heard', id: `${source}@${from}`, source, from, to };
}

function told(kind: 'sleep' | 'wake', at: number): Entry {
  return { kind: 'fact', id: `${kind}@${at}`, fact: { kind, at } };
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
    told('sleep', at(3)),
    told('wake', at(5)),
    told('sleep', at(-1)),
    heard(at(-24), at(48)),
  ];
  const now = at(48);
  const textOf = (some: Entry[], time = now): string => periodText(nightOf(some, at(4), time));

  it('tells of the night that goes on, or else of the last one', () => {
    const night = nightOf(entries, at(4), now);
    assert.deepEqual(
      night.cries.map(({ onset }) => onset),
      [at(1), at(9)],
    );
    assert.deepEqual(night, nightOf(entries, at(16), now));
    assert.notDeepEqual(night, nightOf(entries, at(23), now));
    const { totals, sleeps } = night;
    assert.deepEqual(totals, {
      cries: 2,
      cryingS: 600,
      longestS: 360,
      heardS: 16 * 3600,
      quiet: { from: at(1) + 4 * MINUTE_MS, to: at(9) },
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
      'Night of 10–11 Jan: 2 cries, 10 min in total, the longest 6 min at 05:00. Reasons: tired 2. Longest quiet spell 7 h 56 min, from 21:04 to 05:00. 1 feed.',
    );
  });

  it('tells a quiet night from one that was not heard, or only partly', () => {
    const [from, to] = [at(-2), at(14)];
    const night = 'Night of 10–11 Jan: ';
    assert.equal(textOf([heard(from, to)]), `${night}no crying. Listening throughout.`);
    assert.equal(textOf([]), `${night}no cries noted. No record of when it was listening.`);
    assert.equal(textOf([heard(at(-9), at(-8))]), `${night}not listening.`);
    assert.equal(
      textOf([heard(from, from + 12 * MINUTE_MS)]),
      `${night}no crying in 12 min of listening. Not listening 18:12 to 10:00.`,
    );
    assert.match(
      textOf([cry(at(0), 1)]),
      /one cry of 1 min, at 20:00\. No record of when it was listening\.$/,
    );
  });

  it('knows nothing of what is to come', () => {
    const running = nightOf([heard(at(-2), at(6)), cry(at(1), 60), told('sleep', at(4))], at(4), at(6));
    assert.equal(running.until, at(6));
    assert.match(textOf([heard(at(-24), at(-23))], at(-23)), /: not listening\.$/);
    assert.deepEqual(running.gaps, []);
    assert.deepEqual(running.sleeps, [{ from: at(4), to: at(6) }]);
    assert.equal(running.totals.heardS, 8 * 3600);
    assert.deepEqual(running.totals.quiet, { from: at(2), to: at(6) });
  });

  it('takes a time for unheard where no source was heard', () => {
    const some = [heard(at(-2), at(14), 'cot'), heard(at(-2), at(1), 'bed'), heard(at(6), at(14), 'bed')];
    const { gaps, totals } = nightOf([...some, cry(at(3), 3)], at(4), now);
    assert.deepEqual(gaps, [{ source: 'bed', from: at(1), to: at(6) }]);
    assert.deepEqual(totals.quiet, { from: at(3.05), to: at(14) });
    const both = nightOf([...some.slice(1), heard(at(-2), at(2)), heard(at(5), at(14))], at(4), now);
    assert.deepEqual(both.gaps, [
      { from: at(2), to: at(5) },
      { source: 'bed', from: at(1), to: at(2) },
      { source: 'bed', from: at(5), to: at(6) },
    ]);
    assert.equal(both.totals.heardS, 13 * 3600);
  });

  it('sums up what a source lost again and again', () => {
    const often = Array.from({ length: 13 }, (_, i) => heard(at(-2 + 1.3 * i), at(-2 + 1.3 * i + 1.2)));
    assert.match(textOf(often), /\. Not listening 12 times, 1 h 12 min in total\.$/);
  });

  it('ends a sleep with the waking that was told, else after six hours', () => {
    const sleepsOf = (...some: Entry[]): number[][] =>
      nightOf(some, at(4), now).sleeps.map(({ from, to }) => [from, to]);
    assert.deepEqual(sleepsOf(told('sleep', at(-1)), told('wake', at(10.5))), [[at(-1), at(10.5)]]);
    assert.deepEqual(sleepsOf(told('sleep', at(-1))), [[at(-1), at(5)]]);
    assert.deepEqual(sleepsOf(told('sleep', at(-1)), told('sleep', at(13))), [
      [at(-1), at(5)],
      [at(13), at(14)],
    ]);
    // It began before the night, and ended after it.
    assert.deepEqual(sleepsOf(told('sleep', at(-9)), told('wake', at(15))), [[at(-2), at(14)]]);
  });

  it('counts of a cry over midnight what lies in the day', () => {
    const over = [cry(new Date(2026, 0, 11).getTime() - MINUTE_MS, 3)];
    assert.equal(dayOf(over, EVENING, now).totals.cryingS, 60);
    assert.equal(dayOf(over, at(12), now).totals.cryingS, 120);
  });

  it('compares a week with the one before', () => {
    const before = cry(at(-7 * 24), 84);
    const week = weekOf([...entries, before], at(24), now);
    assert.deepEqual(
      week.days.map(({ cries }) => cries),
      [0, 0, 0, 0, 0, 2, 2],
    );
    assert.equal(weekText(week), '5 Jan to 11 Jan: 4 cries, 42 min in total, 50% less than the week before.');
    const deaf = weekOf([cry(at(-7 * 24), 84), heard(at(-8 * 24), at(-7 * 24))], at(24), now);
    assert.equal(weekText(deaf), '5 Jan to 11 Jan: not listening.');
  });

  it('finds the hours of crying, also where a cry goes over the hour', () => {
    const answer = weeksByHourOf([cry(at(0.75), 30), cry(at(-7 * 24), 60)], at(1));
    assert.equal(answer.weeks.length, 2);
    const [before, last] = answer.weeks;
    assert.equal(before.minutes[20], 60);
    assert.deepEqual([last.minutes[20], last.minutes[21]], [15, 15]);
    assert.equal(
      weeksText(answer),
      'This week: 30 min of crying a day. Week of 28 Dec: 1 h a day. Most crying between 20:00 and 21:00.',
    );
    assert.equal(
      weeksText(weeksByHourOf([cry(at(-9 * 24), 60)], at(1))),
      'This week: not listening. Week of 28 Dec: 1 h a day. Most crying between 20:00 and 21:00.',
    );
    assert.equal(weeksText(weeksByHourOf([heard(at(-1), at(0))], at(1))), 'This week: no crying.');
  });

  it('counts how often the likeliest reason was right, and the commonest answer before', () => {
    const record = reasonRecordOf(entries);
    // One tired cry does not yet make tiredness commoner than hunger.
    assert.deepEqual([record.answers, record.right, record.commonestRight], [2, 1, 0]);
    assert.match(
      recordText(record),
      /right for 1 of 2 answered cries \(50%\).*the most common one .* for 0 \(0%\)/,
    );
  });

  it('has the track record that the baby itself has', () => {
    const estimator = new ReasonEstimator({ name: 'Mia' });
    const answered = [1, 5, 9].map(hours => {
      const event = cryAt(at(hours));
      const answer = { reason: 'tired', at: at(hours + 1) } as const;
      const entry = cry(at(hours), 5, { reason: estimator.estimate(event), answer });
      estimator.answer({ cry: event.id, ...answer });
      return entry;
    });
    const { course, ...record } = reasonRecordOf(answered);
    assert.deepEqual(record, estimator.record);
    // Until the third cry, hunger is the commonest.
    assert.equal(record.commonestRight, 1);
    assert.deepEqual(
      course.map(step => step.commonestRight),
      [0, 0, 1],
    );
  });

  it('knows as the commonest only what was answered before a cry', () => {
    const answered = [1, 2, 3, 4].map(hours =>
      cry(at(hours), 5, { reason: said('tired', 'tired'), answer: { reason: 'tired', at: at(10) } }),
    );
    assert.equal(reasonRecordOf(answered).commonestRight, 0);
  });

  it('does not take a cry for the newest that was noted while the clock was years ahead', () => {
    const ahead = cry(at(10 * 365 * 24), 1);
    assert.equal(cryOf([cry(at(0), 1), ahead, cry(at(1), 1)], at(2))!.onset, at(1));
    assert.equal(cryOf([ahead], at(2), ahead.id), ahead);
  });

  it("leaves the afternoon's cries out of the night that has begun", () => {
    const afternoon = cry(at(-5), 10);
    assert.deepEqual(nightOf([afternoon], at(0), at(0)).cries, []);
    assert.deepEqual(nightOf([afternoon, cry(at(-20), 5)], at(-4), at(-4)).cries, [cry(at(-20), 5)]);
  });

  describe('at any hour', () => {
    const at = (day: number, hour: number, minute = 0): number =>
      new Date(2026, 0, day, hour, minute).getTime();

    for (const [hour, minute] of [
      [3, 0],
      [9, 0],
      [15, 40],
      [20, 15],
    ]) {
      it(`holds the cry of a minute ago since yesterday, at ${hour}:${minute}`, () => {
        const now = at(11, hour, minute);
        const before = cry(at(10, 0), 1);
        const entries = [cry(at(9, 23), 1), before, cry(now - MINUTE_MS, 1)];
        const { ask, at: asked } = readQuestion({ topic: 'yesterday', payload: '' }, now) as {
          ask: string;
          at: number;
        };
        assert.equal(ask, 'yesterday');
        const period = PERIOD_OF.yesterday(entries, asked, now);
        assert.deepEqual(period.cries, entries.slice(1));
        assert.match(periodText(period), /^10 Jan to 11 Jan: 2 cries/);
        assert.match(timelinePicture(period), /10 Jan to 11 Jan/);
      });
    }

    it('takes for the last night one that is over, also in the evening', () => {
      const last = (now: number): number => {
        const question = readQuestion({ topic: 'night', payload: 'last' }, now) as { at: number };
        return nightOf([], question.at, now).to;
      };
      assert.equal(last(at(11, 3)), at(10, 10));
      for (const now of [at(11, 10), at(11, 15, 40), at(11, 20, 15), at(12, 9)])
        assert.equal(last(now), at(11, 10));
    });
  });

  it('tells of one cry, or of the newest', () => {
    assert.equal(
      cryText(cryOf(entries, now)!),
      'Sun 11 Jan at 20:00: cried for 2 min. Probably hungry (50%).',
    );
    assert.equal(
      cryText(cryOf(entries, now, cry(at(9), 6).id)!),
      'Sun 11 Jan at 05:00: cried for 6 min. It was tiredness, you said at 06:00.',
    );
    assert.equal(cryOf(entries, now, 'none'), undefined);
  });

  it('says all in German, too', () => {
    const german = (some: Entry[]): string => periodText(nightOf(some, at(4), now), 'de');
    assert.equal(
      german(entries),
      'Nacht vom 10. auf den 11. Jan.: 2-mal geschrien, insgesamt 10 min, am längsten 6 min um 05:00 Uhr. Gründe: Müdigkeit 2. Längste Ruhe 7 h 56 min, von 21:04 bis 05:00 Uhr. 1 Mahlzeit.',
    );
    const [from, to] = [at(-2), at(14)];
    const night = 'Nacht vom 10. auf den 11. Jan.: ';
    assert.equal(german([heard(from, to)]), `${night}kein Schreien. Durchgehend zugehört.`);
    assert.equal(german([]), `${night}kein Schreien verzeichnet. Wann zugehört wurde, ist nicht bekannt.`);
    assert.equal(
      german([heard(from, from + 12 * MINUTE_MS)]),
      `${night}kein Schreien, 12 min zugehört. Nicht zugehört 18:12 bis 10:00 Uhr.`,
    );
    assert.match(german([cry(at(0), 1)]), /: einmal 1 min geschrien, um 20:00 Uhr\. /);
    const turn = new Date(2026, 10, 30, 20).getTime();
    assert.match(periodText(nightOf([], turn, now), 'de'), /^Nacht vom 30\. Nov\. auf den 1\. Dez\.: /);
    assert.equal(
      cryText(cryOf(entries, now)!, 'de'),
      'So, 11. Jan., 20:00 Uhr: 2 min geschrien. Wahrscheinlich hungrig (50\u00a0%).',
    );
    assert.equal(
      cryText(cryOf(entries, now, cry(at(9), 6).id)!, 'de'),
      'So, 11. Jan., 05:00 Uhr: 6 min geschrien. Es war Müdigkeit, laut Antwort um 06:00 Uhr.',
    );
    assert.equal(weeksText(weeksByHourOf([], at(0)), 'de'), 'Diese Woche: nicht zugehört.');
    assert.match(weekText(weekOf([], at(0), now), 'de'), /: 0-mal geschrien, insgesamt 0 s\.$/);
    assert.match(
      recordText(reasonRecordOf(entries.slice(0, 1)), 'de'),
      / bei 1 von 1 Antwort richtig \(100\u00a0%\)/,
    );
  });

  it('answers of an empty journal', () => {
    assert.match(textOf([]), /no cries noted/);
    assert.match(weekText(weekOf([], at(0), now)), /0 cries, 0 s in total/);
    assert.equal(weeksText(weeksByHourOf([], at(0))), 'This week: not listening.');
    assert.match(recordText(reasonRecordOf([])), /No answers yet/);
    assert.equal(cryOf([], now), undefined);
  });

  it('exports a table that no spreadsheet takes for formulas', () => {
    const hostile = cry(at(0), 1, { id: 'a"b,c', source: '=cmd()' });
    const [header, row, ...rest] = exportCsv([hostile]).split('\r\n');
    assert.deepEqual(rest, ['']);
    const cells = row.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/);
    assert.equal(cells.length, header.split(',').length);
    assert.equal(cells[1], '"a""b,c"');
    assert.equal(cells[header.split(',').indexOf('source')], "'=cmd()");
    assert.equal(cells[3], new Date(endOf(hostile)).toISOString());
  });
});
