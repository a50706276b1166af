import type { CryVoice, Intensity } from '../values.js';

const FUSS_BELOW = 0.375;
const SCREAM_FROM = 0.625;

/**
 * How hard the baby cries: `fuss` where distress() is below 3/8, `scream` from 5/8 on, else `cry`. Conventions, as there
 * are no recordings that people labelled so: they part the synthesiser's three manners, and call about two fifths of the
 * cries of a corpus a fuss and a quarter a scream.
 */
export function intensityOf(voice: CryVoice): Intensity {
  const value = distress(voice);
  if (value < FUSS_BELOW) return 'fuss';
  return value < SCREAM_FROM ? 'cry' : 'scream';
}

/**
 * How much distress a voice carries, in [0, 1]: half of it by pitch, a quarter each by roughness and by the balance of
 * high and low sound. None depends on the level, so neither does it on the microphone's gain.
 *
 * - Pitch, from 350 to 700 Hz: higher cries are rated worse (Protopapas & Eimas 1997, JASA 102). Phonation ends at about
 *   700 Hz; above 1 kHz lies hyperphonation (Robb 2003, Folia Phoniatrica et Logopaedica 55). It counts twice, as
 *   distance, noise and the microphone's frequency response hardly change it.
 * - Roughness, up to 0.2: tells pain from discomfort (Koutseff et al. 2018, Bioacoustics 27), goes with how adults rate a
 *   cry (dysphonation; Gustafson & Green 1989, Child Development 60), and makes a scream alarming (Arnal et al. 2015,
 *   Current Biology 25).
 * - Balance, from -10 to 10 dB: effort moves energy upwards, and how it is spread goes with how cries are rated, too
 *   (Gustafson & Green 1989; Yoo et al. 2019, Frontiers in Psychology 10).
 */
export function distress({ f0Hz, roughness, balanceDb }: CryVoice): number {
  const pitch = f0Hz === null ? 0 : positionBetween(Math.log2(f0Hz / 350), 0, 1);
  return 0.5 * pitch + 0.25 * positionBetween(roughness, 0, 0.2) + 0.25 * positionBetween(balanceDb, -10, 10);
}

/** Where a value lies between two others: 0 at or below the lower, 1 at or above the upper. */
function positionBetween(value: number, lower: number, upper: number): number {
  return Math.min(1, Math.max(0, (value - lower) / (upper - lower)));
}
