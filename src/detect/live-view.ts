import { LogMel } from '../features/log-mel.js';
import { type Preset, PRESETS, type TrackerThresholds } from '../model/manifest.js';
import { type AudioChunk, SAMPLE_RATE, type Scores } from '../values.js';
import { Tracker, TRACKER_DEFAULTS } from './tracker.js';

/** What is kept to be looked at, in s. */
export const VIEW_S = 30;
/** Neighbouring mels are averaged: a picture this small shows no more. */
const MELS_PER_BAND = 2;
const LOWEST_DB = -120;

/** A stretch in which a preset hears a cry; no `endS` while it goes on. */
export interface HeardSpan {
  startS: number;
  endS?: number;
}

/** What there is to see. Times are in s from the source's start. */
export interface LiveViewPart {
  /** The end of what was heard. */
  endS: number;
  /** Seconds from one column of the spectrogram to the next; column n shows the sound about n * columnS. */
  columnS: number;
  /** Number of the first of these columns. */
  firstColumn: number;
  /** Bands of a column, from low mels to high. */
  bands: number;
  /** Columns one after another, [columns x bands], in half dB above -120 dB of full scale. */
  levels: Uint8Array;
  /** Cry probability of each step, in [0, 1], at its end. */
  scores: { endS: number; cry: number }[];
  /** What each preset would have reported, whichever is chosen. */
  heard: Record<Preset, HeardSpan[]>;
}

/** The last half minute of a source, to look at while choosing a preset. */
export class LiveView {
  private readonly logMel = new LogMel();
  private readonly bands = this.logMel.mels / MELS_PER_BAND;
  private readonly keptColumns = Math.ceil((VIEW_S * SAMPLE_RATE) / this.logMel.hop);
  private nextSample = NaN;
  private nextColumn = 0;
  /** Those before `nextColumn`. */
  private columns: Uint8Array[] = [];
  private scores: LiveViewPart['scores'] = [];
  private readonly heard = Object.fromEntries(PRESETS.map(preset => [preset, []])) as unknown as Record<
    Preset,
    HeardSpan[]
  >;
  private readonly trackers: Map<Preset, Tracker>;

  constructor(presets: Record<Preset, TrackerThresholds>) {
    this.trackers = new Map(
      PRESETS.map(preset => {
        const { odds } = presets[preset];
        return [preset, new Tracker('', { ...TRACKER_DEFAULTS, odds })];
      }),
    );
  }

  /** Adds sound to the spectrogram; what was lost before it is shown as silence. A source may begin anew. */
  pushChunk({ samples, firstSample }: AudioChunk): void {
    const { fftSize, hop, mels } = this.logMel;
    if (firstSample !== this.nextSample) {
      this.logMel.reset();
      // A frame is shown at its middle.
      const column = Math.round((firstSample + fftSize / 2) / hop);
      const lost = column - this.nextColumn;
      if (lost < 0) this.columns = [];
      for (let i = 0; i < Math.min(lost, this.keptColumns); i++)
        this.columns.push(new Uint8Array(this.bands));
      this.nextColumn = column;
    }
    this.nextSample = firstSample + samples.length;
    const frames = this.logMel.push(samples);
    for (let at = 0; at < frames.length; at += mels) {
      this.columns.push(bandsOf(frames.subarray(at, at + mels)));
      this.nextColumn++;
    }
    this.columns = this.columns.slice(-this.keptColumns);
  }

  /** Adds a step's score, and what each preset makes of it. */
  pushScores(step: Scores): void {
    const endS = step.endSample / SAMPLE_RATE;
    const isInView = (atS: number): boolean => atS > endS - VIEW_S && atS <= endS;
    this.scores = [...this.scores, { endS, cry: step.scores.cry }].filter(score => isInView(score.endS));
    for (const [preset, tracker] of this.trackers) {
      const spans = this.heard[preset];
      for (const { state, onsetS, offsetS } of tracker.push(step)) {
        if (state === 'started') spans.push({ startS: onsetS });
        if (state === 'ended') spans[spans.length - 1].endS = offsetS;
      }
      this.heard[preset] = spans.filter(span => isInView(span.endS ?? endS));
    }
  }

  /** The scores, and the columns from number `fromColumn` on that are still kept. */
  read(fromColumn: number): LiveViewPart {
    const oldest = this.nextColumn - this.columns.length;
    const firstColumn = Math.max(oldest, Math.min(this.nextColumn, fromColumn));
    const { bands, scores, heard } = this;
    const levels = new Uint8Array((this.nextColumn - firstColumn) * bands);
    this.columns.slice(firstColumn - oldest).forEach((column, i) => {
      levels.set(column, i * bands);
    });
    const endS = this.nextSample / SAMPLE_RATE;
    return { endS, columnS: this.logMel.hop / SAMPLE_RATE, firstColumn, bands, levels, scores, heard };
  }
}

function bandsOf(decibels: Float32Array): Uint8Array {
  return Uint8Array.from({ length: decibels.length / MELS_PER_BAND }, (_, band) => {
    const pair = decibels.subarray(band * MELS_PER_BAND, (band + 1) * MELS_PER_BAND);
    const mean = pair.reduce((sum, db) => sum + db, 0) / MELS_PER_BAND;
    return Math.max(0, Math.min(255, Math.round(2 * (mean - LOWEST_DB))));
  });
}
