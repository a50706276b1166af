import path from 'node:path';
import { DeepInfantError } from '../../errors.js';
import { SAMPLE_RATE } from '../../values.js';
import { alsaCardName, isAlsaMicrophone } from './alsa-names.js';
import {
  listing,
  withDistinctNames,
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

/** naudiodon (PortAudio), where it is installed. */
export const portAudio: MicrophoneBackend = {
  name: 'PortAudio',
  async list(signal) {
    const { stdout, stderr } = await listing(process.execPath, [CHILD, 'list'], signal);
    if (stdout === '') throw new DeepInfantError('no-program', stderr.trim());
    // Numbers change when something is plugged in; the child that records finds the device by its name.
    return (JSON.parse(stdout) as FoundMicrophone[]).map(microphone => ({
      ...microphone,
      address: microphone.name,
    }));
  },
  defaultAddress: '',
  recorder(address) {
    return { program: process.execPath, args: [CHILD, 'record', address], pipe: 3, sampleRate: SAMPLE_RATE };
  },
};

/**
 * The microphones among PortAudio's devices, each with its number as address. Of the several interfaces that show all of
 * them on Windows the one is taken that neither cuts names short nor leaves out conversions.
 *
 * @param defaults numbers of the default devices
 */
export function portAudioMicrophonesOf(
  devices: readonly PortAudioDevice[],
  defaults: readonly number[],
): FoundMicrophone[] {
  return withDistinctNames(
    devices
      .filter(device => device.maxInputChannels > 0)
      .flatMap(({ id, name, hostAPIName }) => {
        const found = { name, address: String(id), isDefault: defaults.includes(id) };
        if (hostAPIName === 'Core Audio' || hostAPIName === 'Windows DirectSound') return [found];
        if (hostAPIName !== 'ALSA') return [];
        const card = /^(.+): .+ \(hw:\d+,(\d+)\)$/.exec(name);
        if (card) return [{ ...found, name: alsaCardName(card[1], Number(card[2])) }];
        return isAlsaMicrophone(name) ? [found] : [];
      }),
  );
}
