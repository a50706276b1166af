import { SAMPLE_RATE, type Intensity } from '../values.js';
import { Random } from '../maths/random.js';
import { addAt, toPeak, type SynthOptions } from './level.js';
import { curve, synthesiseVoice, type VoiceState, type VoiceTraits } from './voice.js';

/** How the intensities differ; `[lo, hi]` ranges are drawn from uniformly. */
interface Manner {
  /** Middle of a burst's F0 contour in Hz. */
  f0Hz: [number, number];
  burstS: [number, number];
  pauseS: [number, number];
  /** Of the source: see VoiceState and VoiceTraits. */
  tilt: [number, number];
  glottalFormant: [number, number];
  /** Chances that a burst holds an episode of dysphonation or of hyperphonation. */
  dysphonation: number;
  hyperphonation: number;
  /** Peak in dB of full scale. */
  peakDb: number;
}

/**
 * Ranges after Wasz-Höckert et al. 1968 (The Infant Cry), Golub & Corwin 1985 (A physioacoustic model of the
 * infant cry), Michelsson & Michelsson 1999 (Phonation in the newborn, infant cry) and LaGasse, Neal & Lester 2005
 * (Assessment of infant cry): bursts of about a second on one breath, F0 of 300 to 600 Hz, which distress raises,
 * with episodes of turbulence (dysphonation) and of F0 above 1 kHz (hyperphonation).
 */
const MANNERS: Record<Intensity, Manner> = {
  fuss: {
    f0Hz: [330, 420],
    burstS: [0.5, 0.9],
    pauseS: [0.5, 1],
    tilt: [0.8, 1.1],
    glottalFormant: [0.7, 1.4],
    dysphonation: 0.15,
    hyperphonation: 0,
    peakDb: -18,
  },
  cry: {
    f0Hz: [380, 490],
    burstS: [0.7, 1.3],
    pauseS: [0.3, 0.6],
    tilt: [0.5, 0.8],
    glottalFormant: [1, 2],
    dysphonation: 0.4,
    hyperphonation: 0.05,
    peakDb: -12,
  },
  scream: {
    f0Hz: [450, 540],
    burstS: [0.8, 1.5],
    pauseS: [0.3, 0.5],
    tilt: [0.3, 0.6],
    glottalFormant: [1.2, 2.4],
    dysphonation: 0.7,
    hyperphonation: 0.15,
    peakDb: -6,
  },
};

/** Limits of F0 outside hyperphonation, in Hz. */
const F0_MIN_HZ = 300;
const F0_MAX_HZ = 600;

/** F0 against its middle at the quarters of a burst: the melody types of the cry literature. */
const MELODIES = {
  riseAndFall: [0.8, 1.02, 1.12, 1.02, 0.78],
  fall: [0.9, 1.12, 1.02, 0.9, 0.74],
  plateau: [0.8, 1.01, 1.03, 1.01, 0.82],
  rise: [0.8, 0.9, 0.97, 1.12, 0.95],
  twoArcs: [0.8, 1.1, 0.95, 1.08, 0.75],
};

/** The baby: what stays over all of its bursts. */
interface Baby extends VoiceTraits {
  f0Hz: number;
  formantsHz: number[];
  vibratoHz: number;
  vibratoDepth: number;
  breathiness: number;
}

/**
 * A baby's crying, mono at SAMPLE_RATE: bursts on expiration from the first sample to the last, each but the last
 * followed by a pause with the sound of breathing in. Peaks lie at -18 (fuss), -12 (cry) or -6 dBFS (scream).
 * The seed chooses the baby (voice, size of the vocal tract) and how it cries; the intensity is `cry` unless given.
 */
export function synthesiseCry(options: SynthOptions & { intensity?: Intensity }): Float32Array {
  const random = new Random(options.seed);
  const manner = MANNERS[options.intensity ?? 'cry'];
  const out = new Float32Array(Math.round(options.durationS * SAMPLE_RATE));
  const baby = drawBaby(random, manner);
  for (const { startS, durationS, pauseS } of rhythm(random, manner, options.durationS)) {
    addAt(out, burst(random, manner, baby, durationS), Math.round(startS * SAMPLE_RATE));
    if (pauseS > 0) {
      const inspiration = inspire(random, baby, pauseS);
      addAt(out, inspiration, Math.round((startS + durationS) * SAMPLE_RATE));
    }
  }
  return toPeak(out, manner.peakDb);
}

function drawBaby(random: Random, manner: Manner): Baby {
  // A tube of 7 to 8.5 cm, closed at one end, c = 350 m/s: newborn to about a year (Vorperian et al. 2005).
  const quarterWaveHz = 350 / (4 * random.uniform(0.07, 0.085));
  return {
    f0Hz: random.uniform(...manner.f0Hz),
    formantsHz: [
      1,
      3 * random.uniform(0.75, 0.95),
      5 * random.uniform(0.8, 1),
      6.6 * random.uniform(0.9, 1),
    ].map(odd => odd * quarterWaveHz),
    vibratoHz: random.uniform(5, 8),
    vibratoDepth: random.uniform(0.003, 0.015),
    breathiness: random.uniform(0.03, 0.12),
    jitter: random.uniform(0.003, 0.01),
    shimmer: random.uniform(0.03, 0.08),
    damping: random.uniform(2, 3),
    glottalFormant: random.uniform(...manner.glottalFormant),
  };
}

interface Breath {
  startS: number;
  durationS: number;
  /** Silence and inspiration until the next burst, 0 after the last. */
  pauseS: number;
}

/** Bursts and pauses that fill the time exactly: as many as nearly do, then stretched or pressed to fit. */
function rhythm(random: Random, manner: Manner, durationS: number): Breath[] {
  const breaths: Breath[] = [];
  let burstS: number;
  let pauseS = 0;
  let endS = 0;
  do {
    const startS = endS + pauseS;
    burstS = random.uniform(...manner.burstS);
    // Now and then the baby rests.
    pauseS = random.uniform(...manner.pauseS) * (random.chance(0.12) ? 2 : 1);
    breaths.push({ startS, durationS: burstS, pauseS });
    endS = startS + burstS;
  } while (endS + 0.5 * (burstS + pauseS) < durationS);
  const fit = durationS / endS;
  return breaths.map((breath, i) => ({
    startS: breath.startS * fit,
    durationS: breath.durationS * fit,
    pauseS: i + 1 < breaths.length ? breath.pauseS * fit : 0,
  }));
}

/** One expiration. */
function burst(random: Random, manner: Manner, baby: Baby, durationS: number): Float32Array {
  const melody = curve(random.pick(Object.values(MELODIES)).map((factor, i) => [i / 4, factor]));
  const f0Hz = baby.f0Hz * random.uniform(0.92, 1.08);
  const effort = random.uniform(0.75, 1);
  const tilt = random.uniform(...manner.tilt);
  const attackS = durationS * random.uniform(0.05, 0.2);
  const decayS = random.uniform(0.08, 0.2);
  const loudness = curve([
    [0, 0],
    [attackS, 0.75],
    [0.4 * durationS, 1],
    [Math.max(0.45 * durationS, durationS - decayS), random.uniform(0.65, 0.95)],
    [durationS, 0],
  ]);
  const mouth = curve([
    [0, random.uniform(0.65, 0.8)],
    [attackS, random.uniform(0.85, 1)],
    [0.5 * durationS, random.uniform(1, 1.3)],
    [durationS, random.uniform(0.7, 0.85)],
  ]);
  const tongue = random.uniform(0.92, 1.08);
  const rough = episode(random, manner.dysphonation, durationS);
  const roughness = random.uniform(0.4, 1);
  const high = episode(random, manner.hyperphonation, durationS);
  const highHz = curve([
    [0, random.uniform(1050, 1500)],
    [durationS, random.uniform(1050, 1500)],
  ]);
  const vibratoPhase = random.uniform(0, 2 * Math.PI);

  const state = (timeS: number): VoiceState => {
    const chaos = rough(timeS) ? roughness : 0;
    const whistle = high(timeS);
    const vibrato = baby.vibratoDepth * Math.sin(2 * Math.PI * baby.vibratoHz * timeS + vibratoPhase);
    const middleHz = Math.min(F0_MAX_HZ, Math.max(F0_MIN_HZ, f0Hz * melody(timeS / durationS)));
    const level = effort * loudness(timeS);
    const open = mouth(timeS);
    return {
      f0Hz: (whistle ? highHz(timeS) : middleHz) * (1 + vibrato),
      voicing: level * (1 - 0.5 * chaos),
      breath: level * (baby.breathiness + chaos * chaos),
      formantsHz: baby.formantsHz.map((hz, i) =>
        Math.min(7800, hz * (i === 0 ? open : i === 1 ? tongue : 1)),
      ),
      // Louder is more pressed.
      tilt: tilt + 0.6 * (1 - loudness(timeS)),
      roughness: whistle ? 0 : chaos,
    };
  };
  return synthesiseVoice(durationS, baby, random, state);
}

/** Says when, within a burst, the voice breaks into another regime: there and back at once, as bifurcations do. */
function episode(random: Random, chance: number, durationS: number): (timeS: number) => boolean {
  if (!random.chance(chance)) return () => false;
  const fromS = durationS * random.uniform(0.15, 0.6);
  const toS = fromS + durationS * random.uniform(0.15, 0.5);
  return timeS => timeS >= fromS && timeS < toS;
}

/** Breathing in: noise, and sometimes a high short tone. */
function inspire(random: Random, baby: Baby, pauseS: number): Float32Array {
  const waitS = pauseS * random.uniform(0.1, 0.25);
  const endS = Math.min(0.9 * pauseS, waitS + random.uniform(0.15, 0.3));
  const breath = curve([
    [waitS, 0],
    [(waitS + endS) / 2, random.uniform(0.1, 0.35)],
    [endS, 0],
  ]);
  const voiced = random.chance(0.35) ? random.uniform(0.15, 0.5) : 0;
  const f0Hz = curve([
    [waitS, random.uniform(800, 1200)],
    [endS, random.uniform(500, 800)],
  ]);
  return synthesiseVoice(pauseS, baby, random, timeS => ({
    f0Hz: f0Hz(timeS),
    voicing: voiced * breath(timeS),
    breath: breath(timeS),
    formantsHz: baby.formantsHz,
    tilt: 1,
    roughness: 0,
  }));
}
