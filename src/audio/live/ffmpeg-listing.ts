import type { AudioFormat } from '../../values.js';

/** Reads what ffmpeg lists of its input, at the log level `info`: the format of each audio track, in order. */
export class FfmpegListing {
  readonly tracks: AudioFormat[] = [];
  /** Whether the list is whole: ffmpeg goes on to what it makes of it. */
  isComplete = false;

  /** @returns whether the list became whole with this line */
  push(line: string): boolean {
    if (this.isComplete) return false;
    this.isComplete = line.startsWith('[info] Stream mapping:');
    const track = formatIn(line);
    if (track) this.tracks.push(track);
    return this.isComplete;
  }
}

/** 'Stream #0:1: Audio: aac (LC), 16000 Hz, mono, fltp, 50 kb/s'; undefined in other lines. */
function formatIn(line: string): AudioFormat | undefined {
  const [, codec, rate, layout] =
    /^\[info\] +Stream #0:\d.*?: Audio: (\w+).*?, (\d+) Hz, ([^,]+)/.exec(line) ?? [];
  return codec ? { codec, sampleRate: Number(rate), channels: channelsIn(layout) } : undefined;
}

/** Of 'mono', 'stereo', '3 channels', '5.1(side)' and their like. */
function channelsIn(layout: string): number {
  if (layout === 'mono') return 1;
  if (layout === 'stereo') return 2;
  const [, full = '1', low = '0'] = /^(\d+)(?:\.(\d))?/.exec(layout) ?? [];
  return Number(full) + Number(low);
}
