import { alsaCardName, isAlsaMicrophone } from './alsa-names.js';
import { alsaRateOf } from './arecord.js';
import {
  runLister,
  distinguishNames,
  MICROPHONE_CHANNELS,
  type FoundMicrophone,
  type MicrophoneBackend,
  type Recorder,
} from './microphone-recorder.js';

const CHANNELS = ['-channels', String(MICROPHONE_CHANNELS)];

/** PulseAudio, and PipeWire in its place. */
export const pulse: MicrophoneBackend = {
  name: 'PulseAudio',
  isSoundServer: true,
  async list(signal) {
    const info = await runLister('pactl', ['info'], signal);
    const sources = await runLister('pactl', ['list', 'sources'], signal);
    return pulseMicrophonesOf(sources.stdout, info.stdout);
  },
  defaultAddress: 'default',
  recorder(address) {
    // Fragments of 50 ms of 16 bits; the server's own choice would be two seconds.
    return ffmpeg('pulse', address, ['-sample_rate', '16000', ...CHANNELS, '-fragment_size', '3200']);
  },
};

/** ALSA without alsa-utils. */
export const alsa: MicrophoneBackend = {
  name: 'ALSA',
  async list(signal) {
    const { stdout } = await runLister('ffmpeg', ['-hide_banner', '-sources', 'alsa'], signal);
    return ffmpegAlsaMicrophonesOf(stdout);
  },
  defaultAddress: 'default',
  recorder(address) {
    return ffmpeg('alsa', address, ['-sample_rate', String(alsaRateOf(address)), ...CHANNELS]);
  },
};

/** macOS. */
export const avFoundation: MicrophoneBackend = {
  name: 'AVFoundation',
  async list(signal) {
    const args = ['-hide_banner', '-f', 'avfoundation', '-list_devices', 'true', '-i', ''];
    const { stderr } = await runLister('ffmpeg', args, signal);
    return avFoundationMicrophonesOf(stderr);
  },
  defaultAddress: 'default',
  recorder(address) {
    return ffmpeg('avfoundation', `:${address}`, []);
  },
};

/** Windows. */
export const directShow: MicrophoneBackend = {
  name: 'DirectShow',
  async list(signal) {
    const args = ['-hide_banner', '-f', 'dshow', '-list_devices', 'true', '-i', 'dummy'];
    const { stderr } = await runLister('ffmpeg', args, signal);
    return directShowMicrophonesOf(stderr);
  },
  recorder(address) {
    return ffmpeg('dshow', `audio=${address}`, ['-audio_buffer_size', '50']);
  },
};

function ffmpeg(device: string, input: string, options: string[]): Recorder {
  const general = ['-nostdin', '-hide_banner', '-loglevel', 'error'];
  const output = ['-c:a', 'pcm_f32le', '-f', 'wav', 'pipe:1'];
  const args = [...general, '-f', device, ...options, '-i', input, ...output];
  return { program: 'ffmpeg', args, pipe: 1, form: 'wav' };
}

/**
 * The microphones in what `pactl list sources` prints: a block a source, indented; `Name:` is its address. A source that
 * is an ALSA card goes by the card's name, as everywhere; what only echoes a loudspeaker (a monitor) is none.
 *
 * @param info what `pactl info` prints, for the default
 */
export function pulseMicrophonesOf(printed: string, info: string): FoundMicrophone[] {
  const defaultAddress = /^Default Source: (.*)$/m.exec(info)?.[1];
  const found = printed.split(/^Source #/m).flatMap(block => {
    const property = (name: string): string | undefined =>
      new RegExp(`^[ \\t]+${name} = "(.*)"$`, 'm').exec(block)?.[1];
    const address = /^[ \t]+Name: (.*)$/m.exec(block)?.[1];
    if (address === undefined || property('device\\.class') === 'monitor') return [];
    const card = property('alsa\\.card_name');
    const description = /^[ \t]+Description: (.*)$/m.exec(block)?.[1] ?? address;
    const name = card ? alsaCardName(card, Number(property('alsa\\.device'))) : description;
    return [{ name, id: address, address, isDefault: address === defaultAddress }];
  });
  return distinguishNames(found);
}

/** The microphones in what `ffmpeg -sources alsa` prints: a line each, of address and description. */
export function ffmpegAlsaMicrophonesOf(printed: string): FoundMicrophone[] {
  const found = [...printed.matchAll(/^[ *] (\S+) \[/gm)].flatMap(([, address]) => {
    // The description lacks the card's name here.
    const device = /^plughw:CARD=(.*),DEV=(\d+)$/.exec(address);
    if (!device && !isAlsaMicrophone(address)) return [];
    const name = device ? alsaCardName(device[1], Number(device[2])) : address;
    return [{ name, address, isDefault: address === 'default' }];
  });
  return distinguishNames(found);
}

/** The microphones in what ffmpeg's avfoundation prints: numbered names below a heading. */
export function avFoundationMicrophonesOf(printed: string): FoundMicrophone[] {
  const audio = printed.split('AVFoundation audio devices:')[1] ?? '';
  const found = [...audio.matchAll(/^\[AVFoundation .*?\] \[(\d+)\] (.*)$/gm)].map(([, address, name]) => ({
    name,
    address,
    isDefault: false,
  }));
  return distinguishNames(found);
}

/** The microphones in what ffmpeg's dshow (since version 5) prints: a name and, below it, an address. */
export function directShowMicrophonesOf(printed: string): FoundMicrophone[] {
  const found = [
    ...printed.matchAll(/^\[.*?\] +"(.*)" \(audio\)\r?\n\[.*?\] +Alternative name "(.*)"\r?$/gm),
  ].map(([, name, address], i) => ({ name, id: address, address, isDefault: i === 0 }));
  return distinguishNames(found);
}
