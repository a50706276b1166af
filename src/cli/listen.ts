import { parseArgs } from 'node:util';
import { parseCameraAddress } from '../audio/live/camera-address.js';
import { liveChunks } from '../audio/live/live-chunks.js';
import { LiveSources, type LiveSource } from '../audio/live/live-sources.js';
import { cameraSource, microphoneSource } from '../audio/live/source.js';
import { playInRealTime, readRecording } from '../audio/recording.js';
import { clock } from '../clock.js';
import type { Detection } from '../detect/detector.js';
import { loadClassifier } from '../model/load.js';
import { reasonLine } from '../reason/phrase.js';
import type { AudioChunk, SourceHealth, SourceState } from '../values.js';
import { HEARING_OPTIONS, HEARING_USAGE, presetOf, usageError } from './arguments.js';
import { hear } from './hear.js';
import { abortOnInterrupt } from './interrupt.js';
import { print, printJson } from './output.js';
import { bar, clearStatus, showStatus } from './status-line.js';
import type { Command } from './command.js';

/** Environment variable with a camera's password. */
const PASSWORD_VARIABLE = 'DEEPINFANT_CAMERA_PASSWORD';

const USAGE = `deepinfant listen mic[:NAME] | URL | FILE [--fast] [--json] [--model NAME] [--preset NAME]
  Listens to a microphone, to a camera (rtsp, rtsps, http or https) or to a recording, played in real time, and prints
  each cry when it starts, while it goes on and when it ends. 'deepinfant devices' lists microphones and cameras.
  --fast          go through a recording as fast as this computer can
  --json          print a JSON object for each event, one a line
  ${HEARING_USAGE}
  Put a camera's user name into the URL, rtsp://USER@HOST/PATH, and its password into the environment variable
  ${PASSWORD_VARIABLE}: every user of this computer can see a command's arguments.`;

export const command: Command = { usage: USAGE, run: listen };

async function listen(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { ...HEARING_OPTIONS, fast: { type: 'boolean', default: false } },
  });
  const preset = presetOf(values.preset);
  if (positionals.length !== 1) throw usageError('Name one microphone, camera or recording to listen to.');
  const [input] = positionals;
  const live = liveSourceOf(input);
  if (live && values.fast)
    throw usageError('--fast works with recordings only: a live source cannot be heard ahead of time.');
  const signal = abortOnInterrupt();
  const classifier = await loadClassifier(values.model);
  const soFar = { hasCry: false, durationS: 0 };
  const report = ({ scores, events }: Detection, heardS: number): void => {
    clearStatus();
    soFar.hasCry ||= events.length > 0;
    soFar.durationS = heardS;
    for (const event of events) {
      if (values.json) printJson(event);
      else
        print(
          `${clock(event.onsetS + event.durationS)}  ${event.state.padEnd(7)}  ${reasonLine(event, { name: '' })}`,
        );
    }
    const step = scores.at(-1);
    if (step)
      showStatus(
        `${clock(heardS)}  cry ${bar(step.scores.cry)} ${Math.round(100 * step.scores.cry)}%, level ${Math.round(step.levelDb)} dB`,
      );
  };
  try {
    const chunks = live
      ? liveChunks(new LiveSources(), live, { signal, onHealth: healthPrinter() })
      : recordingChunks(input, { isFast: values.fast, signal });
    await hear(chunks, { source: live?.name ?? input, classifier, preset }, report);
    if (!soFar.hasCry && !values.json) print(`${clock(soFar.durationS)}  no cry was heard`);
  } finally {
    clearStatus();
    await classifier.close();
  }
  return 0;
}

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

function recordingChunks(
  file: string,
  { isFast, signal }: { isFast: boolean; signal: AbortSignal },
): AsyncIterable<AudioChunk> {
  const chunks = readRecording(file, { source: file, startAt: isFast ? 0 : Date.now(), signal });
  return isFast ? chunks : playInRealTime(chunks, { signal });
}

/** Prints the state of a live source whenever it changes. */
function healthPrinter(): (health: SourceHealth) => void {
  let printed: SourceState | undefined;
  return ({ state, positionS, error, retryInS }) => {
    if (state === printed) return;
    printed = state;
    clearStatus();
    const retry = retryInS === undefined ? '' : ` Next try in ${Math.ceil(retryInS)} s.`;
    process.stderr.write(`${clock(positionS)}  ${state}${error ? `: ${error}${retry}` : ''}\n`);
  };
}
