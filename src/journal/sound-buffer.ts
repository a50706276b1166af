import { SAMPLE_RATE, type AudioChunk } from '../values.js';

/** Longer than a cry's beginning lies before its first event, also where a detector is behind by half a minute. */
const HELD_S = 60;

/** The last minute of a source. */
export class SoundBuffer {
  private chunks: AudioChunk[] = [];

  push(chunk: AudioChunk): void {
    // A source that was started anew counts its samples anew.
    if (chunk.firstSample < this.end) this.chunks = [];
    this.chunks.push(chunk);
    const oldest = this.end - HELD_S * SAMPLE_RATE;
    const held = this.chunks.findIndex(({ firstSample, samples }) => firstSample + samples.length > oldest);
    this.chunks.splice(0, held);
  }

  /** Number of the first sample that it holds. */
  get begin(): number {
    return this.chunks.at(0)?.firstSample ?? 0;
  }

  /** Number of the sample after the last one. */
  get end(): number {
    const last = this.chunks.at(-1);
    return last ? last.firstSample + last.samples.length : 0;
  }

  /** Its samples from one to before another; silence where it has none. */
  cut(from: number, to: number): Float32Array {
    const cut = new Float32Array(Math.max(0, to - from));
    for (const { firstSample, samples } of this.chunks) {
      const first = Math.max(from, firstSample);
      const last = Math.min(to, firstSample + samples.length);
      if (first < last) cut.set(samples.subarray(first - firstSample, last - firstSample), first - from);
    }
    return cut;
  }
}
