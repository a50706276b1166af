import { createRequire } from 'node:module';
import path from 'node:path';
import { DeepInfantError, messageOf } from '../../errors.js';
import { SAMPLE_RATE } from '../../values.js';
import { alsaCardId, alsaCardName, isAlsaMicrophone } from './alsa-names.js';
import {
  runLister,
  distinguishNames,
  type FoundMicrophone,
  type MicrophoneBackend,
} from './microphone-recorder.js';

const CHILD = path.join(__dirname, 'port-audio-child.js');

/** A device as naudiodon describes it; the parts that are used. */
export interface PortAudioDevice {
  id: number;
  name: string;
  hostAPIName: string;
  maxInputChannels: number;
}

/** Whether naudiodon is installed; not whether it can be loaded. */
export function isNaudiodonInstalled(): boolean {
  try {
    createRequire(__filename).resolve('naudiodon');
    return true;
  } catch {
    return false;
  }
}

/** naudiodon (PortAudio), where it is installed. */
export const portAudio: MicrophoneBackend = {
  name: 'PortAudio',
  async list(signal) {
    const { stdout, stderr } = await runLister(process.execPath, [CHILD, 'list'], signal);
    // Numbers change when something is plugged in; the child that records finds the device by its name.
    return parseList(stdout, stderr).map(microphone => ({ ...microphone, address: microphone.name }));
  },
  defaultAddress: '',
  recorder(address) {
    const form = { rate: SAMPLE_RATE, channels: 1 };
    return { program: process.execPath, args: [CHILD, 'record', address], pipe: 3, form };
  },
};

function parseList(stdout: string, stderr: string): FoundMicrophone[] {
  try {
    return JSON.parse(stdout) as FoundMicrophone[];
  } catch (error) {
    // Nothing, after a complaint, or something that PortAudio printed into it.
    throw new DeepInfantError('no-program', stderr.trim() || messageOf(error));
  }
}

/** In characters. */
const MOST_DEVICE_NAME = 500;

/**
 * The microphones among PortAudio's devices, each with its number as address. Of the several interfaces that show all of
 * them on Windows the one is taken that neither cuts names short nor leaves out conversions.
 *
 * @param defaults numbers of the default devices
 * @param cardId gives the id of the ALSA card with a number
 */
export function portAudioMicrophonesOf(
  devices: readonly PortAudioDevice[],
  defaults: readonly number[],
  cardId: typeof alsaCardId = alsaCardId,
): FoundMicrophone[] {
  return distinguishNames(
    devices
      .filter(device => device.maxInputChannels > 0)
      .flatMap(({ id, name, hostAPIName }) => {
        const found = { name, address: String(id), isDefault: defaults.includes(id) };
        if (hostAPIName === 'Core Audio' || hostAPIName === 'Windows DirectSound') return [found];
        if (hostAPIName !== 'ALSA') return [];
        const card = /^(.+): .+ \(hw:(\d+),(\d+)\)$/.exec(name.slice(0, MOST_DEVICE_NAME));
        if (card) {
          const id = cardId(Number(card[2]));
          return [{ ...found, name: alsaCardName(card[1], Number(card[3])), id }];
        }
        return isAlsaMicrophone(name) ? [found] : [];
      }),
  );
}
