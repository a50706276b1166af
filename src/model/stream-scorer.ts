import { LogMel } from '../features/log-mel.js';
import { measureVoice } from '../features/voice.js';
import { LABELS, SAMPLE_RATE, type AudioChunk, type Label, type Scores } from '../values.js';
import { calibrated, sigmoid } from './calibration.js';
import { FRAMES_PER_STEP } from './cry-net.js';
import { STEPS_PER_RUN, type CryNetwork } from './cry-network.js';
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
  private readonly logMel: LogMel;
  /** Samples from one step to the next, up to the end of the first, in a window. */
  private readonly stepSamples: number;
  private readonly firstStepSamples: number;
  private readonly windowSamples: number;
  /** Absolute number of the stream's first sample, and of the next one; the clock is that of the last chunk. */
  private first = NaN;
  private next = NaN;
  private clock = { sample: 0, at: 0 };
  /** Frames that are still to be scored, row-major. */
  private readonly frames: Float32Array;
  private framesLength = 0;
  /** Samples that do not fill a step yet. */
  private readonly samples: Float32Array;
  private samplesLength = 0;
  /** What was measured of steps that are not scored yet. */
  private measured: Pick<Scores, 'levelDb' | 'voice'>[] = [];
  /** Steps scored so far. */
  private steps = 0;
  /** Rows that fill a fixed window up to whole steps of the network. */
  private readonly quiet: Float32Array;

  constructor(
    private readonly network: CryNetwork,
    private readonly manifest: ModelManifest,
  ) {
    const { frontEnd, reading, hopFrames, windowFrames, scaling } = manifest;
    const { hop, fftSize, mels } = frontEnd;
    this.stream = network.openStream();
    this.logMel = new LogMel(frontEnd);
    const firstStepFrames = reading === 'fixed' ? windowFrames : hopFrames;
    this.stepSamples = hopFrames * hop;
    this.firstStepSamples = (firstStepFrames - 1) * hop + fftSize;
    this.windowSamples = (windowFrames - 1) * hop + fftSize;
    this.frames = new Float32Array((firstStepFrames + (STEPS_PER_RUN - 1) * hopFrames) * mels);
    this.samples = new Float32Array(this.firstStepSamples);
    const missing = -windowFrames & (FRAMES_PER_STEP - 1);
    this.quiet = new Float32Array(missing * mels).fill(scaling.floorDb);
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
    this.logMel.reset();
    this.first = this.next = NaN;
    this.framesLength = 0;
    this.samplesLength = 0;
    this.measured = [];
    this.steps = 0;
  }

  /** Samples of the step that is being filled. */
  private get stepLength(): number {
    return this.steps + this.measured.length === 0 ? this.firstStepSamples : this.stepSamples;
  }

  /** Takes samples and adds the scores of the steps that they complete. */
  private *hear(samples: Float32Array, scores: Scores[]): Generator<void, void> {
    for (let start = 0; start < samples.length;) {
      // No further than the step's end: its last sample completes its last frame.
      const taken = samples.subarray(start, start + this.stepLength - this.samplesLength);
      this.samples.set(taken, this.samplesLength);
      this.samplesLength += taken.length;
      this.framesLength = this.logMel.pushInto(taken, this.frames, this.framesLength);
      this.next += taken.length;
      start += taken.length;
      if (this.samplesLength < this.stepLength) break;
      const step = this.samples.subarray(0, this.samplesLength);
      this.samplesLength = 0;
      this.measured.push({ levelDb: levelDb(step), voice: measureVoice(step) });
      if (this.measured.length === STEPS_PER_RUN) {
        this.score(scores);
        yield;
      }
    }
    if (this.measured.length > 0) this.score(scores);
  }

  /** Scores the steps that are complete. */
  private score(scores: Scores[]): void {
    const { measured } = this;
    this.measured = [];
    const { reading, hopFrames, frontEnd, scaling } = this.manifest;
    if (reading === 'flexible') {
      this.network.setInput(this.frames, 0, measured.length * FRAMES_PER_STEP, 0, scaling);
      this.network.run(this.stream, measured.length);
    }
    for (const [step, measures] of measured.entries())
      scores.push(this.scoresOf(reading === 'flexible' ? step : this.runWindow(step), measures));
    // What the next steps still need: frames that do not fill one, and those that windows share.
    const past = measured.length * hopFrames * frontEnd.mels;
    this.frames.copyWithin(0, past, this.framesLength);
    this.framesLength -= past;
  }

  /**
   * Runs a window of the waiting frames through the network, by itself, filled up with quiet before it.
   * @returns the network's step that judges it
   */
  private runWindow(window: number): number {
    const { hopFrames, windowFrames, frontEnd, scaling } = this.manifest;
    const quietFrames = this.quiet.length / frontEnd.mels;
    const steps = (quietFrames + windowFrames) / FRAMES_PER_STEP;
    this.network.clearStream(this.stream);
    this.network.setInput(this.quiet, 0, quietFrames, 0, scaling);
    this.network.setInput(this.frames, window * hopFrames, windowFrames, quietFrames, scaling);
    this.network.run(this.stream, steps);
    return steps - 1;
  }

  /** @param step of the network's last run */
  private scoresOf(step: number, measures: Pick<Scores, 'levelDb' | 'voice'>): Scores {
    const { calibration, embeddingSize } = this.manifest;
    const { floats } = this.network;
    const end = this.first + this.firstStepSamples + this.steps * this.stepSamples;
    const start = Math.max(this.first, end - this.windowSamples);
    this.steps++;
    const logits = this.network.outputAt('logits', step);
    const embedding = this.network.outputAt('embedding', step);
    const probabilities = LABELS.map((label, i) => [
      label,
      label === 'cry' ? calibrated(floats[logits + i], calibration) : sigmoid(floats[logits + i]),
    ]);
    return {
      scores: Object.fromEntries(probabilities) as Record<Label, number>,
      embedding: floats.slice(embedding, embedding + embeddingSize),
      startSample: start,
      endSample: end,
      at: this.clock.at + ((start - this.clock.sample) / SAMPLE_RATE) * 1000,
      ...measures,
    };
  }
}

/** Root mean square level in dB of full scale; what is not finite counts as 0. */
function levelDb(samples: Float32Array): number {
  let energy = 0;
  for (const sample of samples) if (Number.isFinite(sample)) energy += sample * sample;
  return Math.max(LEAST_LEVEL_DB, 10 * Math.log10(energy / samples.length + 1e-20));
}
