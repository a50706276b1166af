/** The parts of the way from a recording to a cry event and its reason, for programs that are not Node-RED. */
export * from './values.js';
export { DeepInfantError } from './errors.js';
export { playInRealTime, readRecording, type RecordingOptions } from './audio/recording.js';
export { listRecordings } from './audio/recording-list.js';
export { SEED_FRONT_END, type FrontEnd } from './features/front-end.js';
export { LogMel } from './features/log-mel.js';
export type { Classifier, ClassifierStream } from './model/classifier.js';
export { DEFAULT_MODEL, listModels, loadClassifier } from './model/load.js';
export { PRESETS, type ModelManifest, type Preset, type PresetThresholds } from './model/manifest.js';
export { clipScore } from './detect/clip-score.js';
export { Detector, openDetector, type Detection } from './detect/detector.js';
export { Tracker, TRACKER_DEFAULTS, type TrackerSettings } from './detect/tracker.js';
export type { BabyProfile } from './reason/context.js';
export { ReasonEstimator } from './baby/estimator.js';
export type { AnswerOutcome } from './baby/history.js';
export { CONTEXT_KINDS, type ContextFact, type ContextKind } from './reason/facts.js';
export type { BabyMemory } from './baby/memory.js';
export { reasonLine } from './reason/sentences.js';
