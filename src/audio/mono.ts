/** Powers are compared, and the choice may change, in steps of this length. */
const STEP_S = 0.016;
/** Time constant of the powers that are compared. Channels that begin to cancel each other out are noticed in twice this. */
const MEMORY_S = 0.05;
/** By this ratio of powers, 6 dB, the mean is preferred to a channel. One of two channels alone is not louder by more. */
const MEAN_BONUS = 4;
/** By this ratio of powers, 3 dB, what is heard is preferred to what could be heard instead. */
const STAY_BONUS = 2;

/**
 * Makes mono of several channels. Usually that is their mean. Where the mean is 9 dB or more below the loudest channel,
 * because channels cancel each other out or most of them are silent, it is that channel alone, until the mean comes within
 * 3 dB of it. Constants and rumble below 30 Hz do not count. A change is a ramp of 16 ms, and the split into pushes never
 * changes a bit of the output.
 */
export class MonoMixer {
  private readonly stepFrames: number;
  private readonly decay = Math.exp(-STEP_S / MEMORY_S);
  /** Of each channel and, last, of the mean. */
  private readonly powers: Float64Array;
  private readonly sums: Float64Array;
  private readonly squares: Float64Array;
  /** Index into `powers`. */
  private choice: number;
  private pending: Float32Array = new Float32Array(0);

  /**
   * @param channels of which the frames are interleaved
   * @param rate frames a second
   */
  constructor(
    private readonly channels: number,
    rate: number,
  ) {
    this.stepFrames = Math.max(1, Math.round(STEP_S * rate));
    this.choice = channels;
    this.powers = new Float64Array(channels + 1);
    this.sums = new Float64Array(channels + 1);
    this.squares = new Float64Array(channels + 1);
  }

  /** The channel that is heard, from 1; undefined while it is the mean, or the only one. */
  get channel(): number | undefined {
    return this.choice === this.channels ? undefined : this.choice + 1;
  }

  /** Takes whole frames, finite; gives the mono samples of the steps that they complete. */
  push(frames: Float32Array): Float32Array {
    if (this.channels === 1) return frames;
    const stepSamples = this.stepFrames * this.channels;
    let all = frames;
    if (this.pending.length > 0) {
      all = new Float32Array(this.pending.length + frames.length);
      all.set(this.pending);
      all.set(frames, this.pending.length);
    }
    const steps = Math.floor(all.length / stepSamples);
    const mono = new Float32Array(steps * this.stepFrames);
    for (let step = 0; step < steps; step++)
      this.mix(
        all.subarray(step * stepSamples, (step + 1) * stepSamples),
        mono.subarray(step * this.stepFrames, (step + 1) * this.stepFrames),
      );
    this.pending = all.slice(steps * stepSamples);
    return mono;
  }

  /** The samples of a last step that was never completed. */
  flush(): Float32Array {
    const mono = new Float32Array(this.pending.length / this.channels);
    if (mono.length > 0) this.mix(this.pending, mono);
    this.pending = new Float32Array(0);
    return mono;
  }

  /** Writes the mean into `mono`, and then, where a channel was or is chosen, that or the way to it. */
  private mix(frames: Float32Array, mono: Float32Array): void {
    const { channels, sums, squares, choice } = this;
    sums.fill(0);
    squares.fill(0);
    for (let frame = 0, i = 0; frame < mono.length; frame++) {
      let sum = 0;
      for (let channel = 0; channel < channels; channel++, i++) {
        const sample = frames[i];
        sum += sample;
        sums[channel] += sample;
        squares[channel] += sample * sample;
      }
      const mean = sum / channels;
      mono[frame] = mean;
      sums[channels] += mean;
      squares[channels] += mean * mean;
    }
    this.choose(mono.length);
    if (choice === channels && this.choice === channels) return;
    for (let frame = 0; frame < mono.length; frame++) {
      const mean = mono[frame];
      const before = choice === channels ? mean : frames[frame * channels + choice];
      const after = this.choice === channels ? mean : frames[frame * channels + this.choice];
      mono[frame] = before + ((after - before) * (frame + 1)) / mono.length;
    }
  }

  private choose(count: number): void {
    const { channels, powers, sums, squares, decay } = this;
    let best = this.choice;
    let bestWorth = -1;
    for (let i = 0; i <= channels; i++) {
      const power = Math.max(0, squares[i] / count - (sums[i] / count) ** 2);
      powers[i] = decay * powers[i] + (1 - decay) * power;
      const worth = powers[i] * (i === channels ? MEAN_BONUS : 1) * (i === this.choice ? STAY_BONUS : 1);
      if (worth > bestWorth || (worth === bestWorth && i === this.choice)) {
        best = i;
        bestWorth = worth;
      }
    }
    this.choice = best;
  }
}
