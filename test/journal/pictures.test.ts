import assert from 'node:assert/strict';
import { inflateSync } from 'node:zlib';
import { cryDrawing } from '../../src/journal/pictures/cry.js';
import { cryPicture } from '../../src/journal/pictures/cry-picture.js';
import { recordPicture } from '../../src/journal/pictures/record.js';
import { timelinePicture } from '../../src/journal/pictures/timeline.js';
import { weeksPicture } from '../../src/journal/pictures/weeks.js';
import { nightOf, trackRecordOf, weeksByHourOf } from '../../src/journal/questions.js';
import type { CryEntry, Entry } from '../../src/journal/entries.js';
import { SAMPLE_RATE } from '../../src/values.js';
import { HOUR_MS } from '../reason/cries.js';

const EVENING = new Date(2026, 0, 10, 20).getTime();
const HOSTILE = '<script>alert("1")</script>&';

/** All texts of a picture; fails unless its tags are closed in order and nothing lies beyond its right edge. */
function textsOf(svg: string): string[] {
  const opened: string[] = [];
  for (const [, closes, name, empty] of svg.matchAll(/<(\/?)(\w+)(?:\s+[\w:-]+="[^"<]*")*\s*(\/?)>/g)) {
    if (closes) assert.equal(opened.pop(), name);
    else if (!empty) opened.push(name);
  }
  assert.deepEqual(opened, []);
  assert.equal(svg.match(/</g)!.length, svg.match(/<\/?\w+(?:\s+[\w:-]+="[^"<]*")*\s*\/?>/g)!.length);
  assert(!svg.includes('NaN') && !svg.includes('undefined') && !svg.includes('Infinity'), svg);
  return [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text);
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

  it('show a night, with what was told and when nobody listened', () => {
    const svg = timelinePicture(nightOf(entries, EVENING));
    const texts = textsOf(svg);
    for (const words of ['One cry of 2 min', 'At 20:00', 'fed', 'asleep'])
      assert(texts.includes(words), words);
    assert(texts.some(words => words.startsWith('Not heard')));
    // A cry that was a scream for a while is drawn as one.
    assert.match(svg, /class="scream"/);
  });

  it('show weeks, how often the reason was right, and an empty journal', () => {
    assert(textsOf(weeksPicture(weeksByHourOf(entries, EVENING))).includes('this week'));
    for (const count of [1, 3, 40]) {
      const answered = Array.from({ length: count }, (_, i) => ({
        ...cry,
        id: String(i),
        onset: EVENING + i,
        reason: { probabilities: { hungry: 1 } },
        answer: { reason: i % 2 ? 'hungry' : 'tired', at: EVENING },
      })) as unknown as Entry[];
      textsOf(recordPicture(trackRecordOf(answered)));
    }
    for (const svg of [
      timelinePicture(nightOf([], EVENING)),
      weeksPicture(weeksByHourOf([], EVENING)),
      recordPicture(trackRecordOf([])),
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
    assert(textsOf(cryDrawing({ ...cry, sound }, png)).includes('onset'));
  });
});
