import { SAMPLE_RATE } from '../values.js';
import { Random } from '../maths/random.js';
import { addAt, toPeak, toRms, type SynthOptions } from './level.js';
import { curve, synthesiseVoice, type VoiceState, type VoiceTraits } from './voice.js';

/** The hush of a quiet room: noise of slope -3 dB per octave, RMS -55 dBFS. Mono at SAMPLE_RATE. */
export function roomNoise({ seed, durationS }: SynthOptions): Float32Array {
  const random = new Random(seed);
  // First-order low-passes whose corners lie an octave apart, all of one variance, add up to a power of 1/f.
  const octaves = Array.from({ length: 9 }, (_, i) => ({ keep: Math.exp(-(2 ** -i) * 2), level: 0 }));
  const out = silence(durationS).map(() => {
    const white = random.normal();
    let sum = 0;
    for (const octave of octaves) {
      octave.level = octave.keep * octave.level + Math.sqrt(1 - octave.keep ** 2) * white;
      sum += octave.level;
    }
    return sum;
  });
  return toRms(out, -55);
}

/** A fan or a white-noise machine: steady noise below a soft limit, and the fan's hum. RMS -35 dBFS. */
export function fanNoise({ seed, durationS }: SynthOptions): Float32Array {
  const random = new Random(seed);
  const keep = Math.exp((-2 * Math.PI * random.uniform(400, 3000)) / SAMPLE_RATE);
  const bladesHz = random.uniform(60, 140);
  const hum = random.uniform(0, 0.3);
  let level = 0;
  const out = silence(durationS).map((_, i) => {
    level = keep * level + (1 - keep) * random.normal();
    const angle = (2 * Math.PI * bladesHz * i) / SAMPLE_RATE;
    return level / Math.sqrt(1 - keep) + hum * (Math.sin(angle) + 0.4 * Math.sin(2 * angle));
  });
  return toRms(out, -35);
}

/** First three formants in Hz of a man's vowels in heed, head, hod, hawed, who'd (Peterson & Barney 1952), and a neutral one. */
const VOWELS: readonly (readonly [number, number, number])[] = [
  [270, 2290, 3010],
  [530, 1840, 2480],
  [730, 1090, 2440],
  [570, 840, 2410],
  [300, 870, 2240],
  [500, 1500, 2500],
];

/**
 * Speech without words, of one to three people by turns: syllables at 4 to 5 a second with moving formants,
 * hissing, stopped and nasal consonants, falling sentences and pauses. F0 90 to 250 Hz. Peak -15 dBFS.
 */
export function babble({ seed, durationS }: SynthOptions): Float32Array {
  const random = new Random(seed);
  const talkers = Array.from({ length: 1 + random.integer(3) }, () => drawTalker(random));
  const out = silence(durationS);
  for (let startS = 0; startS < durationS;) {
    const sentence = speak(random, random.pick(talkers));
    addAt(out, sentence, Math.round(startS * SAMPLE_RATE));
    startS += sentence.length / SAMPLE_RATE + random.uniform(0.2, 0.8);
  }
  return toPeak(out, -15);
}

interface Talker extends VoiceTraits {
  f0Hz: number;
  /** Formants against a man's: a shorter vocal tract raises them. */
  size: number;
  syllableS: number;
  level: number;
}

function drawTalker(random: Random): Talker {
  const woman = random.chance(0.5);
  return {
    f0Hz: woman ? random.uniform(175, 200) : random.uniform(120, 140),
    size: woman ? random.uniform(1.12, 1.2) : random.uniform(0.95, 1.05),
    syllableS: 1 / random.uniform(4, 5),
    level: random.uniform(0.5, 1),
    jitter: 0.008,
    shimmer: 0.04,
    damping: 1,
    glottalFormant: 0,
  };
}

/** What the voice has come to at `atS`. */
interface Gesture {
  atS: number;
  voicing: number;
  breath: number;
  formantsHz: readonly number[];
}

/** One sentence of 4 to 14 syllables. */
function speak(random: Random, talker: Talker): Float32Array {
  const vowel = (formants: readonly number[]): number[] =>
    [...formants, 3500, 4500, 5500].map(hz => hz * talker.size);
  const nasal = vowel([250, 1200, 2200]);
  const hiss = [1600, 3600, 4400, 5200, 6200, 7400].map(hz => hz * random.uniform(0.9, 1));
  const gestures: Gesture[] = [{ atS: 0, voicing: 0, breath: 0, formantsHz: nasal }];
  const accents: [number, number][] = [[0, 1]];
  const syllables = 4 + random.integer(11);
  let atS = 0;
  const move = (durationS: number, voicing: number, breath: number, formantsHz: readonly number[]): void => {
    atS += durationS;
    gestures.push({ atS, voicing, breath, formantsHz });
  };
  for (let i = 0; i < syllables; i++) {
    const lengthS = talker.syllableS * random.uniform(0.7, 1.3) * (i === syllables - 1 ? 1.4 : 1);
    const from = vowel(random.pick(VOWELS));
    const towards = vowel(random.pick(VOWELS));
    const to = from.map((hz, j) => (hz + towards[j]) / 2);
    const consonant = random.pick(['hiss', 'stop', 'nasal', 'none'] as const);
    if (consonant === 'hiss') {
      // The formants change in silence: a hiss's own resonances would let the vowel's ends blare.
      const level = random.uniform(0.01, 0.03);
      move(0.025, 0, 0, gestures.at(-1)!.formantsHz);
      move(0.005, 0, 0, hiss);
      move(0.015, 0, level, hiss);
      move(random.uniform(0.03, 0.08), 0, level, hiss);
      move(0.015, 0, 0, hiss);
      move(0.005, 0, 0, from);
    } else if (consonant === 'stop') {
      move(0.02, 0, 0, from);
      move(random.uniform(0.04, 0.07), 0, 0, from);
      move(0.005, 0, random.uniform(0.3, 0.8), from);
    } else if (consonant === 'nasal') {
      move(0.03, 0.25, 0, nasal);
      move(random.uniform(0.03, 0.06), 0.25, 0, nasal);
    }
    const stress = random.uniform(0.5, 1);
    accents.push([atS + 0.3 * lengthS, (1.15 - (0.3 * i) / syllables) * random.uniform(0.92, 1.08)]);
    move(0.03, stress, 0.03, from);
    move(0.4 * lengthS, stress, 0.03, from);
    move(0.3 * lengthS, 0.6 * stress, 0.03, to);
  }
  accents.push([atS, 0.75]);
  move(0.08, 0, 0, gestures.at(-1)!.formantsHz);
  const melody = curve(accents);
  const track = (value: (gesture: Gesture) => number): ((timeS: number) => number) =>
    curve(gestures.map(gesture => [gesture.atS, value(gesture)] as const));
  const voicing = track(gesture => gesture.voicing);
  const breath = track(gesture => gesture.breath);
  const formants = nasal.map((_, i) => track(gesture => gesture.formantsHz[i]));
  return synthesiseVoice(atS, talker, random, timeS => ({
    f0Hz: talker.f0Hz * melody(timeS),
    voicing: talker.level * voicing(timeS),
    breath: talker.level * breath(timeS),
    formantsHz: formants.map(formant => formant(timeS)),
    tilt: 1.1,
    roughness: 0,
  }));
}

/**
 * A cat: single calls of 0.5 to 1 s, the mouth opening and closing (m-ia-ow) under an F0 that glides between
 * 400 and 900 Hz and falls at the end, with long irregular pauses. Peak -15 dBFS.
 * Ranges after Nicastro 2004 (Journal of Comparative Psychology 118).
 */
export function meows({ seed, durationS }: SynthOptions): Float32Array {
  const random = new Random(seed);
  const cat = {
    size: random.uniform(0.9, 1.1),
    f0Hz: random.uniform(600, 700),
    jitter: 0.004,
    shimmer: 0.03,
    damping: 1.5,
    glottalFormant: 1.5,
  };
  const out = silence(durationS);
  for (let startS = random.uniform(0.2, 1); startS < durationS;) {
    const call = meow(random, cat);
    addAt(out, call, Math.round(startS * SAMPLE_RATE));
    startS += call.length / SAMPLE_RATE + random.uniform(1.2, 5);
  }
  return toPeak(out, -15);
}

function meow(random: Random, cat: VoiceTraits & { size: number; f0Hz: number }): Float32Array {
  const durationS = random.uniform(0.5, 1);
  const f0Hz = cat.f0Hz * random.uniform(0.92, 1.08);
  const f0 = curve([
    [0, f0Hz * 0.85],
    [0.35 * durationS, f0Hz * random.uniform(1.05, 1.15)],
    [0.7 * durationS, f0Hz],
    [durationS, f0Hz * 0.75],
  ]);
  const loudness = curve([
    [0, 0],
    [0.15 * durationS, 0.3],
    [0.4 * durationS, 1],
    [0.75 * durationS, 0.6],
    [durationS, 0],
  ]);
  // From closed through i and a to u, in a vocal tract of some 8 cm.
  const formants = [
    [500, 900, 1700, 1100, 600],
    [1800, 2700, 2500, 2000, 1500],
    [4200, 4600, 4300, 4000, 3900],
    [6300, 6300, 6300, 6300, 6300],
  ].map(values =>
    curve(values.map((hz, i) => [[0, 0.2, 0.45, 0.8, 1][i] * durationS, hz * cat.size] as const)),
  );
  const state = (timeS: number): VoiceState => ({
    f0Hz: f0(timeS),
    voicing: loudness(timeS),
    breath: 0.03 * loudness(timeS),
    formantsHz: formants.map(formant => formant(timeS)),
    tilt: 1.3,
    roughness: 0,
  });
  return synthesiseVoice(durationS, cat, random, state);
}

/**
 * An alarm: a smoke alarm (three long beeps about 3.1 kHz and a pause, the pattern of ISO 8201), an alarm clock
 * (four short beeps a second) or a two-tone siren. Peak -15 dBFS.
 */
export function alarm({ seed, durationS }: SynthOptions): Float32Array {
  const random = new Random(seed);
  const kind = random.pick(['smoke', 'clock', 'siren'] as const);
  const out = silence(durationS);
  const beep = (startS: number, lengthS: number, hz: number, harmonics: readonly number[]): void => {
    addAt(out, tone(lengthS, hz, harmonics, 0), Math.round(startS * SAMPLE_RATE));
  };
  if (kind === 'smoke') {
    const hz = random.uniform(2900, 3300);
    for (let startS = 0; startS < durationS; startS += 4)
      for (let i = 0; i < 3; i++) beep(startS + i, 0.5, hz, [1, 0.1]);
  } else if (kind === 'clock') {
    const hz = random.uniform(1900, 2300);
    for (let startS = 0; startS < durationS; startS += 1)
      for (let i = 0; i < 4; i++) beep(startS + 0.13 * i, 0.07, hz, [1, 0, 0.3]);
  } else {
    const lowHz = random.uniform(600, 800);
    for (let startS = 0; startS < durationS; startS += 1)
      for (let i = 0; i < 2; i++) beep(startS + i / 2, 0.5, lowHz * (i ? 1 : 1.33), [1, 0.5, 0.6, 0.3, 0.3]);
  }
  return toPeak(out, -15);
}

/** Degrees of the major pentatonic scale in semitones. */
const PENTATONIC = [0, 2, 4, 7, 9, 12, 14, 16] as const;

/** A music box: a lullaby in three-four time, two lines of melody in the form A A B A over a slow bass. Peak -18 dBFS. */
export function lullaby({ seed, durationS }: SynthOptions): Float32Array {
  const random = new Random(seed);
  const tonicHz = random.uniform(400, 560);
  const beatS = random.uniform(0.38, 0.5);
  const out = silence(durationS);
  const pluck = (beat: number, semitones: number, level: number): void => {
    const hz = tonicHz * 2 ** (semitones / 12);
    const note = tone(
      2,
      hz,
      [level, 0.4 * level, 0.15 * level, 0.25 * level, 0.05 * level, 0.1 * level],
      1 + hz / 500,
    );
    addAt(out, note, Math.round(beat * beatS * SAMPLE_RATE));
  };
  const a = drawLine(random);
  const b = drawLine(random);
  for (let line = 0; line * LINE_BEATS * beatS < durationS; line++) {
    const start = line * LINE_BEATS;
    for (const { beat, degree } of line % 4 === 2 ? b : a) pluck(start + beat, PENTATONIC[degree], 1);
    [-12, -5, -8, -12].forEach((semitones, bar) => {
      pluck(start + 3 * bar, semitones, 0.5);
    });
  }
  return toPeak(out, -18);
}

const LINE_BEATS = 12;

/** Four bars that wander by steps and come to rest. */
function drawLine(random: Random): { beat: number; degree: number }[] {
  const notes: { beat: number; degree: number }[] = [];
  let degree = 2 + random.integer(3);
  for (let beat = 0; beat < LINE_BEATS - 3; beat += random.pick([1, 1, 2])) {
    notes.push({ beat, degree });
    degree = Math.min(PENTATONIC.length - 1, Math.max(0, degree + random.pick([-2, -1, -1, 1, 1, 2])));
  }
  notes.push({ beat: LINE_BEATS - 3, degree: random.pick([0, 2]) });
  return notes;
}

/**
 * A tone with soft edges of 5 ms; `harmonics` are the amplitudes of 1, 2, 3... times `hz`, those at or above Nyquist's
 * frequency left out. It decays at `decay` nepers a second, the higher harmonics faster.
 */
function tone(durationS: number, hz: number, harmonics: readonly number[], decay: number): Float32Array {
  const out = silence(durationS);
  harmonics.forEach((amplitude, i) => {
    const k = i + 1;
    if (k * hz >= SAMPLE_RATE / 2) return;
    for (let n = 0; n < out.length; n++) {
      const timeS = n / SAMPLE_RATE;
      const edge = Math.min(1, timeS / 0.005, (durationS - timeS) / 0.005);
      out[n] += amplitude * edge * Math.exp(-decay * k * timeS) * Math.sin(2 * Math.PI * k * hz * timeS);
    }
  });
  return out;
}

function silence(durationS: number): Float32Array {
  return new Float32Array(Math.round(durationS * SAMPLE_RATE));
}
