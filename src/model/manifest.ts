import type { FrontEnd } from '../features/front-end.js';
import type { Label } from '../values.js';
import type { Calibration } from './calibration.js';

export const PRESETS = ['careful', 'balanced', 'sensitive'] as const;
export type Preset = (typeof PRESETS)[number];

/** A step counts at most this much, in nats: no single sound is certain, however sure the network is. */
export const MOST_ODDS = 7;

/** How a tracker turns the scores of steps into cries; see Tracker. */
export interface TrackerThresholds {
  /** Level that reports a cry: log odds of the steps of the last seconds, weighed as Tracker says, in nats; in (-MOST_ODDS, MOST_ODDS). */
  odds: number;
}

/** One setting of a model, and what it promises. */
export interface PresetThresholds extends TrackerThresholds {
  /** A recording whose clip score reaches this is called a cry; in (0, 1). */
  clip: number;
  /** What it was chosen for, on groups that the network had not learned from. */
  promise: {
    /** False alarms in a night of eight hours with a sound every 20 to 120 s. */
    falseAlarmsPerNight: number;
    /** Share of recordings without a cry that are called one. */
    clipFalseAlarmRate: number;
  };
}

/** How the network is read: on and on, from what was heard up to now; or in windows that know nothing of each other. */
export const READINGS = ['flexible', 'fixed'] as const;
export type Reading = (typeof READINGS)[number];

/** Everything needed to run a model: models/<name>/manifest.json. */
export interface ModelManifest {
  /** Version of this file's form; a newer one is refused. */
  format: 1;
  name: string;
  version: string;
  licence: string;
  frontEnd: FrontEnd;
  /** The network's input is (max(dB, floorDb) - meanDb) / stdDb. */
  scaling: { floorDb: number; meanDb: number; stdDb: number };
  reading: Reading;
  /** Frames from one step to the next, and frames that one step judges. */
  hopFrames: number;
  windowFrames: number;
  labels: readonly Label[];
  embeddingSize: number;
  /** Of the cry's score. */
  calibration: Calibration;
  presets: Record<Preset, PresetThresholds>;
  weights: { file: string; sha256: string; tensors: { name: string; shape: number[] }[] };
  training: { dataSha256: string; groups: string; seed: number; notice: string };
}
