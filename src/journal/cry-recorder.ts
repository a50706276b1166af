import { dropOldest } from '../drop-oldest.js';
import { concat } from '../concat.js';
import { SAMPLE_RATE, type AudioChunk, type CryEvent, type CryWindow } from '../values.js';
import { SoundBuffer } from './sound-buffer.js';

/** A clip begins so long before the cry: what woke the baby is often in it. */
export const PRE_ROLL_S = 5;
/** Longer clips add nothing. */
export const LONGEST_S = 60;

/** The sound of a cry, and the windows that caused it. */
export interface RecordedCry {
  /** 16 kHz mono; not empty. */
  samples: Float32Array;
  /** Seconds from the source's start to the first sample. */
  fromS: number;
  windows: CryWindow[];
}

/** A source is forgotten when so many others sent sound since; each takes 2 MB. */
const MOST_SOURCES = 16;
/** So many cries are recorded at a time, each up to 4 MB; the one that began first is given up for another. */
const MOST_RECORDINGS = 2 * MOST_SOURCES;
/** While a cry lasts, events come every few seconds: a recording without one for so long is given up. */
const PATIENCE = 60 * SAMPLE_RATE;

interface Recording {
  source: string;
  /** How far its source was at the last event: the number of a sample. */
  at: number;
  /** Number of the first sample, and of the one before which it ends at the latest. */
  from: number;
  limit: number;
  parts: Float32Array[];
  length: number;
  windows: CryWindow[];
}

/** Cuts cries out of what sources send: from five seconds before the onset to the end, or for a minute. */
export class CryRecorder {
  private readonly sources = new Map<string, SoundBuffer>();
  /** Of the cries that are not over, by their ids. */
  private readonly recordings = new Map<string, Recording>();

  /** @param heldS seconds of each source that are held */
  constructor(private readonly heldS?: number) {}

  pushChunk(chunk: AudioChunk): void {
    const { source } = chunk;
    const buffer = this.sources.get(source) ?? new SoundBuffer(this.heldS);
    buffer.push(chunk);
    // The one that sent sound last is the last of the map.
    this.sources.delete(source);
    this.sources.set(source, buffer);
    dropOldest(this.sources, MOST_SOURCES);
    for (const [id, recording] of this.recordings) {
      const isLost = !this.sources.has(recording.source);
      const isOver = recording.source === source && Math.abs(buffer.end - recording.at) > PATIENCE;
      if (isLost || isOver) this.recordings.delete(id);
    }
  }

  /** Takes an event of a cry. @returns its sound, once it has ended; undefined where its source is not heard here */
  pushEvent(event: CryEvent): RecordedCry | undefined {
    const { id, source, state, onsetS, offsetS, windows } = event;
    const buffer = this.sources.get(source);
    if (!buffer) return undefined;
    let recording = this.recordings.get(id);
    if (!recording) {
      const from = Math.max(buffer.begin, Math.round((onsetS - PRE_ROLL_S) * SAMPLE_RATE));
      recording = {
        source,
        at: 0,
        from,
        limit: from + LONGEST_S * SAMPLE_RATE,
        parts: [],
        length: 0,
        windows: [],
      };
      this.recordings.set(id, recording);
      dropOldest(this.recordings, MOST_RECORDINGS);
    }
    recording.at = buffer.end;
    const end = Math.min(buffer.end, recording.limit);
    const part = buffer.cut(recording.from + recording.length, end);
    recording.parts.push(part);
    recording.length += part.length;
    // An event that came as JSON may have lost them.
    if (Array.isArray(windows))
      recording.windows.push(...windows.filter(({ startS }) => startS * SAMPLE_RATE < recording.limit));
    if (state !== 'ended') return undefined;
    this.recordings.delete(id);
    const length = Math.round(offsetS! * SAMPLE_RATE) - recording.from;
    const samples = concat(recording.parts).subarray(0, Math.max(0, length));
    if (samples.length === 0) return undefined;
    return { samples, fromS: recording.from / SAMPLE_RATE, windows: recording.windows };
  }

  /** Drops all sound. */
  clear(): void {
    this.sources.clear();
    this.recordings.clear();
  }
}
