import { Detector, type Detection } from '../detect/detector.js';
import { Tracker, TRACKER_DEFAULTS } from '../detect/tracker.js';
import type { Classifier } from '../model/classifier.js';
import type { Preset } from '../model/manifest.js';
import { ReasonEstimator } from '../reason/estimator.js';
import { SAMPLE_RATE, type AudioChunk } from '../values.js';

export interface HearOptions {
  /** Name of the source; goes into the events. */
  source: string;
  classifier: Classifier;
  preset: Preset;
}

/**
 * Hears a source to its end, and tells after each chunk what it gave: steps, events with their reasons, and the seconds
 * of audio heard so far. If the source breaks off, a running cry is told as ended before its error is thrown.
 */
export async function hear(
  chunks: AsyncIterable<AudioChunk>,
  { source, classifier, preset }: HearOptions,
  tell: (detection: Detection, heardS: number) => void,
): Promise<void> {
  const thresholds = classifier.manifest.presets[preset];
  const detector = new Detector(
    classifier.open(),
    new Tracker(source, { ...TRACKER_DEFAULTS, ...thresholds }),
  );
  const reasons = new ReasonEstimator({ name: '' });
  let heardS = 0;
  const tellWithReasons = ({ scores, events }: Detection): void => {
    tell({ scores, events: events.map(event => ({ ...event, reason: reasons.estimate(event) })) }, heardS);
  };
  try {
    for await (const chunk of chunks) {
      heardS = (chunk.firstSample + chunk.samples.length) / SAMPLE_RATE;
      tellWithReasons(await detector.push(chunk));
    }
  } finally {
    tellWithReasons(await detector.flush());
    await detector.close();
  }
}
