import { listRecordings } from '../audio/recording-list.js';
import type { Classifier } from '../model/classifier.js';
import { loadRecordingClassifier } from '../model/load.js';
import type { ModelManifest, Preset } from '../model/manifest.js';
import { reasonLine } from '../reason/sentences.js';
import type { CryEvent, ReasonEstimate, Scores } from '../values.js';
import { HEARING_OPTIONS, presetOf, usageError } from './arguments.js';
import { asDeepInfantError, hearRecording, hearSeveral } from './hear-recording.js';
import { abortOnInterrupt } from './interrupt.js';
import { print, printError, printJson } from './output.js';
import { defineCommand } from './command.js';

export const command = defineCommand({
  synopsis: ['classify FILE|FOLDER... [options]'],
  description: `Prints, for each recording and for each one in a folder, its length, whether a baby cries in it, its cry
    score (0 to 100%), and why the baby may be crying. The exit status is 1 if a recording cannot be read to its end.`,
  options: {
    json: { type: 'boolean', default: false, help: 'print a JSON object for each recording, one a line' },
    windows: { type: 'boolean', default: false, help: 'include the scores of every window; needs --json' },
    ...HEARING_OPTIONS,
  },
  examples: [
    ['classify cot.wav', 'does this recording hold a cry'],
    ['classify recordings/ --json > results.jsonl', 'all recordings of a folder, for a program'],
    ['classify recordings/ --preset sensitive', 'miss fewer cries, with more false alarms'],
  ],
  run: async ({ values, positionals }) => {
    const preset = presetOf(values.preset);
    if (positionals.length === 0) throw usageError('Name the files or folders to classify.');
    if (values.windows && !values.json) throw usageError('--windows needs --json: add it.');
    const signal = abortOnInterrupt();
    const recordings = (await Promise.all(positionals.map(recordingsAt))).flat();
    const nameWidth = recordings.reduce((width, { file }) => Math.max(width, file.length), 0);
    const classifier = await loadRecordingClassifier(values.model);
    let errors = 0;
    try {
      const results = hearSeveral(recordings, recording =>
        classifyRecording(recording, { classifier, preset, signal }),
      );
      for await (const result of results) {
        if (result.error !== undefined) errors++;
        if (values.json) printJson(values.windows ? result : { ...result, windows: undefined });
        else printReadable(result, nameWidth);
      }
    } finally {
      await classifier.close();
    }
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
  error?: string;
}

interface Unreadable {
  file: string;
  error: string;
}

/** A recording to hear, or what is wrong with the path. */
type Listed = { file: string; error?: undefined } | Unreadable;

/** A path or a folder that cannot be read does not keep the others from being classified. */
async function recordingsAt(fileOrFolder: string): Promise<Listed[]> {
  const listed: Listed[] = [];
  const skip = (file: string, thrown: unknown): void => {
    listed.push({ file, error: asDeepInfantError(thrown).message });
  };
  try {
    for (const file of await listRecordings([fileOrFolder], { unlisted: skip })) listed.push({ file });
  } catch (thrown) {
    skip(fileOrFolder, thrown);
  }
  return listed;
}

async function classifyRecording(
  listed: Listed,
  options: { classifier: Classifier; preset: Preset; signal: AbortSignal },
): Promise<Classified | Unreadable> {
  if (listed.error !== undefined) return listed;
  const { file } = listed;
  const { durationS, score, events, windows, error } = await hearRecording(file, options);
  if (error && error.code !== 'truncated') return { file, error: error.message };
  const { name, version, presets } = options.classifier.manifest;
  return {
    file,
    durationS,
    cry: { score, isCry: score >= presets[options.preset].clip },
    events,
    reason: longestCry(events)?.reason ?? null,
    model: { name, version },
    windows: windows.map(({ startS, scores }) => ({ startS, scores })),
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
    let more = '';
    if (longest) more = reasonLine(longest);
    else if (cry.isCry) more = 'Too short to be reported as a cry';
    const line = `${file.padEnd(nameWidth)}  ${durationS.toFixed(1).padStart(7)} s  ${verdict} ${percent}  ${more}`;
    print(line.trimEnd());
  }
  if (result.error !== undefined) printError(result.error);
}
