import { readFileSync } from 'node:fs';

/** What ALSA and its plugins show beside microphones: aliases of the default one, converters, places without sound. */
const NO_MICROPHONES = new Set(
  'a52 cards dmix dsnoop front hdmi hw iec958 jack lavrate modem null oss phoneline pipewire plug plughw pulse rear samplerate shm side spdif speex speexrate sysdefault tee upmix usbstream vdownmix'.split(
    ' ',
  ),
);

/** The id of a card that has a number now, as in CARD=Device_1; undefined where the system does not give it. */
export function alsaCardId(card: number): string | undefined {
  try {
    return readFileSync(`/sys/class/sound/card${card}/id`, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** What to call a device of a sound card: the card's name, as its number changes with every plug. */
export function alsaCardName(card: string, device: number): string {
  return device === 0 ? card : `${card}, device ${device}`;
}

/** Whether a name without a card in it, `default` or one from a user's asound.conf, may be a microphone's. */
export function isAlsaMicrophone(name: string): boolean {
  return !name.includes(':') && !NO_MICROPHONES.has(name);
}
