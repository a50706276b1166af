import { DeepInfantError } from '../../errors.js';
import { arecord } from './arecord.js';
import type { CaptureEnd, CaptureListener, StartCapture } from './capture.js';
import { alsa, avFoundation, directShow, pulse } from './microphone-ffmpeg.js';
import { hasName, record, type FoundMicrophone, type MicrophoneBackend } from './microphone-recorder.js';
import { isNaudiodonInstalled, portAudio } from './port-audio.js';
import { runCapture } from './run-capture.js';

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
 *   names that there are; another microphone is never taken for it.
 */
export function startMicrophone(name?: string): StartCapture {
  let order = BACKENDS;
  return runCapture(async (listener, signal) => {
    const backends = order.map(rememberList);
    const ends: CaptureEnd[] = [];
    for (const [i, backend] of backends.entries()) {
      const end = await captureWith(backend, name, listener, signal);
      if (end.kind === 'disconnected') return explain(end, name);
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

async function captureWith(
  backend: MicrophoneBackend,
  name: string | undefined,
  listener: CaptureListener,
  signal: AbortSignal,
): Promise<CaptureEnd> {
  try {
    const isWanted = (known: FoundMicrophone): boolean =>
      name === undefined ? known.isDefault : hasName(known, name);
    const address =
      (name === undefined ? backend.defaultAddress : undefined) ??
      (await backend.list(signal)).find(isWanted)?.address;
    if (address === undefined) return { kind: 'no-device', message: `${backend.name} does not know it` };
    const { kind, message } = await record(backend.recorder(address), listener, signal);
    return { kind, message: `${backend.name} says: ${message}` };
  } catch (error) {
    if (error instanceof DeepInfantError) return { kind: 'no-program', message: error.message };
    throw error;
  }
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
