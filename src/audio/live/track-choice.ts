import { HighPass } from '../../features/high-pass.js';
import { SAMPLE_RATE } from '../../values.js';
import { LevelMeter } from './level-meter.js';

/** Another track is heard once it is louder by so much: one that is silent or never sends is, by far. */
const LOUDER_DB = 20;
/** Below this, a second is silent: see LevelMeter. */
const SILENCE_DB = -85;
/** Levels are compared over so many samples. */
const STEP = SAMPLE_RATE / 4;
/** A track that sends nothing for so long is not there. */
const GONE_MS = 1000;
/** The first tracks that send are waited for: their order decides where they are equally loud. */
const BEGINNING_MS = 1000;
/** What is shorter is how sound comes, in pieces. */
const LEAST_GAP_MS = 100;

/** What is far below this is no voice, however loud it is: hum and wind. */
const VOICE_HZ = 100;

interface Track {
  /** One after another, they let nothing pass that is far below a voice. */
  highPasses: readonly HighPass[];
  meter: LevelMeter;
  levelDb: number;
  lastMs: number;
}

/** Chooses the track that is heard, among several: the first one that sounds, and later the one that is much louder. */
export class TrackChoice {
  /** The track that is heard, from 0; -1 before any came. */
  current = -1;
  private readonly tracks: Track[];
  private beganMs = NaN;
  private emittedMs = NaN;

  constructor(count: number) {
    this.tracks = Array.from({ length: count }, () => ({
      highPasses: [new HighPass(VOICE_HZ), new HighPass(VOICE_HZ)],
      meter: new LevelMeter(STEP),
      levelDb: -Infinity,
      lastMs: -Infinity,
    }));
  }

  /**
   * Takes a track's sound as it arrives.
   * @returns what is heard: these samples, after silence for a time in which nothing was; or nothing
   */
  push(index: number, samples: Float32Array, nowMs: number): Float32Array[] {
    // One that is alone is heard.
    if (this.tracks.length === 1) {
      this.current = 0;
      return [samples];
    }
    const track = this.tracks[index];
    track.lastMs = nowMs;
    const voice = samples.slice();
    for (const highPass of track.highPasses) highPass.filter(voice);
    track.meter.push(voice);
    track.levelDb = track.meter.level?.levelDb ?? track.levelDb;
    if (Number.isNaN(this.beganMs)) this.beganMs = nowMs;
    if (index !== this.current && !this.isBetter(index, nowMs)) return [];
    const silenceMs = nowMs - this.emittedMs - (1000 * samples.length) / SAMPLE_RATE;
    const isSwitch = this.current !== index && this.current >= 0;
    this.current = index;
    this.emittedMs = nowMs;
    if (!isSwitch || silenceMs < LEAST_GAP_MS) return [samples];
    return [new Float32Array(Math.round((silenceMs * SAMPLE_RATE) / 1000)), samples];
  }

  /** Silence was put in until now. */
  skip(nowMs: number): void {
    this.emittedMs = nowMs;
  }

  private isBetter(index: number, nowMs: number): boolean {
    if (this.current < 0) return true;
    const heard = this.tracks[this.current];
    const { levelDb } = this.tracks[index];
    if (nowMs < this.beganMs + BEGINNING_MS && index < this.current && levelDb >= SILENCE_DB) return true;
    const heardDb = heard.lastMs < nowMs - GONE_MS ? -Infinity : heard.levelDb;
    return levelDb >= SILENCE_DB && levelDb > heardDb + LOUDER_DB;
  }
}
