import { SAMPLE_RATE } from '../../values.js';
import { alsaCardName, isAlsaMicrophone } from './alsa-names.js';
import { PIECE_SAMPLES } from './chunk-length.js';
import {
  runLister,
  distinguishNames,
  MICROPHONE_CHANNELS,
  type FoundMicrophone,
  type MicrophoneBackend,
} from './microphone-recorder.js';

/** ALSA's own recorder, of alsa-utils. */
export const arecord: MicrophoneBackend = {
  name: 'ALSA',
  async list(signal) {
    return alsaMicrophonesOf((await runLister('arecord', ['-L'], signal)).stdout);
  },
  defaultAddress: 'default',
  recorder(address) {
    const form = { rate: alsaRateOf(address), channels: MICROPHONE_CHANNELS };
    const format = ['-t', 'raw', '-f', 'FLOAT_LE', '-c', String(form.channels), '-r', String(form.rate)];
    const pieces = ['--period-time', String((1e6 * PIECE_SAMPLES) / SAMPLE_RATE)];
    return { program: 'arecord', args: ['-q', '-D', address, ...format, ...pieces], pipe: 1, form };
  },
};

/**
 * The rate in Hz to record with. Most sound cards have 48 kHz; from there ALSA's own conversion to 16 kHz would leave out
 * the filter and fold the treble back. A sound server behind any other address converts well.
 */
export function alsaRateOf(address: string): number {
  return address.startsWith('plughw:') ? 48000 : SAMPLE_RATE;
}

/**
 * The microphones in what `arecord -L` prints: a name on a line of its own, then maybe a description, indented, whose
 * first line begins with the card's name.
 */
export function alsaMicrophonesOf(printed: string): FoundMicrophone[] {
  const found = [...printed.matchAll(/^(\S.*)(?:\n +(.*))?$/gm)].flatMap(([, address, description]) => {
    const device = /^plughw:CARD=(.*),DEV=(\d+)$/.exec(address);
    if (device) {
      const id = device[1];
      const card = (description || id).split(', ')[0];
      return [{ name: alsaCardName(card, Number(device[2])), id, address, isDefault: false }];
    }
    return isAlsaMicrophone(address) ? [{ name: address, address, isDefault: address === 'default' }] : [];
  });
  return distinguishNames(found);
}
