import { openDetector, type Detection } from '../detect/detector.js';
import type { Classifier } from '../model/classifier.js';
import type { Preset } from '../model/manifest.js';
import { ReasonEstimator } from '../baby/estimator.js';
import type { AudioChunk } from '../values.js';

interface HearOptions {
  /** Name of the source; goes into the events. */
  source: string;
  classifier: Classifier;
  preset: Preset;
}

/** Detects cries as `Detector.hear` does, and adds their reasons. */
export async function hear(
  chunks: AsyncIterable<AudioChunk>,
  { source, classifier, preset }: HearOptions,
  onDetection: (detection: Detection, heardS: number) => void,
): Promise<void> {
  const reasons = new ReasonEstimator({ name: '' });
  const detector = openDetector(classifier, source, preset);
  await detector.hear(chunks, (detection, heardS) => {
    const events = detection.events.map(event => ({ ...event, reason: reasons.estimate(event) }));
    onDetection({ ...detection, events }, heardS);
  });
}
