import { SAMPLE_RATE } from '../values.js';
import type { Random } from '../maths/random.js';

/** What a voice does at one moment. */
export interface VoiceState {
  /** Fundamental frequency in Hz. */
  f0Hz: number;
  /** Amplitude of the vocal folds' tone, 0 for none. */
  voicing: number;
  /** Amplitude of the noise of breath, 0 for none. */
  breath: number;
  /** Resonances of the vocal tract in Hz, lowest first; always the same number of them. */
  formantsHz: readonly number[];
  /** Spectral slope of the tone at the lips: harmonic k has amplitude k^-tilt. 1 is normal, less is pressed. */
  tilt: number;
  /** 0 for a clear tone to 1 for chaos: subharmonics, irregular cycles. */
  roughness: number;
}

/** What stays with a voice. */
export interface VoiceTraits {
  /** Standard deviation of the length of a cycle, relative. */
  jitter: number;
  /** Standard deviation of the amplitude of a cycle, relative. */
  shimmer: number;
  /** Bandwidth of every formant against an adult's. */
  damping: number;
  /**
   * Harmonic number of the glottal formant: the tone is weaker below it, as in a pressed voice; 0 for none
   * (Doval, d'Alessandro & Henrich 2006, The spectrum of glottal flow models, Acta Acustica 92).
   */
  glottalFormant: number;
}

/** Samples from one state to the next: 5 ms. */
const FRAME = 80;

/** Harmonics fade out between these frequencies, so that neither subharmonics nor jitter reach Nyquist's. */
const FADE_START_HZ = 6800;
const FADE_END_HZ = 7700;

/**
 * Sings what `state` says, asked every 5 ms: a band-limited sum of harmonics and noise through a cascade of
 * resonators (Klatt 1980, Software for a cascade/parallel formant synthesizer, JASA 67), at SAMPLE_RATE.
 * Dysphonation is modelled as period doubling and per-cycle perturbation (Mende, Herzel & Wermke 1990,
 * Bifurcations and chaos in newborn infant cries, Physics Letters A 145).
 * The level is about that of `voicing`, times the gain of the formants.
 */
export function synthesiseVoice(
  durationS: number,
  traits: VoiceTraits,
  random: Random,
  state: (timeS: number) => VoiceState,
): Float32Array {
  const out = new Float32Array(Math.round(durationS * SAMPLE_RATE));
  let now = state(0);
  const resonators = now.formantsHz.map(() => new Resonator());
  let hiss = 0;
  const folds = new VocalFolds(traits, random);
  for (let start = 0; start < out.length; start += FRAME) {
    const next = state((start + FRAME) / SAMPLE_RATE);
    folds.tune(Math.max(now.f0Hz, next.f0Hz), now.tilt, now.roughness);
    resonators.forEach((resonator, i) => {
      const hz = now.formantsHz[i];
      resonator.tune(hz, (50 + 0.05 * hz) * traits.damping);
    });
    for (let i = 0; i < FRAME && start + i < out.length; i++) {
      const part = i / FRAME;
      const f0Hz = now.f0Hz + part * (next.f0Hz - now.f0Hz);
      const voicing = now.voicing + part * (next.voicing - now.voicing);
      const breath = now.breath + part * (next.breath - now.breath);
      const tone = folds.next(f0Hz);
      // Breath is loudest while the folds are open, half of each cycle.
      hiss += 0.5 * (random.uniform(-1, 1) - hiss);
      let sample = voicing * tone + breath * hiss * (voicing > 0 ? 0.5 + 0.5 * folds.opening : 1);
      for (const resonator of resonators) sample = resonator.next(sample);
      out[start + i] = sample;
    }
    now = next;
  }
  return out;
}

/** The tone of the folds. */
class VocalFolds {
  /** Phase in cycles, [0, 2): two cycles make one when periods double. */
  private phase = 0;
  private weights: number[] = [];
  private roughness = 0;
  private stretch = 1;
  private gain = 1;

  constructor(
    private readonly traits: VoiceTraits,
    private readonly random: Random,
  ) {}

  /** How far the folds are open, in [0, 1]. */
  get opening(): number {
    return 0.5 - 0.5 * Math.cos(2 * Math.PI * this.phase);
  }

  /** @param f0Hz the highest until the next call. */
  tune(f0Hz: number, tilt: number, roughness: number): void {
    this.roughness = roughness;
    this.weights = [];
    for (let k = 1; k * f0Hz < FADE_END_HZ; k++) {
      const beyond = Math.max(0, (k * f0Hz - FADE_START_HZ) / (FADE_END_HZ - FADE_START_HZ));
      const pressed = (k * k) / (k * k + this.traits.glottalFormant ** 2);
      this.weights.push(k ** -tilt * pressed * (0.5 + 0.5 * Math.cos(Math.PI * beyond)));
    }
  }

  next(f0Hz: number): number {
    const before = Math.floor(this.phase);
    this.phase = (this.phase + (f0Hz * this.stretch) / SAMPLE_RATE) % 2;
    if (Math.floor(this.phase) !== before) this.perturb();
    const angle = 2 * Math.PI * this.phase;
    // sin((k + 1) a) = 2 cos(a) sin(k a) - sin((k - 1) a)
    const twiceCos = 2 * Math.cos(angle);
    let last = 0;
    let sine = Math.sin(angle);
    let sum = 0;
    for (const weight of this.weights) {
      sum += weight * sine;
      [last, sine] = [sine, twiceCos * sine - last];
    }
    return sum * this.gain * (1 + 0.6 * this.roughness * Math.cos(angle / 2));
  }

  /** Draws the next cycle's length and loudness; at phase 0, where every harmonic is 0, neither clicks. */
  private perturb(): void {
    const { jitter, shimmer } = this.traits;
    const spread = (deviation: number): number =>
      Math.min(1.5, Math.max(0.5, 1 + deviation * this.random.normal()));
    this.stretch = spread(jitter + 0.05 * this.roughness);
    this.gain = spread(shimmer + 0.2 * this.roughness);
  }
}

/** A second-order resonator with gain 1 at 0 Hz. */
class Resonator {
  private a = 1;
  private b = 0;
  private c = 0;
  private last = 0;
  private beforeLast = 0;

  tune(hz: number, bandwidthHz: number): void {
    const radius = Math.exp((-Math.PI * bandwidthHz) / SAMPLE_RATE);
    this.c = -radius * radius;
    this.b = 2 * radius * Math.cos((2 * Math.PI * hz) / SAMPLE_RATE);
    this.a = 1 - this.b - this.c;
  }

  next(sample: number): number {
    const y = this.a * sample + this.b * this.last + this.c * this.beforeLast;
    this.beforeLast = this.last;
    this.last = y;
    return y;
  }
}

/** A smooth curve through points `[time, value]` of rising time; the ends' values hold before and after. */
export function curve(points: readonly (readonly [number, number])[]): (time: number) => number {
  return time => {
    const after = points.findIndex(([t]) => t > time);
    if (after === 0) return points[0][1];
    if (after < 0) return points.at(-1)![1];
    const [t0, v0] = points[after - 1];
    const [t1, v1] = points[after];
    return v0 + (v1 - v0) * (0.5 - 0.5 * Math.cos((Math.PI * (time - t0)) / (t1 - t0)));
  };
}
