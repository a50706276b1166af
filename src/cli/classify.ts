import type { RawFormat } from '../audio/recording.js';
import { listRecordings, skippedText } from '../audio/recording-list.js';
import { shownPath } from '../files/path-text.js';
import type { Classifier } from '../model/classifier.js';
import { loadRecordingClassifier } from '../model/load.js';
import type { ModelManifest, Preset } from '../model/manifest.js';
import { reasonLine } from '../reason/sentences.js';
import type { CryEvent, ReasonEstimate, Scores } from '../values.js';
import { HEARING_OPTIONS, presetOf, usageError } from './arguments.js';
import { asDeepInfantError, hearRecording, hearSeveral } from './hear-recording.js';
import { pathsOf, RAW_OPTION, rawFormatOf, STANDARD_INPUT } from './input.js';
import { abortOnInterrupt } from './interrupt.js';
import { print, printError, printJson } from './output.js';
import { defineCommand } from './command.js';

export const command = defineCommand({
  synopsis: ['classify FILE|FOLDER... [options]', 'classify - [--raw RATE] [options]'],
  description: `For each recording, and each one in a folder, prints its length, whether a baby cries in it, its cry score
    (0 to 100%), and why the baby may be crying. The exit status is 1 if a recording cannot be read to its end.

    A recording counts as a cry if 'listen' and the detector node would report a cry in it. One of at most 30 s also counts
    if its score reaches the preset's threshold.

    In a folder, every file with sound is a recording, whatever its name; hidden files are skipped. Skipped files are
    counted and named at the end. '-' is standard input: WAV or, with --raw, samples without a header; with ffmpeg also
    other formats that can be read from a pipe.`,
  options: {
    json: { type: 'boolean', default: false, help: 'print a JSON object per recording, one per line' },
    windows: { type: 'boolean', default: false, help: 'include the scores of every window; needs --json' },
    raw: RAW_OPTION,
    ...HEARING_OPTIONS,
  },
  examples: [
    ['classify cot.wav', 'does this recording contain a cry'],
    ['classify recordings/ --json > results.jsonl', 'all recordings of a folder, for a program'],
    ['classify recordings/ --preset sensitive', 'miss fewer cries, with more false alarms'],
    ['classify - < cot.wav', 'a recording from standard input'],
  ],
  run: async ({ values, positionals }) => {
    const preset = presetOf(values.preset);
    if (positionals.length === 0) throw usageError('Name the files or folders to classify.');
    if (values.windows && !values.json) throw usageError('--windows needs --json: add it.');
    const raw = rawFormatOf(values.raw);
    if (raw && !positionals.includes(STANDARD_INPUT)) throw usageError('--raw needs standard input: add -.');
    const signal = abortOnInterrupt();
    const skipped: string[] = [];
    const recordings: Listed[] = [];
    for (const argument of pathsOf(positionals)) recordings.push(...(await recordingsOf(argument, skipped)));
    const nameWidth = recordings.reduce((width, { file }) => Math.max(width, file.length), 0);
    const classifier = await loadRecordingClassifier(values.model);
    let errors = 0;
    try {
      const results = hearSeveral(recordings, recording =>
        classifyRecording(recording, {
          classifier,
          preset,
          signal,
          raw: recording.file === STANDARD_INPUT ? raw : undefined,
        }),
      );
      for await (const result of results) {
        if (result.error !== undefined) errors++;
        if (values.json) printJson(values.windows ? result : { ...result, windows: undefined });
        else printReadable(result, nameWidth);
        if ('warnings' in result) result.warnings?.forEach(printError);
      }
    } finally {
      await classifier.close();
    }
    skipped.forEach(printError);
    if (errors > 0 && recordings.length > 1)
      printError(`${errors} of ${recordings.length} recordings could not be read to their end.`);
    return errors > 0 ? 1 : 0;
  },
});

/** What is printed for a recording. With an `error`, the recording is cut off, and this is what could be heard. */
interface Classified {
  file: string;
  durationS: number;
  cry: { score: number; isCry: boolean };
  events: CryEvent[];
  /** Of the longest cry; null without one. */
  reason: ReasonEstimate | null;
  model: Pick<ModelManifest, 'name' | 'version'>;
  windows: { startS: number; scores: Scores['scores'] }[];
  /** What is odd about the recording, though it could be heard. */
  warnings?: string[];
  error?: string;
}

interface Unreadable {
  file: string;
  error: string;
}

/** A recording to hear, or what is wrong with the path. */
type Listed = { file: string; error?: undefined } | Unreadable;

/**
 * The recordings that an argument names. A path or a folder that cannot be read does not keep the others from being
 * classified.
 * @param skipped gets a sentence on what a folder holds beside recordings
 */
async function recordingsOf(argument: string, skipped: string[]): Promise<Listed[]> {
  if (argument === STANDARD_INPUT) return [{ file: argument }];
  const listed: Listed[] = [];
  const fail = (file: string, thrown: unknown): void => {
    listed.push({ file, error: asDeepInfantError(thrown).message });
  };
  try {
    const files = await listRecordings([argument], {
      unlisted: fail,
      skipped: besides => skipped.push(skippedText(besides)),
    });
    for (const file of files) listed.push({ file });
  } catch (thrown) {
    fail(argument, thrown);
  }
  return listed;
}

async function classifyRecording(
  listed: Listed,
  options: { classifier: Classifier; preset: Preset; signal: AbortSignal; raw?: RawFormat },
): Promise<Classified | Unreadable> {
  if (listed.error !== undefined) return listed;
  const { file } = listed;
  const { durationS, score, events, windows, warnings, error } = await hearRecording(file, options);
  if (error && error.code !== 'truncated') return { file, error: error.message };
  const { name, version } = options.classifier.manifest;
  return {
    file,
    durationS,
    cry: { score, isCry: events.length > 0 },
    events,
    reason: longestCry(events)?.reason ?? null,
    model: { name, version },
    windows: windows.map(({ startS, scores }) => ({ startS, scores })),
    warnings: warnings.length > 0 ? warnings : undefined,
    error: error?.message,
  };
}

function longestCry(events: readonly CryEvent[]): CryEvent | undefined {
  return events.filter(({ state }) => state === 'ended').sort((a, b) => b.durationS - a.durationS)[0];
}

function printReadable(result: Classified | Unreadable, nameWidth: number): void {
  if ('cry' in result) {
    const { file, durationS, cry, events } = result;
    const verdict = (cry.isCry ? 'cry' : 'no cry').padEnd(6);
    const percent = `${Math.round(100 * cry.score)}%`.padStart(4);
    const longest = longestCry(events);
    const more = longest ? reasonLine(longest) : '';
    const line = `${shownPath(file).padEnd(nameWidth)}  ${durationS.toFixed(1).padStart(7)} s  ${verdict} ${percent}  ${more}`;
    print(line.trimEnd());
  }
  if (result.error !== undefined) printError(result.error);
}
