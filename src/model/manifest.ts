import type { Label } from '../values.js';
import type { Calibration } from './calibration.js';

export const PRESETS = ['careful', 'balanced', 'sensitive'] as const;
export type Preset = (typeof PRESETS)[number];

/** How a preset turns scores into cries; probabilities in (0, 1). */
export interface PresetThresholds {
  /** A smoothed cry score at or above this begins a cry. */
  onset: number;
  /** A smoothed cry score below this ends it, after the hang-over. */
  offset: number;
}

/** Everything needed to run a model: models/<name>/manifest.json. */
export interface ModelManifest {
  /** Version of this file's form; a newer one is refused. */
  format: 1;
  name: string;
  version: string;
  licence: string;
  frontEnd: {
    sampleRate: 16000;
    fftSize: number;
    hop: number;
    mels: number;
    fMin: number;
    fMax: number;
    scale: 'slaney';
  };
  /** The network's input is (max(dB, floorDb) - meanDb) / stdDb. */
  scaling: { floorDb: number; meanDb: number; stdDb: number };
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
