import type { Preset } from '../model/manifest.js';

/** What is heard of a source. Times are in s from the source's start. */
export interface ViewReply {
  source: string;
  /** The end of what was heard. */
  endS: number;
  /** Seconds from one column of the spectrogram to the next; column n shows the sound about n * columnS. */
  columnS: number;
  /** Number of the first of these columns. */
  firstColumn: number;
  /** Bands of a column, from low to high. */
  bands: number;
  /** Columns one after another, [columns x bands], a byte each in half dB above -120 dB of full scale, as base64. */
  levels: string;
  /** Cry probability of each step, in [0, 1], at its end. */
  scores: { endS: number; cry: number }[];
  /** Where each preset hears a cry, whichever is chosen; no `endS` while one goes on. */
  heard: Record<Preset, { startS: number; endS?: number }[]>;
}

/** What live views show; `view` is of the source asked for, or of the first. */
export interface LookReply {
  sources: string[];
  view?: ViewReply;
}
