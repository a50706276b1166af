import { parseArgs } from 'node:util';
import { listRecordings, readRecording } from '../audio/recording.js';
import { clipScore } from '../detect/clip-score.js';
import { DeepInfantError } from '../errors.js';
import type { Classifier } from '../model/classifier.js';
import { loadClassifier } from '../model/load.js';
import type { ModelManifest, Preset } from '../model/manifest.js';
import { reasonLine } from '../reason/phrase.js';
import { SAMPLE_RATE, type CryEvent, type ReasonEstimate, type Scores } from '../values.js';
import { HEARING_OPTIONS, HEARING_USAGE, presetOf, usageError } from './arguments.js';
import { hear } from './hear.js';
import { inOrder } from './in-order.js';
import { abortOnInterrupt } from './interrupt.js';
import { print, printError, printJson } from './output.js';
import { bar, clearStatus, Pace, showStatus } from './status-line.js';

export const CLASSIFY_USAGE = `deepinfant classify FILE|DIR... [--json [--windows]] [--model NAME] [--preset NAME]
  Says of each recording, and of each in a folder, how long it is, whether a baby cries in it, how much it sounds like a
  cry (0 to 100 %), and why the baby may cry. Ends with status 1 if a recording can't be read, or not to its end.
  --json          print a JSON object a line for each recording
  --windows       with the scores of every window in it
  ${HEARING_USAGE}`;

/** Recordings heard at a time: enough for the model to batch, few enough for their memory not to matter. */
const AT_ONCE = 8;

/** What one recording gave. `error` with all the rest: it was cut off, and this is what could be heard. */
interface Heard {
  file: string;
  durationS: number;
  cry: { score: number; isCry: boolean };
  events: CryEvent[];
  /** Of the longest cry; null without one. */
  reason: ReasonEstimate | null;
  model: Pick<ModelManifest, 'name' | 'version'>;
  windows: { startS: number; scores: Scores['scores'] }[];
  error?: string;
}

interface Unreadable {
  file: string;
  error: string;
}

/** A recording to hear, or what was wrong with the path. */
type Listed = { file: string; error?: undefined } | Unreadable;

/** `deepinfant classify`. @returns the exit status */
export async function classify(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { ...HEARING_OPTIONS, windows: { type: 'boolean', default: false } },
  });
  const preset = presetOf(values.preset);
  if (positionals.length === 0) throw usageError('Name the files or folders to classify.');
  if (values.windows && !values.json) throw usageError('--windows is for --json: add it.');
  const signal = abortOnInterrupt();
  const recordings = (await Promise.all(positionals.map(recordingsAt))).flat();
  const nameWidth = recordings.reduce((width, { file }) => Math.max(width, file.length), 0);
  const classifier = await loadClassifier(values.model);
  const pace = new Pace();
  let done = 0;
  let errors = 0;
  const showProgress = (): void => {
    if (recordings.length > 1)
      showStatus(
        `${bar(done / recordings.length)} ${done}/${recordings.length}${pace.left(done, recordings.length)}`,
      );
  };
  try {
    showProgress();
    const results = inOrder(recordings, AT_ONCE, recording =>
      classifyRecording(recording, { classifier, preset, signal }),
    );
    for await (const result of results) {
      clearStatus();
      done++;
      if (result.error !== undefined) errors++;
      if (values.json) printJson(values.windows ? result : { ...result, windows: undefined });
      else printReadable(result, nameWidth);
      showProgress();
    }
  } finally {
    clearStatus();
    await classifier.close();
  }
  if (errors > 0 && recordings.length > 1)
    printError(`${errors} of ${recordings.length} recordings could not be read, or not to their end.`);
  return errors > 0 ? 1 : 0;
}

/** What can't be read, or a folder in it that can't be listed, does not keep the rest from being heard. */
async function recordingsAt(fileOrFolder: string): Promise<Listed[]> {
  const listed: Listed[] = [];
  const skip = (file: string, thrown: unknown): void => {
    listed.push({ file, error: expected(thrown).message });
  };
  try {
    for (const file of await listRecordings([fileOrFolder], skip)) listed.push({ file });
  } catch (thrown) {
    skip(fileOrFolder, thrown);
  }
  return listed;
}

/** @throws what was thrown unless it is an error that a person can act on */
function expected(thrown: unknown): DeepInfantError {
  if (thrown instanceof DeepInfantError) return thrown;
  throw thrown;
}

async function classifyRecording(
  listed: Listed,
  { classifier, preset, signal }: { classifier: Classifier; preset: Preset; signal: AbortSignal },
): Promise<Heard | Unreadable> {
  if (listed.error !== undefined) return listed;
  const { file } = listed;
  const windows: Heard['windows'] = [];
  const events: CryEvent[] = [];
  let durationS = 0;
  let error: string | undefined;
  try {
    const chunks = readRecording(file, { source: file, signal });
    await hear(chunks, { source: file, classifier, preset }, (detection, heardS) => {
      // Without the embeddings, which would fill the memory over hours.
      for (const { startSample, scores } of detection.scores)
        windows.push({ startS: startSample / SAMPLE_RATE, scores });
      events.push(...detection.events);
      durationS = heardS;
    });
  } catch (thrown) {
    const { code, message } = expected(thrown);
    if (code !== 'truncated') return { file, error: message };
    error = message;
  }
  const { name, version, presets } = classifier.manifest;
  const score = clipScore(windows);
  return {
    file,
    durationS,
    cry: { score, isCry: score >= presets[preset].onset },
    events,
    reason: longestCry(events)?.reason ?? null,
    model: { name, version },
    windows,
    error,
  };
}

function longestCry(events: readonly CryEvent[]): CryEvent | undefined {
  return events.filter(({ state }) => state === 'ended').sort((a, b) => b.durationS - a.durationS)[0];
}

function printReadable(result: Heard | Unreadable, nameWidth: number): void {
  if ('cry' in result) {
    const { file, durationS, cry, events } = result;
    const verdict = (cry.isCry ? 'cry' : 'no cry').padEnd(6);
    const percent = `${Math.round(100 * cry.score)} %`.padStart(5);
    const longest = longestCry(events);
    let more = '';
    if (longest) more = reasonLine(longest, { name: '' });
    else if (cry.isCry) more = 'Too short to be told as a cry that starts and ends';
    const line = `${file.padEnd(nameWidth)}  ${durationS.toFixed(1).padStart(7)} s  ${verdict} ${percent}  ${more}`;
    print(line.trimEnd());
  }
  if (result.error !== undefined) printError(result.error);
}
