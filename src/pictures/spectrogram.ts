import { concat } from '../concat.js';
import { SEED_FRONT_END } from '../features/front-end.js';
import { LogMel } from '../features/log-mel.js';
import { melEdgesHz } from '../features/mel-scale.js';
import { SAMPLE_RATE } from '../values.js';
import type { Tick } from './axis.js';
import { colourMap } from './colour-map.js';
import { plot } from './plot.js';
import { encodePng } from './png.js';

/** Levels this far below the loudest are black, and so is anything fainter than a recording's rounding noise. */
const RANGE_DB = 60;
const LEAST_LOUDEST_DB = -40;
const LABELLED_HZ = [250, 500, 1000, 2000, 4000];

export interface SpectrogramOptions {
  /** 16 kHz mono; not empty. */
  samples: Float32Array;
  /** Time of the first sample in s. */
  fromS: number;
  /** A detector's score over time, in [0, 1], drawn above. */
  scores?: { atS: number; score: number }[];
}

/** Draws the log-mel spectrogram of a sound as an SVG element, below another with the scores over the same time. */
export function spectrogram({ samples, fromS, scores = [] }: SpectrogramOptions): string {
  const toS = fromS + samples.length / SAMPLE_RATE;
  const time = { from: fromS, to: toS };
  const { mels } = SEED_FRONT_END;
  const picture = plot({
    x: { ...time, label: 'time (s)' },
    y: { from: 0, to: mels, label: 'Hz', ticks: melTicks() },
    series: [
      {
        name: 'log-mel',
        mark: 'image',
        png: pictureOf(samples),
        from: { x: fromS, y: 0 },
        to: { x: toS, y: mels },
      },
    ],
    height: 190,
  });
  if (scores.length === 0) return picture;
  const curve = plot({
    x: { ...time, label: '', ticks: [] },
    y: { from: 0, to: 1, label: 'score', ticks: [0, 0.5, 1].map(at => ({ at, text: String(at) })) },
    series: [{ name: 'score', mark: 'line', points: scores.map(({ atS, score }) => ({ x: atS, y: score })) }],
    height: 80,
  });
  return curve + picture;
}

function pictureOf(samples: Float32Array): Uint8Array {
  const { frames, pixels } = spectrogramPixels(samples);
  return encodePng(frames, pixels, colourMap());
}

/**
 * Colours of a log-mel spectrogram, 0 to 255, row by row from the highest band: a column a frame, each in the middle of
 * what it was computed from.
 */
export function spectrogramPixels(samples: Float32Array): { frames: number; pixels: Uint8Array } {
  const { fftSize, mels } = SEED_FRONT_END;
  const half = new Float32Array(fftSize / 2);
  const decibels = new LogMel().push(concat([half, samples, half]));
  const frames = decibels.length / mels;
  const loudest = decibels.reduce((a, b) => Math.max(a, b), LEAST_LOUDEST_DB);
  const pixels = new Uint8Array(decibels.length);
  for (let frame = 0; frame < frames; frame++) {
    for (let mel = 0; mel < mels; mel++) {
      const share = 1 + (decibels[frame * mels + mel] - loudest) / RANGE_DB;
      pixels[(mels - 1 - mel) * frames + frame] = Math.round(255 * Math.max(0, share));
    }
  }
  return { frames, pixels };
}

/** Frequencies at their places on the axis of bands, band m's centre being at m + 0.5. */
export function melTicks(): Tick[] {
  const { mels, fMin, fMax } = SEED_FRONT_END;
  const edges = melEdgesHz(mels, fMin, fMax);
  return LABELLED_HZ.map(hz => {
    const above = edges.findIndex(edge => edge >= hz);
    const share = (hz - edges[above - 1]) / (edges[above] - edges[above - 1]);
    return { at: above - 1 + share - 0.5, text: hz < 1000 ? String(hz) : `${hz / 1000}k` };
  });
}
