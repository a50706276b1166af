import assert from 'node:assert/strict';
import { inflateSync } from 'node:zlib';
import { cryDrawing } from '../../src/journal/pictures/cry.js';
import { cryPicture } from '../../src/journal/pictures/cry-picture.js';
import { recordPicture } from '../../src/journal/pictures/record.js';
import { WIDTH } from '../../src/journal/pictures/sheet.js';
import { timelinePicture } from '../../src/journal/pictures/timeline.js';
import { weeksPicture } from '../../src/journal/pictures/weeks.js';
import { nightOf, reasonRecordOf, weeksByHourOf } from '../../src/journal/questions.js';
import type { CryEntry, Entry } from '../../src/journal/entries.js';
import { SAMPLE_RATE } from '../../src/values.js';
import { HOUR_MS, HUNGRY } from '../reason/cries.js';

const EVENING = new Date(2026, 0, 10, 20).getTime();
const NOW = EVENING + 24 * HOUR_MS;
const HOSTILE = '<script>alert("1")</script>&';

/** Width of a letter, about, as a share of the text's height. */
const LETTER = 0.56;
const SIZES = { big: 21, small: 12, title: 14 };

/** All texts of a picture; fails unless its tags are closed in order and no text lies beyond its edges. */
function textsOf(svg: string): string[] {
  const opened: string[] = [];
  for (const [, closes, name, empty] of svg.matchAll(/<(\/?)(\w+)(?:\s+[\w:-]+="[^"<]*")*\s*(\/?)>/g)) {
    if (closes) assert.equal(opened.pop(), name);
    else if (!empty) opened.push(name);
  }
  assert.deepEqual(opened, []);
  assert.equal(svg.match(/</g)!.length, svg.match(/<\/?\w+(?:\s+[\w:-]+="[^"<]*")*\s*\/?>/g)!.length);
  assert(!svg.includes('NaN') && !svg.includes('undefined') && !svg.includes('Infinity'), svg);
  return [...svg.matchAll(/<text x="([\d.-]+)" y="[\d.-]+"(?: class="([^"]*)")?>([^<]*)</g)].map(
    ([, x, classes = '', text]) => {
      const [, size = 13] = Object.entries(SIZES).find(([name]) => classes.includes(name)) ?? [];
      const width = LETTER * size * text.replace(/&\w+;/g, '&').length;
      const left = Number(x) - width * (classes.includes('end') ? 1 : classes.includes('mid') ? 0.5 : 0);
      assert(left >= 0 && left + width <= WIDTH, `${text}: ${left} to ${left + width}`);
      return text;
    },
  );
}

describe("a journal's pictures", () => {
  const cry: CryEntry = {
    kind: 'cry',
    id: HOSTILE,
    source: HOSTILE,
    onset: EVENING,
    offset: EVENING + 120_000,
    onsetS: 0,
    durationS: 120,
    peakScore: 1,
    meanScore: 1,
    intensity: 'cry',
    course: [
      { atS: 0, intensity: 'fuss' },
      { atS: 20, intensity: 'scream' },
    ],
    voice: { f0Hz: null, roughness: 0, balanceDb: 0 },
  };
  const entries: Entry[] = [
    cry,
    { kind: 'fact', id: 'a', fact: { kind: 'feed', at: EVENING + HOUR_MS } },
    { kind: 'fact', id: 'b', fact: { kind: 'sleep', at: EVENING + HOUR_MS } },
    { kind: 'heard', id: 'c', source: HOSTILE, from: EVENING - HOUR_MS, to: EVENING + HOUR_MS },
  ];

  it('show a night, with facts and when nothing was listening', () => {
    const svg = timelinePicture(nightOf(entries, EVENING, NOW));
    const texts = textsOf(svg);
    for (const words of ['One cry of 2 min', 'At 20:00', 'fed', 'asleep'])
      assert(texts.includes(words), words);
    assert(texts.some(words => words.startsWith('Not listening')));
    // A cry that was a scream for a while is drawn as one.
    assert.match(svg, /class="scream"/);
  });

  it('show a night that goes on to now, and nothing beyond or where nobody knows', () => {
    const heardTo = (svg: string): number =>
      Number(/width="([\d.]+)" height="[\d.]+" class="quiet"/.exec(svg)?.[1] ?? 0);
    const heard: Entry = { ...entries[3], kind: 'heard', source: 'cot', from: 0, to: NOW };
    const whole = heardTo(timelinePicture(nightOf([heard], EVENING, NOW)));
    const svg = timelinePicture(nightOf([heard], EVENING, EVENING + 6 * HOUR_MS));
    assert(textsOf(svg).includes('now'));
    assert(Math.abs(heardTo(svg) - whole / 2) < 0.1);
    assert.equal(heardTo(timelinePicture(nightOf([cry], EVENING, NOW))), 0);
  });

  it('hatch a night only where no source was heard', () => {
    const heard = (source: string, to: number): Entry => ({
      kind: 'heard',
      id: source,
      source,
      from: EVENING - 2 * HOUR_MS,
      to,
    });
    const hatched = (...some: Entry[]): boolean =>
      timelinePicture(nightOf(some, EVENING, NOW)).includes('class="unheard"');
    assert(hatched(heard('cot', EVENING)));
    assert(!hatched(heard('cot', EVENING), heard('bed', NOW)));
  });

  it('show weeks, and those in which nothing was listening', () => {
    const texts = (time: number): string[] => textsOf(weeksPicture(weeksByHourOf(entries, time)));
    assert(texts(EVENING).includes('this week'));
    assert(!texts(EVENING).includes('not listening'));
    assert(texts(EVENING + 8 * 24 * HOUR_MS).includes('not listening'));
    const colic = { ...cry, offset: EVENING + 20 * HOUR_MS };
    const most = textsOf(weeksPicture(weeksByHourOf([colic], EVENING)));
    assert(most.includes('up to 1 h an hour'), String(most));
  });

  it('show how often the reason was right', () => {
    const record = (count: number): string => {
      const answered = Array.from({ length: count }, (_, i) => ({
        ...cry,
        id: String(i),
        onset: EVENING + i,
        reason: HUNGRY,
        answer: { reason: i % 3 ? 'tired' : 'hungry', at: EVENING },
      })) as unknown as Entry[];
      return recordPicture(reasonRecordOf(answered));
    };
    for (const count of [0, 1, 3]) textsOf(record(count));
    const texts = textsOf(record(300));
    for (const words of ['likeliest', 'newest', 'Worse than always guessing the most common one'])
      assert(texts.includes(words), words);
    // Two of them tell what a full and an empty one mean.
    assert(record(300).match(/<circle/g)!.length < 40);
  });

  it('are in German, too, and fit', () => {
    const night = textsOf(timelinePicture(nightOf(entries, EVENING, NOW), 'de'));
    for (const words of ['Einmal 2 min geschrien', 'Um 20:00 Uhr', 'gefüttert', 'Schlaf', 'quengelt'])
      assert(night.includes(words), words);
    assert(textsOf(timelinePicture(nightOf(entries, EVENING, EVENING + HOUR_MS), 'de')).includes('jetzt'));
    const several = [0, 1, 2].map(i => ({ ...cry, id: String(i), onset: EVENING + i * HOUR_MS }));
    assert(textsOf(timelinePicture(nightOf(several, EVENING, NOW), 'de')).includes('3-mal geschrien'));
    for (const later of [0, 8]) {
      const time = EVENING + later * 24 * HOUR_MS;
      textsOf(weeksPicture(weeksByHourOf(entries, time), 'de'));
    }
    for (const count of [0, 1, 300]) {
      const answered = Array.from({ length: count }, (_, i) => ({
        ...cry,
        id: String(i),
        reason: HUNGRY,
        answer: { reason: 'tired', at: EVENING },
      })) as unknown as Entry[];
      textsOf(recordPicture(reasonRecordOf(answered), 'de'));
    }
    const answer = { reason: 'belly pain', at: EVENING, by: 'Anna' } as const;
    const drawn = textsOf(
      cryDrawing({ ...cry, intensity: 'scream', isCutOff: true, answer }, undefined, 'de'),
    );
    for (const words of [
      '2 min gebrüllt',
      'Das Ende war nicht zu hören',
      'Es war Bauchweh, sagte Anna um 20:00 Uhr.',
    ])
      assert(drawn.includes(words), words);
  });

  it('show an empty journal', () => {
    for (const svg of [
      timelinePicture(nightOf([], EVENING, NOW)),
      weeksPicture(weeksByHourOf([], EVENING)),
      recordPicture(reasonRecordOf([])),
      cryDrawing(cry, undefined),
    ])
      textsOf(svg);
  });

  it('show a cry with the windows that caused it', () => {
    const samples = Float32Array.from({ length: 4 * SAMPLE_RATE }, (_, i) => Math.sin(i / 5));
    const windows = [
      { startS: 11, score: 1 },
      { startS: 11.256, score: 0.5 },
      { startS: 99, score: 1 },
    ];
    const png = cryPicture({ samples, fromS: 10, windows });
    const width = png.readUInt32BE(16);
    const data = png.indexOf('IDAT');
    const rows = inflateSync(png.subarray(data + 4, data + 4 + png.readUInt32BE(data - 4)));
    const marked = (y: number): number[] =>
      [...rows.subarray(y * (width + 1) + 1, (y + 1) * (width + 1))].flatMap((colour, x) =>
        colour === 254 ? [(4 * x) / width] : [],
      );
    // Windows are a second long: their middles lie at 1.5 s and 1.756 s of the clip.
    const [top, middle] = [marked(2), marked(40)];
    assert(
      Math.abs(top[0] - 1.372) < 0.01 && Math.abs(top.at(-1)! - 1.628) < 0.02,
      `${top[0]} to ${top.at(-1)}`,
    );
    assert(Math.abs(middle.at(-1)! - 1.884) < 0.02, `${middle.at(-1)}`);
    const sound = { clip: 'a.mp3', picture: 'a.png', from: EVENING - 1000, durationS: 4, bytes: 1 };
    const endOfBracket = (svg: string): string => /d="M[\d.]+ 340V330H[\d.]+([^"]*)"/.exec(svg)![1];
    const part = cryDrawing({ ...cry, sound }, png);
    for (const words of ['onset', 'before', 'The first 3 s. Bars: what sounded like crying'])
      assert(textsOf(part).includes(words), words);
    assert.equal(endOfBracket(part), '');
    const whole = cryDrawing({ ...cry, offset: EVENING + 2000, sound }, png);
    assert(textsOf(whole).includes('Bars: what sounded like crying'));
    assert.notEqual(endOfBracket(whole), '');
    const cutOff = cryDrawing({ ...cry, isCutOff: true, intensity: 'scream', sound }, png);
    assert(textsOf(cutOff).includes('The rest was not heard'));
  });
});
