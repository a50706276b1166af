import { MonoMixer } from '../mono.js';
import { clampAmplitude } from '../pcm.js';
import { SAMPLE_RATE, type AudioFormat, type TrackHealth } from '../../values.js';
import { LevelMeter } from './level-meter.js';
import { RateCheck } from './rate-check.js';
import { PLACES, TrackTime } from './track-time.js';

const FLOAT_BYTES = Float32Array.BYTES_PER_ELEMENT;

/** How ffmpeg was told to send a track. */
export interface TrackPlan {
  /** Channels that it sends; a mono track may come twice. */
  channels: number;
  /** In Hz, where the rate that the track declares is wrong. */
  actualRate?: number;
}

/** One audio track of a camera, as ffmpeg sends it: frames of 32-bit floats, the last of which is the frame's place in time. */
export class CameraTrack {
  readonly time = new TrackTime();
  /** The rate in Hz with which its sound comes, once it is known not to be the one that was used. */
  otherRate: number | undefined;
  private rest: Buffer = Buffer.alloc(0);
  private readonly rates: RateCheck;
  private readonly mixer: MonoMixer;
  private readonly meters: LevelMeter[];

  /** @param format as ffmpeg lists it */
  constructor(
    readonly format: AudioFormat,
    private readonly plan: TrackPlan,
    windowMs: number,
  ) {
    this.rates = new RateCheck(plan.actualRate ?? format.sampleRate, windowMs);
    const channels = Math.min(format.channels, plan.channels);
    this.mixer = new MonoMixer(channels, SAMPLE_RATE);
    this.meters = Array.from({ length: channels }, () => new LevelMeter());
  }

  /** Its format and how loud it is; a level is null as long as no second of it came. */
  get health(): TrackHealth {
    const levelsDb = this.meters.map(({ level }) => level?.levelDb ?? null);
    return { ...this.format, levelsDb };
  }

  /** The channel that is heard, from 1; undefined while it is the mean, or the only one. */
  get channel(): number | undefined {
    return this.mixer.channel;
  }

  /** Takes bytes as they arrive. @returns its sound, mono, with silence for what is missing */
  push(bytes: Buffer, nowMs: number): Float32Array[] {
    const all = Buffer.concat([this.rest, bytes]);
    const width = this.plan.channels + 1;
    const frames = Math.floor(all.length / (FLOAT_BYTES * width));
    const end = all.byteOffset + frames * width * FLOAT_BYTES;
    const values = new Float32Array(all.buffer.slice(all.byteOffset, end));
    this.rest = all.subarray(frames * width * FLOAT_BYTES);
    const parts: Float32Array[] = [];
    let begin = 0;
    for (let frame = 1; frame <= frames; frame++) {
      const place = values[begin * width + width - 1];
      if (frame < frames && values[frame * width + width - 1] === place + frame - begin) continue;
      const missing = this.placeRun(place, frame - begin, nowMs);
      if (missing > 0) parts.push(this.mono(new Float32Array(missing * width), width));
      parts.push(this.mono(values.subarray(begin * width, frame * width), width));
      begin = frame;
    }
    return parts.filter(({ length }) => length > 0);
  }

  /** @returns how many samples are missing before the run */
  private placeRun(place: number, count: number, nowMs: number): number {
    const { actualRate } = this.plan;
    // Where the rate is wrong, so are the times.
    if (actualRate !== undefined) {
      this.otherRate ??= this.rates.push(count / SAMPLE_RATE, nowMs);
      return 0;
    }
    const { missing, isJump } = this.time.push(place % PLACES, count, nowMs);
    if (isJump) this.rates.reset();
    this.otherRate ??= this.rates.push(count / SAMPLE_RATE, nowMs);
    return missing;
  }

  /** The frames' sound as one channel, and how loud each channel is. */
  private mono(frames: Float32Array, width: number): Float32Array {
    const channels = this.meters.length;
    const count = frames.length / width;
    const sound = new Float32Array(count * channels);
    for (let channel = 0; channel < channels; channel++) {
      const samples = new Float32Array(count);
      for (let i = 0; i < count; i++)
        sound[i * channels + channel] = samples[i] = clampAmplitude(frames[i * width + channel]);
      this.meters[channel].push(samples);
    }
    return this.mixer.push(sound);
  }
}
