import { HighPass } from '../features/high-pass.js';
import { LogMel } from '../features/log-mel.js';
import { measureVoice } from '../features/voice.js';
import { LABELS, SAMPLE_RATE, type AudioChunk, type Label, type Scores } from '../values.js';
import { calibrate, sigmoid } from './calibration.js';
import { FRAMES_PER_STEP } from './cry-net.js';
import type { CryNetwork } from './cry-network.js';
import type { ModelManifest } from './manifest.js';
import type { Scorer } from './scorer.js';

/** A gap beyond this is not worth hearing as silence: what was before has no bearing on what comes. */
const LONGEST_GAP_S = 60;
/** Silence that stands for lost audio is heard in pieces of this length. */
const SILENCE = new Float32Array(SAMPLE_RATE);
const LEAST_LEVEL_DB = -120;

/**
 * Scores the audio of one stream with CryNet: chunks in, calibrated scores per step out. Read flexibly, a step is the
 * network's own, and knows what was heard before; read in fixed windows, a step is a window that begins with nothing.
 */
export class StreamScorer implements Scorer {
  private readonly stream: number;
  private readonly highPass = new HighPass();
  private readonly logMel: LogMel;
  /** Samples from one step to the next, up to the end of the first, in a window. */
  private readonly stepSamples: number;
  private readonly firstStepSamples: number;
  private readonly windowSamples: number;
  /** Absolute number of the stream's first sample, and of the next one; the clock is that of the last chunk. */
  private first = NaN;
  private next = NaN;
  private clock = { sample: 0, at: 0 };
  /** Frames of the step that is being filled, row-major, after those that fill a fixed window up to whole steps. */
  private readonly frames: Float32Array;
  private readonly firstFrame: number;
  private framesLength: number;
  /** Samples, filtered, that do not fill a step yet. */
  private readonly samples: Float32Array;
  private samplesLength = 0;
  /** Steps scored so far. */
  private steps = 0;

  constructor(
    private readonly network: CryNetwork,
    private readonly manifest: ModelManifest,
  ) {
    const { frontEnd, reading, hopFrames, windowFrames, scaling } = manifest;
    const { hop, fftSize, mels } = frontEnd;
    this.stream = network.openStream();
    this.logMel = new LogMel(frontEnd);
    const stepFrames = reading === 'fixed' ? windowFrames : hopFrames;
    this.stepSamples = hopFrames * hop;
    this.firstStepSamples = (stepFrames - 1) * hop + fftSize;
    this.windowSamples = (windowFrames - 1) * hop + fftSize;
    this.samples = new Float32Array(this.firstStepSamples);
    const filled = Math.ceil(stepFrames / FRAMES_PER_STEP) * FRAMES_PER_STEP;
    this.firstFrame = (filled - stepFrames) * mels;
    this.frames = new Float32Array(filled * mels).fill(scaling.floorDb);
    this.framesLength = this.firstFrame;
  }

  /**
   * A chunk that begins later than expected is preceded by silence. One that begins earlier, or later by more than
   * LONGEST_GAP_S, begins the stream anew.
   */
  *push(chunk: AudioChunk): Generator<void, Scores[]> {
    const scores: Scores[] = [];
    if (chunk.firstSample < this.next) this.reset();
    if (chunk.firstSample - this.next > LONGEST_GAP_S * SAMPLE_RATE) scores.push(...(yield* this.flush()));
    if (Number.isNaN(this.next)) this.first = this.next = chunk.firstSample;
    while (this.next < chunk.firstSample)
      yield* this.hear(SILENCE.subarray(0, chunk.firstSample - this.next), scores);
    this.clock = { sample: chunk.firstSample, at: chunk.at };
    yield* this.hear(chunk.samples, scores);
    return scores;
  }

  *flush(): Generator<void, Scores[]> {
    const scores: Scores[] = [];
    if (Number.isNaN(this.next)) return scores;
    if (this.samplesLength > 0 || this.steps === 0) {
      let missing = this.stepLength - this.samplesLength;
      for (; missing > 0; missing -= SILENCE.length) yield* this.hear(SILENCE.subarray(0, missing), scores);
    }
    this.reset();
    return scores;
  }

  close(): void {
    this.network.closeStream(this.stream);
  }

  private reset(): void {
    this.network.clearStream(this.stream);
    this.highPass.reset();
    this.logMel.reset();
    this.first = this.next = NaN;
    this.framesLength = this.firstFrame;
    this.samplesLength = 0;
    this.steps = 0;
  }

  /** Samples of the step that is being filled. */
  private get stepLength(): number {
    return this.steps === 0 ? this.firstStepSamples : this.stepSamples;
  }

  /** Takes samples and adds the scores of the steps that they complete. */
  private *hear(samples: Float32Array, scores: Scores[]): Generator<void, void> {
    for (let start = 0; start < samples.length;) {
      // No further than the step's end: its last sample completes its last frame.
      const length = Math.min(samples.length - start, this.stepLength - this.samplesLength);
      const taken = this.samples.subarray(this.samplesLength, this.samplesLength + length);
      taken.set(samples.subarray(start, start + length));
      this.highPass.filter(taken);
      this.samplesLength += length;
      this.framesLength = this.logMel.pushInto(taken, this.frames, this.framesLength);
      this.next += length;
      start += length;
      if (this.samplesLength < this.stepLength) return;
      this.runNetwork();
      scores.push(this.scoresOf(this.samples.subarray(0, this.samplesLength)));
      this.samplesLength = 0;
      yield;
    }
  }

  /** Runs the frames of the step that is complete; its outputs are there until the network runs again. */
  private runNetwork(): void {
    const { reading, hopFrames, frontEnd, scaling } = this.manifest;
    if (reading === 'fixed') this.network.clearStream(this.stream);
    for (let frame = 0; frame * frontEnd.mels < this.frames.length; frame += FRAMES_PER_STEP) {
      this.network.setInput(this.frames, frame, scaling);
      this.network.run(this.stream);
    }
    // The next window shares the last frames of this one; a step of the network shares none.
    const kept = this.firstFrame + hopFrames * frontEnd.mels;
    this.frames.copyWithin(this.firstFrame, kept, this.framesLength);
    this.framesLength -= hopFrames * frontEnd.mels;
  }

  /** The network's outputs as scores. @param samples what is new in the step */
  private scoresOf(samples: Float32Array): Scores {
    const { calibration, embeddingSize } = this.manifest;
    const { floats } = this.network;
    const end = this.first + this.firstStepSamples + this.steps * this.stepSamples;
    const start = Math.max(this.first, end - this.windowSamples);
    this.steps++;
    const logits = this.network.outputAt.logits;
    const embedding = this.network.outputAt.embedding;
    const scores = {} as Record<Label, number>;
    for (const [i, label] of LABELS.entries()) {
      const logit = floats[logits + i];
      scores[label] = label === 'cry' ? calibrate(logit, calibration) : sigmoid(logit);
    }
    return {
      scores,
      embedding: floats.slice(embedding, embedding + embeddingSize),
      startSample: start,
      endSample: end,
      at: this.clock.at + ((start - this.clock.sample) / SAMPLE_RATE) * 1000,
      levelDb: levelDb(samples),
      voice: measureVoice(samples),
    };
  }
}

/** Root mean square level in dB of full scale; what is not finite counts as 0. */
function levelDb(samples: Float32Array): number {
  let energy = 0;
  // By index: an iterator would leave garbage for each sample.
  for (let i = 0; i < samples.length; i++) energy += samples[i] * samples[i];
  if (!Number.isFinite(energy)) return levelDb(samples.map(x => (Number.isFinite(x) ? x : 0)));
  return Math.max(LEAST_LEVEL_DB, 10 * Math.log10(energy / samples.length + 1e-20));
}
