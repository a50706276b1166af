import { spawn, type SpawnOptions, type StdioOptions } from 'node:child_process';
import { tmpdir } from 'node:os';
import type { Readable } from 'node:stream';
import { DeepInfantError } from '../../errors.js';
import { guard } from '../../guard.js';
import { MOST_LINE } from '../ffmpeg.js';
import { startError } from '../start-error.js';
import type { AudioFormat, SourceTrouble } from '../../values.js';
import type { CaptureEnd, CaptureListener } from './capture.js';
import { type CaptureForm, readCapture } from './capture-reader.js';

/** Patience with a program that lists microphones: a frozen sound server never answers. */
const LIST_TIMEOUT_MS = 5000;

/** So much of what a program said last is kept. */
const MOST_SAID = 4000;
/** Of what a program lists, and of each of its lines, in characters. A device may call itself what it likes. */
const MOST_LISTED = 200_000;

/** A microphone as one of the backends knows it. */
export interface FoundMicrophone {
  /** What people call it; the same after it was unplugged and plugged in again. */
  name: string;
  /** What tells it from others of its name, also after it was plugged in again, where the backend knows that. */
  id?: string;
  /** What the backend calls it. */
  address: string;
  isDefault: boolean;
}

/** A way to list and to record microphones. */
export interface MicrophoneBackend {
  name: string;
  /** @throws DeepInfantError `no-program` where it can't be used */
  list(signal?: AbortSignal): Promise<FoundMicrophone[]>;
  /** Whether addresses are sources of a sound server. */
  isSoundServer?: boolean;
  /** Address of the default microphone; without one, that is the listed one that says so. */
  defaultAddress?: string;
  recorder(address: string): Recorder;
}

/**
 * Channels that are asked for. Both have the sound of a microphone that has one; of an array of more, two say enough of
 * whether they cancel each other out.
 */
export const MICROPHONE_CHANNELS = 2;

/** A program that records. */
export interface Recorder {
  program: string;
  args: string[];
  /** Descriptor that the audio comes on. 3 is for Node: it gets a channel for messages, and sends an AudioFormat there. */
  pipe: 1 | 3;
  /** What it writes. */
  form: CaptureForm;
}

/**
 * Records until the program ends or the signal ends it. Resolves when the process is gone. If this process is killed, the
 * program ends too: naudiodon's child at once, the others when they next have something to write.
 *
 * @returns why it ended; the message is what the program said
 * @throws DeepInfantError `no-program` if there is no such program; any other error if the system can't start it now
 */
export function record(
  { program, args, pipe, form }: Recorder,
  listener: Pick<CaptureListener, 'samples' | 'format'>,
  signal: AbortSignal,
  environment: NodeJS.ProcessEnv = {},
): Promise<CaptureEnd> {
  return new Promise((resolve, reject) => {
    // A Node child notices by the pipe to its standard input when this process is gone.
    const stdio: StdioOptions = pipe === 3 ? ['pipe', 'ignore', 'pipe', 'pipe', 'ipc'] : 'pipe';
    const options = spawnOptions();
    const env = { ...options.env, ...environment };
    const child = spawn(program, args, { ...options, env, stdio, signal });
    let failure: Error | undefined;
    child.on('error', error => {
      failure = error;
      if (child.pid === undefined) reject(startError(error));
    });
    // It has no pipes then.
    if (child.pid === undefined) return;
    let heard = false;
    let said = '';
    child.on(
      'message',
      guard(format => {
        if (!signal.aborted) listener.format(format as AudioFormat);
      }),
    );
    readCapture(child.stdio[pipe] as Readable, form, {
      samples: samples => {
        if (signal.aborted) return;
        heard = true;
        listener.samples(samples);
      },
      heard: format => {
        if (pipe === 1 && !signal.aborted) listener.format({ codec: 'pcm', ...format });
      },
    });
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-MOST_SAID);
    });
    child.on('close', (status, killer) => {
      const kind = heard ? 'disconnected' : (failure ?? killer) ? 'no-program' : kindOf(said);
      const last = said.trim().split('\n').at(-1)!;
      // Without arecord's own function and line.
      const message = last.replace(/^arecord: \w+:\d+: /, '') || `ended with ${killer ?? `status ${status}`}`;
      resolve({ kind, message: failure?.message ?? message });
    });
  });
}

/** How programs are started that record, list and watch microphones. */
export function spawnOptions(): SpawnOptions {
  return {
    // naudiodon writes a file into the folder it runs in when it crashes.
    cwd: tmpdir(),
    // English messages, which are understood here, and names in any script.
    env: { ...process.env, LC_ALL: 'C.UTF-8', LANGUAGE: '' },
    killSignal: 'SIGKILL',
  };
}

/** What programs say that could not begin to record: ALSA and PortAudio, naudiodon's child, ffmpeg. */
function kindOf(said: string): SourceTrouble {
  if (/resource busy|device unavailable/i.test(said)) return 'device-busy';
  if (/cannot be loaded/.test(said)) return 'no-program';
  if (/no such (file|device|entity)|no default device|there is no microphone/i.test(said)) return 'no-device';
  return 'unreachable';
}

/**
 * What a program that lists microphones prints; its exit status means nothing. Resolves when the process is gone.
 * @throws DeepInfantError `no-program` if there is none, or it crashes or doesn't end; any other error if the system can't
 *   start it now
 */
export function runLister(
  program: string,
  args: string[],
  signal?: AbortSignal,
): Promise<{ stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...spawnOptions(),
      stdio: 'pipe',
      signal,
      timeout: LIST_TIMEOUT_MS,
    });
    let failure: Error | undefined;
    child.on('error', error => {
      failure = error;
      if (child.pid === undefined) reject(startError(error));
    });
    // It has no pipes then.
    if (child.pid === undefined) return;
    let stdout = '';
    let stderr = '';
    child.stdout
      .setEncoding('utf8')
      .on('data', (text: string) => (stdout = (stdout + text).slice(0, MOST_LISTED)));
    child.stderr
      .setEncoding('utf8')
      .on('data', (text: string) => (stderr = (stderr + text).slice(0, MOST_LISTED)));
    child.on('close', (status, killer) => {
      if (!failure && status !== null)
        resolve({ stdout: shortenLines(stdout), stderr: shortenLines(stderr) });
      else
        reject(new DeepInfantError('no-program', failure?.message ?? `${program} was ended by ${killer!}`));
    });
  });
}

function shortenLines(text: string): string {
  return text
    .split('\n')
    .map(line => line.slice(0, MOST_LINE))
    .join('\n');
}

/**
 * Tells microphones of one name apart: by their ids, else in the order in which the system has them. None of them keeps
 * the bare name, lest one be taken for another that was unplugged.
 */
export function distinguishNames(microphones: FoundMicrophone[]): FoundMicrophone[] {
  const count = new Map<string, number>();
  const numbered = microphones.map(microphone => {
    const number = (count.get(microphone.name) ?? 0) + 1;
    count.set(microphone.name, number);
    return { microphone, number };
  });
  return numbered.map(({ microphone, number }) => {
    const { name, id = String(number) } = microphone;
    return count.get(name) === 1 ? microphone : { ...microphone, name: nameWithId(name, id) };
  });
}

/** Whether a microphone is the one of a name; also of the name that it had while there was another like it. */
export function hasName(microphone: FoundMicrophone, name: string): boolean {
  if (microphone.name === name) return true;
  return microphone.id !== undefined && nameWithId(microphone.name, microphone.id) === name;
}

function nameWithId(name: string, id: string): string {
  return `${name} (${id})`;
}
