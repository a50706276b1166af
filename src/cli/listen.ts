import { parseCameraAddress } from '../audio/live/camera-address.js';
import { liveChunks } from '../audio/live/live-chunks.js';
import { LiveSources, type LiveSource } from '../audio/live/live-sources.js';
import { cameraSource, microphoneSource } from '../audio/live/source.js';
import { playInRealTime, type RawFormat, readRecording } from '../audio/recording.js';
import { clock } from '../clock.js';
import type { Detection } from '../detect/detector.js';
import { loadClassifier } from '../model/load.js';
import { DeepInfantError } from '../errors.js';
import { reasonLine } from '../reason/sentences.js';
import { durationText } from '../texts/duration.js';
import { type AudioChunk, type CryEvent, isHeard, type SourceHealth } from '../values.js';
import { HEARING_OPTIONS, presetOf, usageError } from './arguments.js';
import { PASSWORD_VARIABLE } from './camera-password.js';
import { hear } from './hear.js';
import { pathsOf, RAW_OPTION, rawFormatOf, recordingAt, sourceOf, STANDARD_INPUT } from './input.js';
import { abortOnInterrupt } from './interrupt.js';
import { print, printError, printJson } from './output.js';
import { bar, clearStatus, showStatus } from './status-line.js';
import { defineCommand } from './command.js';

export const command = defineCommand({
  synopsis: ['listen mic[:NAME] | URL | FILE [options]', 'listen - [--raw RATE] [options]'],
  words: ['mic'],
  description: `Listens to a microphone, to a camera (rtsp, rtsps, http or https) or to a recording, played in real time.
    Prints each cry when it starts, while it goes on and when it ends; Ctrl-C ends it and sums up. 'deepinfant devices'
    lists microphones and cameras.

    '-' is standard input, heard as it comes: WAV or, with --raw, samples without a header; with ffmpeg also other formats
    that can be read from a pipe.

    A microphone or camera that cannot be opened ends the command, unless --wait is given. Once it has been heard, it is
    opened again whenever it breaks off.

    Put a camera's user name into the URL, rtsp://USER@HOST/PATH, and its password into the environment variable
    ${PASSWORD_VARIABLE}: every user of this computer can see a command's arguments.`,
  options: {
    wait: { type: 'boolean', default: false, help: 'wait for a microphone or camera that is not there yet' },
    fast: { type: 'boolean', default: false, help: 'go through a recording as fast as this computer can' },
    json: { type: 'boolean', default: false, help: 'print a JSON object per event, one per line' },
    raw: RAW_OPTION,
    ...HEARING_OPTIONS,
  },
  examples: [
    ['listen mic', 'the default microphone'],
    ['listen rtsp://baby@192.168.1.20:554/stream2', 'a camera, with its password in the environment'],
    ['listen night.flac --fast', 'all cries of a recording, at once'],
    ['listen - < cot.wav', 'what another program writes, such as ffmpeg … -f wav - or arecord'],
  ],
  run: async ({ values, positionals }) => {
    const preset = presetOf(values.preset);
    if (positionals.length !== 1) throw usageError('Name one microphone, camera or recording to listen to.');
    const [input] = pathsOf(positionals);
    const raw = rawFormatOf(values.raw);
    if (raw && input !== STANDARD_INPUT)
      throw usageError('--raw needs standard input: listen - --raw 16000.');
    const live = liveSourceOf(input);
    if (live && values.fast)
      throw usageError('--fast works with recordings only: a live source cannot be heard ahead of time.');
    if (!live && values.wait) throw usageError('--wait works with microphones and cameras only.');
    const signal = abortOnInterrupt();
    const classifier = await loadClassifier(values.model);
    const summary = new Summary();
    const report = ({ scores, events }: Detection, heardS: number): void => {
      clearStatus();
      summary.push(events, heardS);
      for (const event of events) {
        if (values.json) printJson(event);
        else
          print(`${clock(event.onsetS + event.durationS)}  ${event.state.padEnd(7)}  ${reasonLine(event)}`);
      }
      const step = scores.at(-1);
      if (step)
        showStatus(
          `${clock(heardS)}  cry ${bar(step.scores.cry)} ${Math.round(100 * step.scores.cry)}%, level ${Math.round(step.levelDb)} dB; Ctrl-C ends`,
        );
    };
    try {
      const chunks = live
        ? openedChunks(live, values.wait, signal)
        : recordingChunks(input, { isFast: values.fast, raw, signal });
      await hear(chunks, { source: live?.name ?? sourceOf(input), classifier, preset }, report);
      if (!values.json) print(summary.text);
    } catch (error) {
      // Whoever ends a recording early wants to know what there was so far.
      if (signal.aborted && !values.json) print(summary.text);
      throw error;
    } finally {
      clearStatus();
      await classifier.close();
    }
    return 0;
  },
});

/** The microphone or camera that the input names; undefined for a file. */
function liveSourceOf(input: string): LiveSource | undefined {
  if (input === 'mic') return microphoneSource(input, '');
  if (input.startsWith('mic:')) return microphoneSource(input, input.slice('mic:'.length));
  if (!/^\w+:\/\//.test(input)) return undefined;
  const { url, user, password } = parseCameraAddress(input);
  if (password !== '')
    throw usageError(
      `Every user of this computer can see that password. Put it into the environment variable ${PASSWORD_VARIABLE}, and use ${url.replace('//', user ? `//${user}@` : '//')}.`,
    );
  return cameraSource('camera', input, { password: process.env[PASSWORD_VARIABLE] });
}

/** Standard input comes when it comes. */
function recordingChunks(
  argument: string,
  { isFast, raw, signal }: { isFast: boolean; raw: RawFormat | undefined; signal: AbortSignal },
): AsyncIterable<AudioChunk> {
  const startAt = isFast ? 0 : Date.now();
  const warn = (message: string): void => {
    clearStatus();
    printError(message);
  };
  const chunks = readRecording(recordingAt(argument), {
    source: sourceOf(argument),
    startAt,
    signal,
    warn,
    raw,
  });
  return isFast || argument === STANDARD_INPUT ? chunks : playInRealTime(chunks, { signal });
}

/**
 * A live source's chunks until the signal ends it. Its state is printed whenever it changes.
 * @throws DeepInfantError `not-opened` unless it can be opened at once or is waited for
 */
async function* openedChunks(
  source: LiveSource,
  doesWait: boolean,
  signal: AbortSignal,
): AsyncGenerator<AudioChunk> {
  const givingUp = new AbortController();
  let wasOpened = doesWait;
  let refusal: string | undefined;
  let printed: string | undefined;
  const onHealth = ({ state, positionS, trouble, error, retryInS, format }: SourceHealth): void => {
    // Which one the default microphone is.
    const device = state === 'running' && source.name === 'mic' ? format?.device : undefined;
    const said = device ? `${state} (${device})` : state;
    if (said === printed || refusal !== undefined) return;
    printed = said;
    wasOpened ||= isHeard(state);
    if (!wasOpened && retryInS !== undefined) {
      const lacksPassword = trouble === 'wrong-password' && process.env[PASSWORD_VARIABLE] === undefined;
      refusal = lacksPassword
        ? `${error} The password comes from the environment variable ${PASSWORD_VARIABLE}, which is not set.`
        : `${error ?? 'The source cannot be opened.'} (--wait waits for it.)`;
      givingUp.abort();
      return;
    }
    clearStatus();
    const retry = retryInS === undefined ? '' : ` Next try in ${Math.ceil(retryInS)} s.`;
    process.stderr.write(`${clock(positionS)}  ${said}${error ? `: ${error}${retry}` : ''}\n`);
  };
  yield* liveChunks(new LiveSources(), source, {
    signal: AbortSignal.any([signal, givingUp.signal]),
    onHealth,
  });
  if (refusal !== undefined) throw new DeepInfantError('not-opened', refusal);
}

/** What was heard in all. */
class Summary {
  private heardS = 0;
  private readonly lengthsS: number[] = [];

  push(events: readonly CryEvent[], heardS: number): void {
    this.heardS = heardS;
    for (const { state, durationS } of events) if (state === 'ended') this.lengthsS.push(durationS);
  }

  /** 'Heard 3 h 12 min: 2 cries, 1 min 20 s in all, the longest 50 s.' */
  get text(): string {
    return `Heard ${durationText(this.heardS)}: ${this.cries}.`;
  }

  private get cries(): string {
    const lengths = this.lengthsS;
    if (lengths.length === 0) return 'no cry';
    const all = durationText(lengths.reduce((sum, length) => sum + length, 0));
    if (lengths.length === 1) return `one cry of ${all}`;
    return `${lengths.length} cries, ${all} in all, the longest ${durationText(Math.max(...lengths))}`;
  }
}
