import { DeepInfantError } from '../../errors.js';
import type { AudioFormat } from '../../values.js';
import { arecord } from './arecord.js';
import type { CaptureEnd, CaptureListener, StartCapture } from './capture.js';
import { alsa, avFoundation, directShow, pulse } from './microphone-ffmpeg.js';
import {
  hasName,
  record,
  type FoundMicrophone,
  type MicrophoneBackend,
  type Recorder,
} from './microphone-recorder.js';
import { isNaudiodonInstalled, portAudio } from './port-audio.js';
import { runCapture } from './run-capture.js';
import { isMonitor, ServerStream, type StreamOrigin } from './sound-server.js';

/** The first that can record a microphone is taken. */
const BACKENDS: readonly MicrophoneBackend[] = [
  ...(isNaudiodonInstalled() ? [portAudio] : []),
  ...(process.platform === 'darwin'
    ? [avFoundation]
    : process.platform === 'win32'
      ? [directShow]
      : [arecord, pulse, alsa]),
];

/** A microphone to choose. */
export interface Microphone {
  /** What `startMicrophone` takes; the same after it was unplugged and plugged in again. */
  name: string;
  /** What records it: PortAudio, ALSA, PulseAudio, AVFoundation, DirectShow. */
  backend: string;
  /** Whether it is the system's default, as far as the system says. */
  isDefault: boolean;
}

/** What to do where `listMicrophones` finds none. */
export const NO_MICROPHONES =
  'No microphone was found on this computer. Plug one in. Linux needs alsa-utils to record it (apt install alsa-utils, apk add alsa-utils), other systems need ffmpeg, and a container needs --device /dev/snd. The Node-RED app (add-on) of Home Assistant has no sound device: use a camera with a microphone there.';

/**
 * Lists the microphones of this computer, each once, with the backend that would record it. None is no error: see
 * NO_MICROPHONES.
 */
export function listMicrophones(signal?: AbortSignal): Promise<Microphone[]> {
  return microphonesOf(BACKENDS, signal);
}

async function microphonesOf(
  backends: readonly MicrophoneBackend[],
  signal?: AbortSignal,
): Promise<Microphone[]> {
  const found: (FoundMicrophone & Microphone)[] = [];
  const lists = await Promise.all(backends.map(backend => listOf(backend, signal)));
  for (const [i, backend] of backends.entries()) {
    for (const microphone of lists[i]) {
      const here = { ...microphone, backend: backend.name };
      const known = found.find(
        other =>
          other.name === here.name || (other.backend === here.backend && other.address === here.address),
      );
      if (known) known.isDefault ||= here.isDefault;
      else found.push(here);
    }
  }
  // ALSA's name for whichever is the default: useful while it is not known which that is.
  const isKnown = found.some(({ name, isDefault }) => isDefault && name !== 'default');
  return found
    .filter(({ name }) => name !== 'default' || !isKnown)
    .map(({ name, backend, isDefault }) => ({ name, backend, isDefault }));
}

/** What a backend knows; nothing where it cannot be used. */
async function listOf(backend: MicrophoneBackend, signal?: AbortSignal): Promise<FoundMicrophone[]> {
  try {
    return await backend.list(signal);
  } catch (error) {
    if (error instanceof DeepInfantError) return [];
    throw error;
  }
}

/**
 * A capture of a microphone: each start looks for it anew, so that one that was unplugged is found when it is back.
 *
 * @param name one of listMicrophones'; undefined for the system's default. An unknown name ends as `no-device`, with the
 *   names that there are; another microphone is never taken for it, also not when the sound server puts one in its place.
 */
export function startMicrophone(name?: string): StartCapture {
  let order = BACKENDS;
  const wanted: WantedMicrophone = { name, wasMicrophone: false };
  return runCapture(async (listener, signal) => {
    const backends = order.map(rememberList);
    const ends: CaptureEnd[] = [];
    for (const [i, backend] of backends.entries()) {
      const { isFinal, ...end } = await captureWith(backend, wanted, listener, signal);
      if (isFinal) return end;
      if (signal.aborted) {
        // It gave nothing for as long as somebody waited: the next start begins with the backend after it.
        order = [...order.slice(i + 1), ...order.slice(0, i + 1)];
        return end;
      }
      ends.push(end);
    }
    const end = ends.find(({ kind }) => kind !== 'no-device' && kind !== 'no-program');
    return end ? explain(end, name) : missingMicrophone(name, await microphonesOf(backends, signal), ends);
  });
}

/** The microphone of one capture and of those that follow it. */
interface WantedMicrophone {
  /** Undefined for the default one. */
  readonly name: string | undefined;
  /** Whether a microphone was heard, and not what a loudspeaker plays, which sound servers give for want of one. */
  wasMicrophone: boolean;
}

/** A backend that lists once and remembers it. */
function rememberList(backend: MicrophoneBackend): MicrophoneBackend {
  let list: Promise<FoundMicrophone[]> | undefined;
  return { ...backend, list: signal => (list ??= backend.list(signal)) };
}

function explain({ kind, message }: CaptureEnd, name: string | undefined): CaptureEnd {
  const label = name === undefined ? 'The default microphone' : `The microphone ${name}`;
  const what =
    kind === 'disconnected'
      ? 'was disconnected'
      : kind === 'device-busy'
        ? 'is in use by another program: close that program'
        : 'cannot be recorded: check that the sound server runs and that this user may use sound (group audio)';
  return { kind, message: `${label} ${what}. ${message}.` };
}

/** @returns with `isFinal`, the end of a capture that gave sound or was moved; else why this backend gave none */
async function captureWith(
  backend: MicrophoneBackend,
  wanted: WantedMicrophone,
  listener: CaptureListener,
  signal: AbortSignal,
): Promise<CaptureEnd & { isFinal: boolean }> {
  const { name } = wanted;
  try {
    const isWanted = (known: FoundMicrophone): boolean =>
      name === undefined ? known.isDefault : hasName(known, name);
    const address =
      (name === undefined ? backend.defaultAddress : undefined) ??
      (await backend.list(signal)).find(isWanted)?.address;
    if (address === undefined)
      return { kind: 'no-device', message: `${backend.name} does not know it`, isFinal: false };
    const source = backend.isSoundServer && name !== undefined ? address : undefined;
    const recording = new WatchedRecording(backend.recorder(address), source, wanted, listener);
    const end = await recording.run(signal);
    if (recording.move) return { ...recording.move, isFinal: true };
    const said = { ...end, message: `${backend.name} says: ${end.message}` };
    return recording.isHeard ? { ...explain(said, name), isFinal: true } : { ...said, isFinal: false };
  } catch (error) {
    if (error instanceof DeepInfantError)
      return { kind: 'no-program', message: error.message, isFinal: false };
    throw error;
  }
}

/** A recording that ends when the sound server puts another microphone in the place of its own. */
class WatchedRecording {
  /** Whether sound was passed on. */
  isHeard = false;
  /** Why it was ended: it was moved. */
  move: CaptureEnd | undefined;
  private readonly stream: ServerStream;
  private readonly ending = new AbortController();
  private failure: Error | undefined;
  private format: AudioFormat | undefined;
  private device: string | undefined;
  /** What came before it is known where from; undefined from then on. */
  private held: Float32Array[] | undefined = [];

  /** @param source the source of the sound server that it is to be, where that is known */
  constructor(
    private readonly recorder: Recorder,
    private readonly source: string | undefined,
    private readonly wanted: WantedMicrophone,
    private readonly listener: CaptureListener,
  ) {
    this.stream = new ServerStream(wanted.name !== undefined);
  }

  async run(signal: AbortSignal): Promise<CaptureEnd> {
    const either = AbortSignal.any([signal, this.ending.signal]);
    let watching: Promise<void> | undefined;
    const end = await record(
      this.recorder,
      {
        samples: samples => {
          if (this.held) this.held.push(samples);
          else this.pass(samples);
          watching ??= this.watch(either).catch((error: unknown) => {
            this.failure = error as Error;
            this.ending.abort();
          });
        },
        format: format => {
          this.format = format;
          this.reportFormat();
        },
      },
      either,
      this.stream.environment,
    );
    this.ending.abort();
    await watching;
    if (this.failure) throw this.failure;
    return end;
  }

  private async watch(signal: AbortSignal): Promise<void> {
    const origin = await this.stream.origin(signal);
    if (signal.aborted) return;
    const [first] = origin?.sources ?? [];
    const isOther = this.source !== undefined && origin !== undefined && first !== this.source;
    if (origin && (isOther || (isMonitor(first) && this.wanted.wasMicrophone))) {
      this.end(origin);
      return;
    }
    if (origin) {
      this.wanted.wasMicrophone ||= !isMonitor(first);
      this.device = origin.description;
      this.reportFormat();
    }
    const held = this.held ?? [];
    this.held = undefined;
    held.forEach(samples => {
      this.pass(samples);
    });
    if (!origin) return;
    const moved = await this.stream.moved(origin, signal);
    if (moved) this.end(moved, origin);
  }

  private end(to: StreamOrigin, from?: StreamOrigin): void {
    this.move = explainMove(this.wanted.name, to, from);
    this.ending.abort();
  }

  private pass(samples: Float32Array): void {
    if (this.ending.signal.aborted) return;
    this.isHeard = true;
    this.listener.samples(samples);
  }

  private reportFormat(): void {
    if (this.format) this.listener.format({ ...this.format, ...(this.device && { device: this.device }) });
  }
}

/** A default microphone may be another one from now on, though not a loudspeaker; any other may not. */
function explainMove(name: string | undefined, to: StreamOrigin, from?: StreamOrigin): CaptureEnd {
  const label =
    name === undefined
      ? `The default microphone${from ? ` (${from.description})` : ''}`
      : `The microphone ${name}`;
  if (name === undefined && !isMonitor(to.sources[0]))
    return {
      kind: 'disconnected',
      message: `${label} is gone or no longer the default. ${to.description} is heard from now on.`,
    };
  const instead = isMonitor(to.sources[0]) ? "a loudspeaker's sound" : to.description;
  return {
    kind: 'no-device',
    message: `${label} is gone. The sound server offers ${instead} instead, which is not used. Plug the microphone in again.`,
  };
}

/** No backend knows the microphone, or none is there. */
function missingMicrophone(
  name: string | undefined,
  microphones: Microphone[],
  ends: CaptureEnd[],
): CaptureEnd {
  const kind = ends.every(end => end.kind === 'no-program') ? 'no-program' : 'no-device';
  if (microphones.length === 0) return { kind, message: NO_MICROPHONES };
  const missing = name === undefined ? 'default microphone' : `microphone ${name}`;
  const others = microphones.map(microphone => microphone.name).filter(other => other !== name);
  const choice = others.length > 0 ? `, or choose another one: ${others.join(', ')}` : '';
  return { kind, message: `There is no ${missing}. Plug it in${choice}.` };
}
