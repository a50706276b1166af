import {
  SAMPLE_RATE,
  type CryEvent,
  type CryState,
  type CryWindow,
  type ReasonGuess,
  type Scores,
} from '../values.js';
import { CryVoiceMean } from './cry-voice.js';
import { intensityOf } from './intensity.js';
import type { NoiseFloor } from './noise-floor.js';

/** One step, and the first sample that no earlier step had heard: where its newest hop begins. */
export interface Step extends Scores {
  hopStart: number;
}

/** Seconds of a step that no earlier one had heard. */
export function durationS({ hopStart, endSample }: Step): number {
  return (endSample - hopStart) / SAMPLE_RATE;
}

/**
 * A cry in progress: sums over the steps in which it was heard, and the times that follow from them. Nothing in it
 * grows with the cry but the windows since the last message.
 *
 * Windows overlap: a cry shows first in the step whose newest hop it enters, and last in the step whose oldest hop it
 * leaves. So the onset is the start of the first step's newest hop, and the offset the end of the last step's oldest
 * hop: each within one hop of the sound, for a network that hears a cry as soon as it fills a hop. One that needs
 * more of it puts the onset later and the offset earlier by as much.
 */
export class Episode {
  private last: Step;
  private steps = 0;
  private scoreSum = 0;
  private peakScore = 0;
  private readonly voice = new CryVoiceMean();
  private readonly embeddingSum: Float64Array;
  private windows: CryWindow[] = [];
  private messageAt = 0;
  private guess: ReasonGuess | undefined;

  /** @param noiseFloor has taken each step before the episode gets it. */
  constructor(
    private readonly source: string,
    private readonly noiseFloor: NoiseFloor,
    private readonly first: Step,
  ) {
    this.last = first;
    this.embeddingSum = new Float64Array(first.embedding.length);
    this.push(first);
  }

  push(step: Step): void {
    const { scores, embedding, startSample } = step;
    this.last = step;
    this.steps++;
    this.scoreSum += scores.cry;
    this.peakScore = Math.max(this.peakScore, scores.cry);
    this.voice.push(step.voice, this.noiseFloor.powers, durationS(step));
    embedding.forEach((value, i) => (this.embeddingSum[i] += value));
    this.guess = step.guess ?? this.guess;
    this.windows.push({ startS: startSample / SAMPLE_RATE, score: scores.cry });
  }

  /** Seconds from the end of the last step heard to `sample`. */
  quietS(sample: number): number {
    return (sample - this.last.endSample) / SAMPLE_RATE;
  }

  /** Seconds of audio between the last message and the last step heard. */
  get unreportedS(): number {
    return (this.last.endSample - this.messageAt) / SAMPLE_RATE;
  }

  /** Seconds from the onset to the end of the last step heard: what a message that it goes on would say. */
  get durationS(): number {
    return this.durationTo(this.last.endSample);
  }

  /** The message that the cry has begun or goes on, as of the last step heard. */
  report(state: Exclude<CryState, 'ended'>): CryEvent {
    this.messageAt = this.last.endSample;
    return this.event(state, this.last.endSample);
  }

  /** The message that it is over. @param cutOff The audio ended while the cry was still heard. */
  flush(cutOff: boolean): CryEvent {
    const { startSample, endSample, hopStart } = this.last;
    const oldestHopEnd = startSample + endSample - hopStart;
    // At least the hop in which it began was a cry, whatever a short burst of steps suggests.
    const offset = cutOff ? endSample : Math.max(oldestHopEnd, this.first.endSample);
    return {
      ...this.event('ended', offset),
      offset: epochOf(offset, this.last),
      offsetS: offset / SAMPLE_RATE,
    };
  }

  private durationTo(endSample: number): number {
    return (endSample - this.first.hopStart) / SAMPLE_RATE;
  }

  private event(state: CryState, endSample: number): CryEvent {
    const onset = epochOf(this.first.hopStart, this.first);
    const voice = this.voice.voice;
    const windows = this.windows;
    this.windows = [];
    return {
      id: `${this.source}@${onset}`,
      source: this.source,
      state,
      onset,
      onsetS: this.first.hopStart / SAMPLE_RATE,
      durationS: this.durationTo(endSample),
      peakScore: this.peakScore,
      meanScore: this.scoreSum / this.steps,
      intensity: intensityOf(voice),
      voice,
      ...(this.guess && { guess: this.guess }),
      windows,
      embedding: Float32Array.from(this.embeddingSum, sum => sum / this.steps),
    };
  }
}

/** Epoch time of a sample in whole ms, by the clock of a step near it. */
function epochOf(sample: number, { at, startSample }: Scores): number {
  return Math.round(at + ((sample - startSample) / SAMPLE_RATE) * 1000);
}
