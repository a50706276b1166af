import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { PIECE_SAMPLES } from '../../src/audio/live/chunk-length.js';
import { BabiesOfRoom } from '../../src/baby/babies-of-room.js';
import { Baby } from '../../src/baby/baby.js';
import type { Detection } from '../../src/detect/detector.js';
import { SourceDetectors } from '../../src/detect/source-detectors.js';
import { messageOf } from '../../src/errors.js';
import { readEntries } from '../../src/journal/entry-file.js';
import { entriesFile, Journal, soundsFolder } from '../../src/journal/journal.js';
import { DEFAULT_MODEL, loadClassifier } from '../../src/model/load.js';
import { nurseryScene, type Span } from '../../src/synth/scene.js';
import { SAMPLE_RATE, type AudioChunk, type CryEvent } from '../../src/values.js';
import { HEALTH } from '../source-health.js';
import { MemoryTrend } from './memory-trend.js';

const HOUR_MS = 3_600_000;
const SOURCE = 'nursery';
/** A feed is noted so often, and one of so many cries is answered. */
const FEED_EVERY_MS = 3 * HOUR_MS;
const ANSWER_EVERY = 10;

export interface NurseryOptions {
  /** Hours of audio. */
  hours: number;
  /** Of the first scene; the next ones follow. */
  seed: number;
  signal: AbortSignal;
  /** Is called after each scene with the hours that were heard. */
  progress?: (hours: number) => void;
}

/** What was heard, and what was counted on the way. */
export interface NurseryReport {
  hours: number;
  /** Cries in the sound, of those the ones that were reported, and reported cries where there was none. */
  cries: number;
  found: number;
  falseAlarms: number;
  /** Cries whose start was reported, whose end was, and which the journal's file holds with their end. */
  started: number;
  ended: number;
  entries: number;
  /** Clips that the entries name, and MP3 files in the folder. */
  clips: number;
  clipFiles: number;
  samplesIn: number;
  samplesHeard: number;
  /** Samples that no step of the network covers. */
  samplesLost: number;
  memory: MemoryTrend;
  /** What is not as it has to be. */
  wrong: string[];
}

/** Hears hours of synthetic nursery through detector, reason and journal in this process, as fast as it can. */
export async function hearNursery({ hours, seed, signal, progress }: NurseryOptions): Promise<NurseryReport> {
  const folder = mkdtempSync(path.join(tmpdir(), 'soak-'));
  try {
    const run = new NurseryRun(folder, Date.now() - hours * HOUR_MS);
    await run.open();
    for (let scene = 0; run.heardH < hours && !signal.aborted; scene++) {
      await run.hearScene(seed + scene);
      progress?.(run.heardH);
    }
    return await run.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

class NurseryRun {
  private readonly baby: Baby;
  private readonly room: BabiesOfRoom;
  private readonly journal: Journal;
  private readonly detectors: SourceDetectors;
  private readonly memory = new MemoryTrend();
  private readonly wrong: string[] = [];
  private readonly truth: Span[] = [];
  private readonly started = new Set<string>();
  private readonly ended = new Map<string, Span>();
  private samplesIn = 0;
  /** Number of the sample after the last that a step covers. */
  private heardUpTo = 0;
  private samplesLost = 0;
  private fedAt = 0;

  /** @param startAt epoch time of the first sample, ms */
  constructor(
    folder: string,
    private readonly startAt: number,
  ) {
    this.baby = new Baby(path.join(folder, 'baby'), { name: 'Mia' });
    this.room = new BabiesOfRoom([this.baby]);
    this.journal = new Journal(path.join(folder, 'journal'), { hasSound: true, days: 36_500, soundMb: 1e6 });
    this.detectors = new SourceDetectors(
      () => loadClassifier(DEFAULT_MODEL),
      'balanced',
      () => undefined,
    );
  }

  get heardH(): number {
    return this.samplesIn / SAMPLE_RATE / 3600;
  }

  async open(): Promise<void> {
    this.baby.open();
    await this.journal.open();
    this.baby.follow(this.journal);
    await this.detectors.open();
    await this.memory.note(0);
  }

  async hearScene(seed: number): Promise<void> {
    const { samples, cries } = nurseryScene(seed);
    const startS = this.samplesIn / SAMPLE_RATE;
    for (const cry of cries) this.truth.push({ startS: startS + cry.startS, endS: startS + cry.endS });
    for (let i = 0; i < samples.length; i += PIECE_SAMPLES)
      await this.hear(samples.subarray(i, i + PIECE_SAMPLES));
    await this.noteHealth();
    // Timers and processes get their turn.
    await nextTurn();
    if (Math.floor(this.heardH) > Math.floor(startS / 3600)) await this.memory.note(this.heardH);
  }

  async close(): Promise<NurseryReport> {
    const flushed: Detection[] = [];
    await this.detectors.complete(SOURCE, '', detection => flushed.push(detection));
    for (const detection of flushed) await this.take(detection);
    await this.detectors.close();
    // The last step is filled up with silence.
    this.samplesLost += Math.max(0, this.samplesIn - this.heardUpTo);
    await this.memory.note(this.heardH);
    await this.room.whenSaved();
    await this.journal.close();
    return this.report();
  }

  private report(): NurseryReport {
    const { trouble, unknownFiles, folder } = this.journal;
    const { storage, sound, damage, replaced, retention } = trouble;
    const troubles = [
      storage,
      sound,
      damage,
      replaced,
      retention,
      this.baby.trouble.storage,
      this.baby.trouble.damage,
    ];
    this.wrong.push(...troubles.filter(text => text !== undefined));
    if (unknownFiles > 0) this.wrong.push(`${unknownFiles} sound files are unknown`);
    const { entries: all, damaged } = readEntries(entriesFile(folder));
    if (damaged.length > 0) this.wrong.push(`${damaged.length} lines of the journal are damaged`);
    const entries = [...all.values()].filter(
      entry => entry.kind === 'cry' && entry.offset !== undefined && !entry.isCutOff,
    );
    const clips = [...all.values()].filter(entry => entry.kind === 'cry' && entry.sound !== undefined).length;
    const clipFiles = readdirSync(soundsFolder(folder)).filter(name => name.endsWith('.mp3')).length;
    const isFound = (cry: Span): boolean => [...this.ended.values()].some(span => overlaps(span, cry));
    const report = {
      hours: this.heardH,
      cries: this.truth.length,
      found: this.truth.filter(isFound).length,
      falseAlarms: [...this.ended.values()].filter(span => !this.truth.some(cry => overlaps(cry, span)))
        .length,
      started: this.started.size,
      ended: this.ended.size,
      entries: entries.length,
      clips,
      clipFiles,
      samplesIn: this.samplesIn,
      samplesHeard: Math.min(this.samplesIn, this.heardUpTo) - this.samplesLost,
      samplesLost: this.samplesLost,
      memory: this.memory,
      wrong: this.wrong,
    };
    const { started, ended, samplesLost } = report;
    if (new Set([started, ended, entries.length, clips, clipFiles]).size > 1)
      this.wrong.push(
        `${started} cries started, ${ended} ended, ${entries.length} are in the journal, ${clips} with a clip, ${clipFiles} clips are there`,
      );
    if (samplesLost > 0) this.wrong.push(`${samplesLost} samples are lost`);
    return report;
  }

  private async hear(samples: Float32Array): Promise<void> {
    const firstSample = this.samplesIn;
    this.samplesIn += samples.length;
    const at = this.startAt + (1000 * firstSample) / SAMPLE_RATE;
    const chunk: AudioChunk = { samples, firstSample, at, source: SOURCE, lost: 0 };
    this.journal.push(chunk);
    await this.take(await this.detectors.push(chunk, ''));
    if (at >= this.fedAt + FEED_EVERY_MS) {
      this.fedAt = at;
      await this.baby.tell({ kind: 'feed', at });
    }
  }

  private async take({ scores, events }: Detection): Promise<void> {
    const { hopFrames, frontEnd } = this.detectors.manifest!;
    for (const { endSample } of scores) {
      // The first step is longer than the others.
      const skipped = this.heardUpTo === 0 ? 0 : endSample - this.heardUpTo - hopFrames * frontEnd.hop;
      this.samplesLost += Math.abs(skipped);
      this.heardUpTo = endSample;
    }
    for (const event of events) await this.note(event);
  }

  private async note(cry: CryEvent): Promise<void> {
    const { id, state, onsetS, offsetS } = cry;
    if (state === 'started') {
      if (this.started.has(id)) this.wrong.push(`${id} started twice`);
      this.started.add(id);
    } else if (!this.started.has(id)) this.wrong.push(`${id} is ${state}, and did not start`);
    if (state === 'ended') {
      if (this.ended.has(id)) this.wrong.push(`${id} ended twice`);
      this.ended.set(id, { startS: onsetS, endS: offsetS! });
    }
    try {
      const { event } = this.room.explain(cry);
      await this.journal.noteCry(event);
      if (state === 'ended' && this.ended.size % ANSWER_EVERY === 0)
        await this.room.execute({ do: 'answer', cry: id, reason: 'hungry', at: cry.offset!, by: 'Anna' });
    } catch (error) {
      this.wrong.push(messageOf(error));
    }
  }

  private async noteHealth(): Promise<void> {
    const positionS = this.samplesIn / SAMPLE_RATE;
    await this.journal.noteHealth({ ...HEALTH, source: SOURCE, since: this.startAt, positionS });
  }
}

function overlaps(a: Span, b: Span): boolean {
  return a.startS < b.endS && b.startS < a.endS;
}
