import { SAMPLE_RATE, type AudioChunk } from '../values.js';

/** Longer than a cry's beginning lies before its first event, also where a detector is behind by half a minute. */
const HELD_S = 60;
/** Full scale of 16 bits: what microphones and cameras send, and clips have, loses nothing by it. */
const FULL_SCALE = 32768;

/** The last minute of a source, in 2 MB, or as many seconds as are to be held. */
export class SoundBuffer {
  /** Sample n is at n % held.length. */
  private readonly held: Int16Array;
  /** Numbers of the first sample that it holds, and of the sample after the last one. */
  private first = 0;
  private next = 0;

  constructor(heldS = HELD_S) {
    this.held = new Int16Array(heldS * SAMPLE_RATE);
  }

  push({ firstSample, samples }: AudioChunk): void {
    const { held } = this;
    const isEmpty = this.first === this.next;
    // A source that was started anew counts its samples anew.
    if (isEmpty || firstSample < this.next || firstSample >= this.next + held.length)
      this.first = this.next = firstSample;
    // By index and in a variable: an iterator and a field would leave garbage for each sample.
    let { next } = this;
    while (next < firstSample) held[next++ % held.length] = 0;
    for (let i = 0; i < samples.length; i++)
      held[next++ % held.length] = Math.min(FULL_SCALE - 1, Math.round(samples[i] * FULL_SCALE));
    this.next = next;
    this.first = Math.max(this.first, next - held.length);
  }

  /** Number of the first sample that it holds. */
  get begin(): number {
    return this.first;
  }

  /** Number of the sample after the last one. */
  get end(): number {
    return this.next;
  }

  /** Its samples from one to before another; silence where it has none. */
  cut(from: number, to: number): Float32Array {
    const { held } = this;
    const cut = new Float32Array(Math.max(0, to - from));
    const last = Math.min(to, this.next);
    for (let i = Math.max(from, this.first); i < last; i++)
      cut[i - from] = held[i % held.length] / FULL_SCALE;
    return cut;
  }
}
