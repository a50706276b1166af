import assert from 'node:assert/strict';
import { activePart, castOf, planNight, playNight, type NightPlan } from '../../../src/lab/corpus/night.js';
import type { Span } from '../../../src/synth/scene.js';
import { SAMPLE_RATE } from '../../../src/values.js';

interface Sound {
  name: string;
  label: string;
  sublabel: string;
  group: string;
}

const RECORDINGS: Sound[] = [
  { name: 'a1', label: 'cry', sublabel: '', group: 'a' },
  { name: 'a2', label: 'cry', sublabel: '', group: 'a' },
  { name: 'b1', label: 'cry', sublabel: '', group: 'b' },
  { name: 'hum', label: 'household', sublabel: '', group: 'h' },
  { name: 'hush', label: 'silence', sublabel: '', group: 's' },
];
const SETTINGS = { hours: 2, seed: 1 };

/** A second of a tone, with half a second of silence before and after. */
function tone(hz: number): Float32Array {
  return Float32Array.from({ length: 2 * SAMPLE_RATE }, (_, i) =>
    i >= SAMPLE_RATE / 2 && i < 1.5 * SAMPLE_RATE ? 0.1 * Math.sin((2 * Math.PI * hz * i) / SAMPLE_RATE) : 0,
  );
}

function levelDb(samples: Float32Array): number {
  return 10 * Math.log10(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
}

describe('a night', () => {
  const plan = planNight(castOf(RECORDINGS), SETTINGS);

  it('repeats by seed and differs between seeds', () => {
    assert.deepEqual(planNight(castOf(RECORDINGS), SETTINGS), plan);
    assert.notDeepEqual(planNight(castOf(RECORDINGS), { ...SETTINGS, seed: 2 }), plan);
  });

  it('has its episodes of one baby each, apart, and sounds that are no cries between', () => {
    assert.equal(plan.episodes.length, 6);
    for (const { cries } of plan.episodes) {
      assert.equal(new Set(cries.map(({ sound }) => sound.group)).size, 1);
      assert.ok(cries.every(({ sound }) => sound.label === 'cry') && cries.length <= 4);
    }
    assert.ok(plan.others.every(({ sound }) => sound.name === 'hum'));
    const starts = plan.others.map(({ startS }) => startS);
    assert.ok(starts.every((startS, i) => i === 0 || startS - starts[i - 1] >= 20));
    assert.ok(starts.every((startS, i) => i === 0 || startS - starts[i - 1] <= 120));
    const begins = plan.episodes.map(({ startS }) => startS);
    assert.ok(begins.every((startS, i) => i === 0 || startS - begins[i - 1] >= 90));
  });

  it('has some of every kind that is easily taken for a cry, as far as there are several recordings of it', () => {
    const of = (label: string, sublabel: string, count: number): Sound[] =>
      Array.from({ length: count }, (_, i) => ({
        name: `${label}${sublabel}${i}`,
        label,
        sublabel,
        group: `${label}${i}`,
      }));
    const rivals = [
      ...of('household', 'siren', 3),
      ...of('speech', 'child speech', 3),
      ...of('laugh', '', 4),
      ...of('animal', 'cat', 3),
    ];
    const common = of('household', 'catamaran', 400);
    const rare = of('alarm', 'telephone', 2);
    const cast = castOf([...RECORDINGS, ...rivals, ...common]);
    assert.deepEqual(
      cast.rivals.map(kind => kind[0].sublabel || kind[0].label),
      ['siren', 'child speech', 'laugh', 'cat'],
    );
    const { others } = planNight(cast, SETTINGS);
    for (const kind of cast.rivals)
      assert.ok(
        others.some(({ sound }) => kind.includes(sound)),
        kind[0].name,
      );
    const share = others.filter(({ sound }) => rivals.includes(sound)).length / others.length;
    assert.ok(share > 0.1 && share < 0.2, `${share}`);
    assert.deepEqual(castOf([...RECORDINGS, ...rare]).rivals, []);
  });

  it('has a steady noise throughout, and no cry far below it', () => {
    assert.ok(plan.noises.at(-1)!.endS >= plan.durationS);
    for (const { startS, levelDb } of plan.episodes) {
      const noise = plan.noises.find(({ endS }) => endS > startS)!;
      assert.ok(levelDb >= noise.levelDb - 3 && levelDb <= -18 + 1e-9);
    }
  });

  it('plays its sounds without their silence, at their time and level', async () => {
    const sound = RECORDINGS[0];
    const short: NightPlan<Sound> = {
      durationS: 20,
      noises: [{ kind: 'room', levelDb: -65, endS: 30, seed: 1 }],
      others: [{ sound: RECORDINGS[3], startS: 2.25, levelDb: -30 }],
      episodes: [
        {
          startS: 10.5,
          levelDb: -20,
          cries: [
            { sound, restS: 0 },
            { sound, restS: 2 },
          ],
        },
      ],
    };
    const parts: Float32Array[] = [];
    const begun: Span[] = [];
    for await (const second of playNight(short, () => Promise.resolve(tone(400)))) {
      parts.push(second.samples);
      begun.push(...second.begun);
    }
    const night = Float32Array.from(parts.flatMap(part => [...part]));
    assert.equal(night.length, 20 * SAMPLE_RATE);
    const level = (fromS: number, toS: number): number =>
      levelDb(night.subarray(fromS * SAMPLE_RATE, toS * SAMPLE_RATE));
    assert.deepEqual(begun, [{ startS: 10.5, endS: 14.5 }]);
    for (const [fromS, toS, expected] of [
      [0, 2.25, -65],
      [2.25, 3.25, -30],
      [3.3, 10.5, -65],
      [10.5, 11.5, -20],
      [11.5, 13.5, -65],
      [13.5, 14.5, -20],
      [14.5, 20, -65],
    ] as const) {
      assert.ok(
        Math.abs(level(fromS, toS) - expected) < 1.5,
        `${fromS} to ${toS} s: ${level(fromS, toS)} dB`,
      );
    }
  });
});

describe('activePart', () => {
  it('cuts the silence before and after, not what lies between', () => {
    const twice = Float32Array.from([...tone(300), ...tone(300)]);
    assert.equal(activePart(twice).length, 3 * SAMPLE_RATE);
  });

  it('leaves silence and what is too short as they are', () => {
    assert.equal(activePart(new Float32Array(SAMPLE_RATE)).length, SAMPLE_RATE);
    assert.equal(activePart(new Float32Array(100)).length, 100);
  });
});
