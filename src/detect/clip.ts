import type { Classifier } from '../model/classifier.js';
import type { Preset } from '../model/manifest.js';
import { SAMPLE_RATE, type AudioChunk, type CryEvent, type Scores } from '../values.js';
import { concat } from '../concat.js';
import { clipScore, scoreSteps, SHORT_S } from './clip-score.js';
import { durationS, Episode } from './episode.js';
import { NoiseFloor } from './noise-floor.js';

/** Recordings up to this long are judged as a whole, too: thresholds of clips were chosen on such ones. */
const CLIP_S = 30;
/** From here on a step is likelier a cry than not. */
const EVEN = 0.5;

/**
 * A recording that may be too short for the tracker, which wants a cry to go on: it holds a cry all the same if its clip
 * score reaches the preset's threshold.
 */
export class Clip {
  /** All samples, as long as they are less than SHORT_S. */
  private readonly first: Float32Array[] = [];
  private readonly steps: Scores[] = [];
  private samples = 0;
  /** Epoch ms, as in AudioChunk. */
  private startsAt = 0;

  constructor(
    private readonly source: string,
    private readonly classifier: Classifier,
    private readonly preset: Preset,
  ) {}

  /** Whether it is short enough to be judged as a whole. */
  get isShort(): boolean {
    return this.samples > 0 && this.samples <= CLIP_S * SAMPLE_RATE;
  }

  private get isVeryShort(): boolean {
    return this.samples < SHORT_S * SAMPLE_RATE;
  }

  push({ samples, at }: AudioChunk): void {
    if (this.samples === 0) this.startsAt = at;
    this.samples += samples.length;
    if (this.isVeryShort) this.first.push(samples);
    else this.first.length = 0;
    if (!this.isShort) this.steps.length = 0;
  }

  take(steps: readonly Scores[]): void {
    if (this.isShort) this.steps.push(...steps);
  }

  /** Its clip score, and the events of the cry that it holds: from the first step to the last that is likelier a cry than not. */
  async judge(): Promise<{ score: number; events: CryEvent[] }> {
    const { isVeryShort } = this;
    const scored = isVeryShort ? await scoreSteps(this.classifier, concat(this.first)) : this.steps;
    const score = clipScore(scored);
    if (score < this.classifier.manifest.presets[this.preset].clip) return { score, events: [] };
    const steps = isVeryShort ? this.withoutQuiet(scored) : scored;
    const least = Math.min(EVEN, Math.max(...steps.map(({ scores }) => scores.cry)));
    const noiseFloor = new NoiseFloor();
    let episode: Episode | undefined;
    let lastEnd = 0;
    for (const scores of steps) {
      const step = { ...scores, hopStart: Math.max(lastEnd, scores.startSample) };
      lastEnd = scores.endSample;
      noiseFloor.push(step.voice, durationS(step));
      if (step.scores.cry < least) continue;
      if (episode) episode.push(step);
      else episode = new Episode(this.source, noiseFloor, step);
    }
    if (!episode) return { score, events: [] };
    const wasHeardLast = episode.quietS(lastEnd) === 0;
    return { score, events: [episode.report('started'), episode.flush(wasHeardLast)] };
  }

  /** The parts of steps that lie in the recording. */
  private withoutQuiet(steps: readonly Scores[]): Scores[] {
    return steps
      .map(step => ({
        ...step,
        at: this.startsAt + (1000 * Math.max(0, step.startSample)) / SAMPLE_RATE,
        startSample: Math.max(0, step.startSample),
        endSample: Math.min(this.samples, step.endSample),
      }))
      .filter(({ startSample, endSample }) => endSample > startSample);
  }
}
