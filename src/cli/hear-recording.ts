import { type RawFormat, readRecording } from '../audio/recording.js';
import { clipScore } from '../detect/clip-score.js';
import { DeepInfantError } from '../errors.js';
import type { Classifier } from '../model/classifier.js';
import type { Preset } from '../model/manifest.js';
import { SAMPLE_RATE, type CryEvent, type Scores } from '../values.js';
import { hear } from './hear.js';
import { inOrder } from '../in-order.js';
import { recordingAt, sourceOf } from './input.js';
import { ProgressLine } from './progress-line.js';

/** Recordings heard at a time: while some are decoded, others are scored; few enough for their memory not to matter. */
const AT_ONCE = 8;

/** What could be heard of a recording. */
export interface Heard {
  durationS: number;
  /** Clip score. */
  score: number;
  events: CryEvent[];
  windows: { startS: number; endS: number; scores: Scores['scores'] }[];
  /** What a person should know of it all the same. */
  warnings: string[];
  /** Why nothing could be heard or, if `truncated`, no more than this. */
  error?: DeepInfantError;
}

interface HearingOptions {
  classifier: Classifier;
  preset: Preset;
  signal: AbortSignal;
  /** Of standard input without a header. */
  raw?: RawFormat;
}

/** Hears a recording to its end, or as far as it can be read. @param file may be STANDARD_INPUT */
export async function hearRecording(
  file: string,
  { classifier, preset, signal, raw }: HearingOptions,
): Promise<Heard> {
  const heard: Heard = { durationS: 0, score: 0, events: [], windows: [], warnings: [] };
  const warn = (message: string): void => {
    heard.warnings.push(message);
  };
  let judged: number | undefined;
  try {
    const source = sourceOf(file);
    const recording = readRecording(recordingAt(file), { source, signal, warn, raw });
    await hear(
      recording,
      { source, classifier, preset },
      ({ scores: steps, events, clipScore: score }, heardS) => {
        // Without the embeddings, which would fill the memory over hours.
        for (const { startSample, endSample, scores } of steps)
          heard.windows.push({ startS: startSample / SAMPLE_RATE, endS: endSample / SAMPLE_RATE, scores });
        heard.events.push(...events);
        heard.durationS = heardS;
        judged = score ?? judged;
      },
    );
  } catch (thrown) {
    heard.error = asDeepInfantError(thrown);
  }
  heard.score = judged ?? clipScore(heard.windows);
  return heard;
}

/** @throws what was thrown, unless it is an error that a person can act on */
export function asDeepInfantError(thrown: unknown): DeepInfantError {
  if (thrown instanceof DeepInfantError) return thrown;
  throw thrown;
}

/** Hears several recordings at a time, gives the results in the order of the items, and shows its progress. */
export async function* hearSeveral<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const progress = new ProgressLine();
  let done = 0;
  const showProgress = (): void => {
    if (items.length > 1) progress.show({ done, total: items.length });
  };
  try {
    showProgress();
    for await (const result of inOrder(items, AT_ONCE, work)) {
      progress.clear();
      done++;
      yield result;
      showProgress();
    }
  } finally {
    progress.clear();
  }
}
