import { concat } from '../concat.js';
import { LogMel } from '../features/log-mel.js';
import { measureVoice } from '../features/voice.js';
import { LABELS, SAMPLE_RATE, type AudioChunk, type Label, type Scores } from '../values.js';
import { calibrated, sigmoid } from './calibration.js';
import { FRAMES_PER_STEP } from './cry-net.js';
import type { ModelManifest } from './manifest.js';
import type { Scorer } from './scorer.js';
import type { NetState, Step, StreamingNet } from './streaming-net.js';

/** A gap beyond this is not worth hearing as silence: what was before has no bearing on what comes. */
const LONGEST_GAP_S = 60;
/** Silence that stands for lost audio is heard in pieces of this length. */
const SILENCE = new Float32Array(SAMPLE_RATE);
const LEAST_LEVEL_DB = -120;
/** Streams in one run of the network: beyond, moving their states costs more than sharing the run saves. */
const BATCH_STREAMS = 16;

/** What one stream has heard so far. Made by the scorer, read by nobody else. */
export interface ScorerStream {
  logMel: LogMel;
  net: NetState;
  /** Frames that are still to be scored, row-major. */
  frames: Float32Array;
  /** Absolute number of the stream's first sample, and of the next one; the clock is that of the last chunk. */
  first: number;
  next: number;
  clock: { sample: number; at: number };
  /** Samples that do not fill a step yet. */
  samples: Float32Array;
  /** What was measured of steps that are not scored yet. */
  measured: Pick<Scores, 'levelDb' | 'voice'>[];
  /** Steps scored so far. */
  steps: number;
}

/**
 * Scores audio of many streams with one network: chunks in, calibrated scores per step out. Read flexibly, a step is the
 * network's own, and knows what was heard before; read in fixed windows, a step is a window that begins with nothing.
 */
export class StreamScorer implements Scorer<ScorerStream> {
  private readonly net: StreamingNet;
  private readonly manifest: ModelManifest;
  /** Frames that a first step needs; samples from one step to the next, up to the end of the first, in a window. */
  private readonly firstStepFrames: number;
  private readonly stepSamples: number;
  private readonly firstStepSamples: number;
  private readonly windowSamples: number;

  constructor(net: StreamingNet, manifest: ModelManifest) {
    this.net = net;
    this.manifest = manifest;
    const { frontEnd, reading, hopFrames, windowFrames } = manifest;
    const { hop, fftSize } = frontEnd;
    this.firstStepFrames = reading === 'fixed' ? windowFrames : hopFrames;
    this.stepSamples = hopFrames * hop;
    this.firstStepSamples = (this.firstStepFrames - 1) * hop + fftSize;
    this.windowSamples = (windowFrames - 1) * hop + fftSize;
  }

  open(): ScorerStream {
    return {
      logMel: new LogMel(this.manifest.frontEnd),
      net: {},
      frames: new Float32Array(0),
      first: NaN,
      next: NaN,
      clock: { sample: 0, at: 0 },
      samples: new Float32Array(0),
      measured: [],
      steps: 0,
    };
  }

  /**
   * Takes one chunk of each stream and scores the steps that they complete, those of equal length in one batch.
   * A chunk that begins later than expected is preceded by silence. One that begins earlier, or later by more than
   * LONGEST_GAP_S, begins the stream anew.
   */
  push(requests: readonly { stream: ScorerStream; chunk: AudioChunk }[]): Scores[][] {
    const before = requests.map(({ stream, chunk }) => this.catchUp(stream, chunk));
    for (const { stream, chunk } of requests) {
      stream.clock = { sample: chunk.firstSample, at: chunk.at };
      this.hear(stream, chunk.samples);
    }
    const now = this.score(requests.map(({ stream }) => stream));
    return now.map((scores, i) => [...before[i], ...scores]);
  }

  flush(stream: ScorerStream): Scores[] {
    if (Number.isNaN(stream.next)) return [];
    const heard = stream.next - stream.first;
    const steps = Math.max(1, 1 + Math.ceil((heard - this.firstStepSamples) / this.stepSamples));
    let missing = this.firstStepSamples + (steps - 1) * this.stepSamples - heard;
    for (; missing > 0; missing -= SILENCE.length) this.hear(stream, SILENCE.subarray(0, missing));
    const [scores] = this.score([stream]);
    this.reset(stream);
    return scores;
  }

  reset(stream: ScorerStream): void {
    this.net.forget(stream.net);
    Object.assign(stream, this.open());
  }

  /** Brings a stream to where a chunk begins. */
  private catchUp(stream: ScorerStream, chunk: AudioChunk): Scores[] {
    const scores: Scores[] = [];
    if (chunk.firstSample < stream.next) this.reset(stream);
    if (chunk.firstSample - stream.next > LONGEST_GAP_S * SAMPLE_RATE) scores.push(...this.flush(stream));
    if (Number.isNaN(stream.next)) stream.first = stream.next = chunk.firstSample;
    while (stream.next < chunk.firstSample) {
      this.hear(stream, SILENCE.subarray(0, chunk.firstSample - stream.next));
      scores.push(...this.score([stream])[0]);
    }
    return scores;
  }

  private hear(stream: ScorerStream, samples: Float32Array): void {
    stream.frames = concat([stream.frames, stream.logMel.push(samples)]);
    stream.samples = concat([stream.samples, samples]);
    stream.next += samples.length;
    const isFirst = stream.steps + stream.measured.length === 0;
    let start = 0;
    let end = isFirst ? this.firstStepSamples : this.stepSamples;
    for (; end <= stream.samples.length; start = end, end += this.stepSamples) {
      const step = stream.samples.subarray(start, end);
      stream.measured.push({ levelDb: levelDb(step), voice: measureVoice(step) });
    }
    stream.samples = stream.samples.slice(start);
  }

  private score(streams: readonly ScorerStream[]): Scores[][] {
    const { hopFrames, frontEnd } = this.manifest;
    const results = new Map<ScorerStream, Scores[]>(streams.map(stream => [stream, []]));
    const bySteps = new Map<number, ScorerStream[]>();
    for (const stream of streams) {
      const frames = stream.frames.length / frontEnd.mels;
      const steps = Math.floor((frames - this.firstStepFrames) / hopFrames) + 1;
      if (steps > 0) bySteps.set(steps, [...(bySteps.get(steps) ?? []), stream]);
    }
    for (const [steps, waiting] of bySteps) {
      while (waiting.length > 0) {
        const group = waiting.splice(0, BATCH_STREAMS);
        const outputs =
          this.manifest.reading === 'fixed' ? this.runWindows(group, steps) : this.run(group, steps);
        group.forEach((stream, i) =>
          results.set(
            stream,
            outputs[i].map(step => this.scoresOf(stream, step)),
          ),
        );
      }
    }
    return streams.map(stream => results.get(stream)!);
  }

  /** Runs the frames of each stream's next steps through the network. */
  private run(group: readonly ScorerStream[], steps: number): Step[][] {
    const length = steps * FRAMES_PER_STEP * this.manifest.frontEnd.mels;
    const input = new Float32Array(group.length * length);
    group.forEach((stream, i) => {
      input.set(this.scaled(stream.frames.subarray(0, length)), i * length);
      stream.frames = stream.frames.slice(length);
    });
    const nets = group.map(stream => stream.net);
    return this.net.run(nets, input, this.manifest.frontEnd.mels);
  }

  /** Runs the next windows of each stream through the network, each by itself, filled up with quiet before it. */
  private runWindows(group: readonly ScorerStream[], steps: number): Step[][] {
    const { frontEnd, hopFrames, windowFrames, scaling } = this.manifest;
    const { mels } = frontEnd;
    const filled = Math.ceil(windowFrames / FRAMES_PER_STEP) * FRAMES_PER_STEP;
    const input = new Float32Array(group.length * steps * filled * mels);
    input.fill((scaling.floorDb - scaling.meanDb) / scaling.stdDb);
    group.forEach((stream, i) => {
      for (let step = 0; step < steps; step++) {
        const first = step * hopFrames;
        const window = stream.frames.subarray(first * mels, (first + windowFrames) * mels);
        input.set(this.scaled(window), ((i * steps + step + 1) * filled - windowFrames) * mels);
      }
      stream.frames = stream.frames.slice(steps * hopFrames * mels);
    });
    const states = Array.from({ length: group.length * steps }, (): NetState => ({}));
    const outputs = this.net.run(states, input, mels).map(windowSteps => windowSteps.at(-1)!);
    for (const state of states) this.net.forget(state);
    return group.map((_, i) => outputs.slice(i * steps, (i + 1) * steps));
  }

  private scaled(frames: Float32Array): Float32Array {
    const { floorDb, meanDb, stdDb } = this.manifest.scaling;
    return frames.map(db => (Math.max(floorDb, db) - meanDb) / stdDb);
  }

  private scoresOf(stream: ScorerStream, { logits, embedding }: Step): Scores {
    const { calibration } = this.manifest;
    const end = stream.first + this.firstStepSamples + stream.steps * this.stepSamples;
    const start = Math.max(stream.first, end - this.windowSamples);
    stream.steps++;
    const probabilities = LABELS.map((label, i) => [
      label,
      label === 'cry' ? calibrated(logits[i], calibration) : sigmoid(logits[i]),
    ]);
    return {
      scores: Object.fromEntries(probabilities) as Record<Label, number>,
      embedding,
      startSample: start,
      endSample: end,
      at: stream.clock.at + ((start - stream.clock.sample) / SAMPLE_RATE) * 1000,
      ...stream.measured.shift()!,
    };
  }
}

function levelDb(samples: Float32Array): number {
  const energy = samples.reduce((sum, x) => (Number.isFinite(x) ? sum + x * x : sum), 0);
  return Math.max(LEAST_LEVEL_DB, 10 * Math.log10(energy / samples.length + 1e-20));
}
