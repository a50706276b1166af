import * as v from 'valibot';
import { DEFAULT_MODEL } from '../../src/model/load.js';
import { PRESETS } from '../../src/model/manifest.js';
import { oneOf, text, version } from '../settings.js';

export const DETECTOR_SETTINGS = v.object({
  version,
  name: text(),
  /** Folder below models/. */
  model: text(DEFAULT_MODEL),
  preset: oneOf(PRESETS, 'balanced'),
});

export type DetectorSettings = v.InferOutput<typeof DETECTOR_SETTINGS>;
