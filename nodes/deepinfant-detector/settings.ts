import type { Preset } from '../../src/model/manifest.js';

export interface DetectorSettings {
  name: string;
  /** Folder below models/. */
  model: string;
  preset: Preset;
}

export const DETECTOR_DEFAULTS: DetectorSettings = {
  name: '',
  model: 'crynet',
  preset: 'balanced',
};
