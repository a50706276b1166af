import type { RecordingLabel } from '../corpus/manifest.js';

/** A training recording in memory. */
export interface Clip {
  label: RecordingLabel;
  /** How often it is drawn, relative to others that are cries, or that are not. */
  weight: number;
  /** 16 kHz mono, 16 bit: half the memory of floats. */
  samples: Int16Array;
  /** YAMNet's scores [windows x TEACHER_CLASSES] in binary16. */
  teacher?: Uint16Array;
  /** Probability of a cry in each of YAMNet's windows, if teachers heard the recording. */
  crying?: Float32Array;
}
