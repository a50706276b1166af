/**
 * Runs naudiodon (PortAudio) in a process of its own, which can be killed when a device hangs:
 * `port-audio-child.js list` prints microphones as JSON, `port-audio-child.js record [NAME]` sends its parent an
 * AudioFormat and writes 16 kHz mono to descriptor 3. PortAudio itself prints on standard output then.
 */
import { writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Worker } from 'node:worker_threads';
import { DeepInfantError, messageOf } from '../../errors.js';
import { SAMPLE_RATE, type AudioFormat } from '../../values.js';
import { MonoMixer } from '../mono.js';
import { Resampler } from '../resampler.js';
import { PIECE_SAMPLES } from './chunk-length.js';
import { MICROPHONE_CHANNELS } from './microphone-recorder.js';
import { portAudioMicrophonesOf, type PortAudioDevice } from './port-audio.js';

/** The first of these that the device has is taken. */
const RATES = [SAMPLE_RATE, 48000, 44100];

/** Pieces of PIECE_SAMPLES that wait while the parent is busy: 10 s. */
const MOST_WAITING = 80;

/** What is used of naudiodon 2.3. */
interface Naudiodon {
  SampleFormatFloat32: number;
  getDevices: () => PortAudioDevice[];
  getHostAPIs: () => { HostAPIs: { defaultInput: number }[] };
  AudioIO: (options: { inOptions: Record<string, number | boolean> }) => Readable & { start: () => void };
}

async function main([task, name]: string[]): Promise<void> {
  const naudiodon = load();
  const microphones = portAudioMicrophonesOf(
    naudiodon.getDevices(),
    naudiodon.getHostAPIs().HostAPIs.map(api => api.defaultInput),
  );
  if (task === 'list') {
    writeSync(1, JSON.stringify(microphones));
    return;
  }
  const microphone = microphones.find(known => known.name === name);
  if (name && !microphone) throw new DeepInfantError('no-device', `there is no microphone ${name}`);
  const { audio, rate, channels } = open(naudiodon, microphone?.address);
  const mixer = new MonoMixer(channels, rate);
  const resampler = new Resampler(rate);
  let format: AudioFormat = { codec: 'pcm', sampleRate: rate, channels };
  process.send?.(format);
  audio.start();
  await pipeline(
    audio,
    async function* (recorded: AsyncIterable<Buffer>) {
      for await (const bytes of recorded) {
        // A copy, as a view of floats must begin at a multiple of four.
        const samples = resampler.push(mixer.push(new Float32Array(new Uint8Array(bytes).buffer)));
        if (mixer.channel !== undefined && mixer.channel !== format.channel) {
          format = { ...format, channel: mixer.channel };
          process.send?.(format);
        }
        yield Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
      }
    },
    new Socket({ fd: 3 }),
  );
}

function load(): Naudiodon {
  try {
    return createRequire(__filename)('naudiodon') as Naudiodon;
  } catch (error) {
    throw new DeepInfantError('no-program', `naudiodon cannot be loaded: ${messageOf(error)}`);
  }
}

/** Opens a device, or the default one. */
function open(
  { AudioIO, SampleFormatFloat32 }: Naudiodon,
  deviceId: string | undefined,
): { audio: ReturnType<Naudiodon['AudioIO']>; rate: number; channels: number } {
  let failure: unknown;
  // PortAudio converts neither rates nor channels.
  for (const [rate, channels] of RATES.flatMap(each => [
    [each, MICROPHONE_CHANNELS],
    [each, 1],
  ])) {
    const frames = Math.ceil((PIECE_SAMPLES * rate) / SAMPLE_RATE);
    const inOptions = {
      ...(deviceId && { deviceId: Number(deviceId) }),
      sampleRate: rate,
      channelCount: channels,
      sampleFormat: SampleFormatFloat32,
      framesPerBuffer: frames,
      highwaterMark: 4 * frames,
      maxQueue: MOST_WAITING,
      // An overflow does not end the recording.
      closeOnError: false,
    };
    try {
      return { audio: AudioIO({ inOptions }), rate, channels };
    } catch (error) {
      failure ??= error;
      if (!/sample rate|channel/i.test(messageOf(error))) break;
    }
  }
  throw failure;
}

// Ends this process when its parent is gone, however that ended, and whatever hangs in here: naudiodon may hold the
// main thread for ever.
new Worker(
  `new (require('net').Socket)({ fd: 0 }).on('close', () => process.kill(process.pid, 'SIGKILL')).resume()`,
  { eval: true },
).unref();

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(messageOf(error));
    process.exit(1);
  },
);
