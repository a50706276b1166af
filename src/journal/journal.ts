import { dropOldest } from '../drop-oldest.js';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { guard } from '../guard.js';
import { DeepInfantError, messageOf } from '../errors.js';
import { factIdOf, hasEpoch, type ContextFact } from '../reason/facts.js';
import { Turns } from '../turns.js';
import type { AudioChunk, CryEvent, SourceHealth } from '../values.js';
import { CryRecorder, type RecordedCry } from './cry-recorder.js';
import {
  checkEntry,
  endOf,
  entryTime,
  factEntryId,
  type CryEntry,
  type CrySound,
  type Entry,
  type HeardEntry,
} from './entries.js';
import { EntryFile, type EntryFileListener, type JournalLock } from './entry-file.js';
import { RetentionClock } from './retention-clock.js';
import { SoundFolder, soundPaths } from './sound-folder.js';

/** What is kept, and for how long. */
export interface Keeping {
  /** Whether clips and pictures of cries are kept at all. */
  hasSound: boolean;
  /** Older entries are deleted; 0 or less deletes none. */
  days: number;
  /** The oldest clips and pictures are deleted when all of them take more, in MB; 0 or less deletes none. */
  soundMb: number;
  /** Where clips and pictures are, if not in the journal's folder. */
  soundFolder?: string;
  /** Seconds of each source that are held in memory to cut clips of; else a minute, for a detector that is behind. */
  heldS?: number;
}

/** What is wrong: in words, with what to do. */
export interface JournalTrouble {
  /** Entries are not on disk. */
  storage?: string;
  /** The sound of cries is not kept. */
  sound?: string;
  /** Lines were damaged. */
  damage?: string;
  /** Another program deleted or changed the file. */
  replaced?: string;
  /** Nothing is deleted, since the clock or a setting may be wrong. */
  retention?: string;
}

const DAY_MS = 86_400_000;
const WRITE_AGAIN_MS = 10_000;
/** That a source is heard is written once a minute; spans less than this apart are one. */
const MINUTE_MS = 60_000;
const TIDY_EVERY_MS = 60 * MINUTE_MS;
/** Ten years of twenty cries a day, and some more; each takes some 3 kB of memory. */
const MOST_ENTRIES = 100_000;
/** So many sources are heard at a time. */
const MOST_HEARD = 100;

/** The file of a journal in a folder. */
export function entriesFile(folder: string): string {
  return path.join(folder, 'journal.jsonl');
}

/** Where the sound of cries is, unless the journal keeps it elsewhere. */
export function soundsFolder(folder: string): string {
  return path.join(folder, 'sounds');
}

/**
 * What happened to a baby: cries with their sound, what was told, answers, and when sources were heard. Whatever is noted
 * is on disk when its promise resolves; when it cannot be written, it is kept in memory, `trouble` says so, and it is
 * written as soon as it can be. No promise is rejected for that.
 */
export class Journal {
  trouble: JournalTrouble = {};
  /** Clips and pictures that no entry names. They are kept: they may belong to a journal that was lost. */
  unknownFiles = 0;
  /** Where clips and pictures are. */
  readonly soundFolder: string;
  private readonly file: EntryFile;
  private readonly sounds: SoundFolder;
  private readonly recorder: CryRecorder;
  private readonly retentionClock = new RetentionClock();
  private readonly soundTurns = new Turns();
  /** The running span of each source that is heard now, and when it was written last, epoch ms. */
  private readonly heard = new Map<string, { entry: HeardEntry; writtenAt: number }>();
  private readonly onChange: () => void;
  private writingAgain: NodeJS.Timeout | undefined;
  private tidying: NodeJS.Timeout | undefined;

  /**
   * @param folder its own
   * @param onChange is called whenever `trouble` or `unknownFiles` changes
   * @param lock of its folder, where it is held for longer than the journal is open
   */
  constructor(
    readonly folder: string,
    private readonly keeping: Keeping,
    onChange: () => void = () => undefined,
    lock?: JournalLock,
  ) {
    this.recorder = new CryRecorder(keeping.heldS);
    this.onChange = guard(onChange);
    this.soundFolder = keeping.soundFolder ?? soundsFolder(folder);
    this.sounds = new SoundFolder(folder, this.soundFolder);
    const listener: EntryFileListener = {
      damaged: (lines, asideFile) => {
        const what = lines === 1 ? 'A line of the journal was' : `${lines} lines of the journal were`;
        this.change({
          damage: `${what} damaged and left out. ${asideFile} has ${lines === 1 ? 'it' : 'them'}.`,
        });
      },
      replaced: how => {
        this.change({
          replaced: `Another program ${how} ${entriesFile(folder)} while it was in use. Nothing is lost: what was there and what was noted since are written together. To start over, use 'forget' instead; before you restore a backup, stop the program that keeps the journal.`,
        });
      },
    };
    this.file = new EntryFile(entriesFile(folder), listener, lock);
  }

  /**
   * Reads it, ends the cries that were running when the program was killed, and deletes what is too old.
   * @throws DeepInfantError `version` when a newer program wrote it, `storage` when it cannot be read, `locked` while
   *   another process keeps it
   */
  async open(): Promise<void> {
    // At once, so that of two journals the one that was opened first keeps the folder.
    this.file.open();
    await this.sounds.open();
    for (const cry of this.cries)
      if (cry.offset === undefined) void this.put({ ...cry, offset: endOf(cry), isCutOff: true });
    await this.adoptSounds();
    await this.tidy();
    await this.write();
    this.tidying = setInterval(
      guard(() => this.tidy()),
      TIDY_EVERY_MS,
    ).unref();
  }

  get entries(): Iterable<Entry> {
    return this.file.entries.values();
  }

  /** Takes the sound of a source, of which the clips are cut. */
  push(chunk: AudioChunk): void {
    if (this.keeping.hasSound) this.recorder.pushChunk(chunk);
  }

  /**
   * Notes an event of a cry. A recording whose time is unknown is not noted.
   * @returns the event, once the cry has ended with the paths of its clip and picture, if they are kept
   * @throws DeepInfantError `invalid`
   */
  async noteCry(event: CryEvent): Promise<CryEvent> {
    if (!hasEpoch(event.onset)) return event;
    const known = this.cry(event.id);
    // A late event adds nothing.
    const isOver = known?.offset !== undefined && !known.isCutOff && event.state !== 'ended';
    const entry = isOver ? known : cryEntry(event, known);
    checkEntry(entry);
    this.checkRoomFor(entry);
    const recorded = this.recorder.pushEvent(event);
    if (!isOver) await this.put(entry);
    if (recorded) await this.soundTurns.take(() => this.keepSound(entry, recorded));
    const sound = this.cry(event.id)?.sound;
    return { ...event, ...(sound && soundPaths(sound, this.folder, this.soundFolder)) };
  }

  /** Where the clip of a cry is, and when it begins (epoch ms); undefined where none is kept. */
  clipOf(cryId: string): { file: string; from: number } | undefined {
    const sound = this.cry(cryId)?.sound;
    return sound && { file: soundPaths(sound, this.folder, this.soundFolder).clip, from: sound.from };
  }

  /**
   * Keeps the sound of a cry that another program heard, unless it has some.
   * @param samples 16 kHz mono
   * @param from epoch ms of the first sample
   */
  async keepClip(cryId: string, samples: Float32Array, from: number): Promise<void> {
    const cry = this.cry(cryId);
    if (!this.keeping.hasSound || cry === undefined || cry.sound || samples.length === 0) return;
    const fromS = cry.onsetS + (from - cry.onset) / 1000;
    await this.soundTurns.take(() => this.keepSound(cry, { samples, fromS, windows: [] }));
  }

  /** Notes the health of a source, which arrives at least every ten seconds while it is heard. */
  async noteHealth({ source, state, since }: SourceHealth): Promise<void> {
    const now = Date.now();
    const running = this.heard.get(source);
    if (state !== 'running') {
      this.heard.delete(source);
      if (running)
        await this.put({ ...running.entry, to: Math.min(now, Math.max(running.entry.from, since)) });
    } else if (running && now >= running.entry.to && now - running.entry.to < MINUTE_MS) {
      running.entry.to = now;
      if (now - running.writtenAt < MINUTE_MS) return;
      running.writtenAt = now;
      await this.put({ ...running.entry });
    } else {
      // A clock that was set back does not shorten what was heard before.
      if (running && running.writtenAt < running.entry.to) void this.put({ ...running.entry });
      const entry: HeardEntry = { kind: 'heard', id: `heard ${source}@${now}`, source, from: now, to: now };
      this.checkRoomFor(entry);
      this.heard.set(source, { entry, writtenAt: now });
      dropOldest(this.heard, MOST_HEARD);
      await this.put({ ...entry });
    }
  }

  /** Takes what happened to the baby; again with the same id, it is an edit. */
  async noteFact(fact: ContextFact): Promise<void> {
    const id = factEntryId(factIdOf(fact));
    const known = this.file.entries.get(id);
    if (
      this.isExpired(fact.at) ||
      (known?.kind === 'fact' && JSON.stringify(known.fact) === JSON.stringify(fact))
    )
      return;
    await this.put({ kind: 'fact', id, fact });
  }

  /** Takes back the fact of an id. */
  async removeFact(factId: string): Promise<void> {
    await this.remove([factEntryId(factId)]);
  }

  /** Takes what a cry was, unless a later answer is there; or that there is no answer any more. Drops it for an unknown cry. */
  async noteAnswer(cryId: string, answer?: CryEntry['answer']): Promise<void> {
    const cry = this.cry(cryId);
    if (!cry || JSON.stringify(cry.answer) === JSON.stringify(answer)) return;
    if (answer && cry.answer && cry.answer.at > answer.at) return;
    await this.put({ ...cry, answer });
  }

  /**
   * Deletes what is older than it is to be kept, and the oldest sound where it takes too much room. Nothing is too old
   * while the clock or the setting may be wrong.
   */
  async tidy(): Promise<void> {
    await this.soundTurns.take(async () => {
      this.change({ retention: this.doubt() });
      const expired = [...this.entries].filter(entry => this.isExpired(entryTime(entry)));
      for (const entry of expired)
        if (entry.kind === 'cry' && entry.sound) await this.sounds.remove(entry.sound);
      await this.remove(expired.map(({ id }) => id));
      await this.tidySound();
      await this.countUnknown();
    });
  }

  /** Forgets all, here and on disk. */
  async forget(): Promise<void> {
    this.recorder.clear();
    this.heard.clear();
    clearTimeout(this.writingAgain);
    await this.soundTurns.take(async () => {
      await this.file.clear();
      await this.sounds.clear();
      await rm(this.folder, { recursive: true, force: true });
      await this.countUnknown();
    });
    this.change({ storage: undefined, sound: undefined, damage: undefined, replaced: undefined });
  }

  /** Resolves when all that can be on disk is there; then another process may open it. */
  async close(): Promise<void> {
    clearInterval(this.tidying);
    for (const { entry } of this.heard.values()) void this.put({ ...entry });
    this.heard.clear();
    this.recorder.clear();
    await this.soundTurns.take(() => this.whenWritten(this.file.close()));
    clearTimeout(this.writingAgain);
  }

  /** @throws DeepInfantError `full` for a new entry where no more are kept */
  private checkRoomFor({ id }: Entry): void {
    const { entries } = this.file;
    if (entries.size < MOST_ENTRIES || entries.has(id)) return;
    throw new DeepInfantError(
      'full',
      `The journal has ${MOST_ENTRIES} entries, and no more are kept. Keep them for fewer days. If something sends cries that are none, stop it.`,
    );
  }

  private get cries(): CryEntry[] {
    return [...this.entries].filter(entry => entry.kind === 'cry');
  }

  private get keptSounds(): CrySound[] {
    return this.cries.flatMap(({ sound }) => sound ?? []);
  }

  private cry(id: string): CryEntry | undefined {
    const entry = this.file.entries.get(id);
    return entry?.kind === 'cry' ? entry : undefined;
  }

  /** Why nothing can be too old, in words; undefined where something can. */
  private doubt(): string | undefined {
    const { days, soundMb } = this.keeping;
    if (!(days > 0))
      return `The journal is set to be kept for ${days} days. Enter 1 or more; until then nothing is deleted.`;
    if (!(soundMb > 0))
      return `The sound of cries may take ${soundMb} MB. Enter 1 or more; until then none is deleted for want of room.`;
    // Facts may come from elsewhere, with any time.
    const noted = [...this.entries].filter(({ kind }) => kind !== 'fact');
    return this.retentionClock.doubt(noted.map(entryTime));
  }

  private isExpired(at: number): boolean {
    const { days } = this.keeping;
    return this.trouble.retention === undefined && at < Date.now() - days * DAY_MS;
  }

  private async tidySound(): Promise<void> {
    const { hasSound, soundMb } = this.keeping;
    if (hasSound && !(soundMb > 0)) return;
    const room = hasSound ? 1e6 * soundMb : 0;
    let bytes = this.keptSounds.reduce((sum, sound) => sum + sound.bytes, 0);
    for (const { sound, ...cry } of this.cries.sort((a, b) => a.onset - b.onset)) {
      if (hasSound && bytes <= room) return;
      if (!sound) continue;
      await this.sounds.remove(sound);
      await this.put(cry);
      bytes -= sound.bytes;
    }
  }

  /** Gives cries the clips that were kept for them when the program was killed, before that was noted. */
  private async adoptSounds(): Promise<void> {
    if (!this.keeping.hasSound) return;
    const files = await this.sounds.unknownFiles(this.keptSounds);
    if (files.length === 0) return;
    for (const cry of this.cries) {
      const sound = cry.sound ? undefined : await this.sounds.find(cry, files);
      if (sound) void this.put({ ...cry, sound });
    }
  }

  private async countUnknown(): Promise<void> {
    const { length: count } = await this.sounds.unknownFiles(this.keptSounds);
    if (count === this.unknownFiles) return;
    this.unknownFiles = count;
    this.onChange();
  }

  private async keepSound(cry: CryEntry, recorded: RecordedCry): Promise<void> {
    try {
      const sound = await this.sounds.keep(cry, recorded);
      // An answer may have come meanwhile, or all may have been forgotten.
      const known = this.cry(cry.id);
      if (known) await this.put({ ...known, sound });
      else await this.sounds.remove(sound);
      this.change({ sound: undefined });
    } catch (error) {
      this.change({ sound: messageOf(error) });
    }
  }

  private async put(entry: Entry): Promise<void> {
    await this.whenWritten(this.file.put(entry));
  }

  private async remove(ids: readonly string[]): Promise<void> {
    await this.whenWritten(this.file.remove(ids));
  }

  private async write(): Promise<void> {
    await this.whenWritten(this.file.write());
  }

  private async whenWritten(writing: Promise<void>): Promise<void> {
    try {
      await writing;
      this.change({ storage: undefined });
    } catch (error) {
      this.change({ storage: messageOf(error) });
      clearTimeout(this.writingAgain);
      this.writingAgain = setTimeout(
        guard(() => this.write()),
        WRITE_AGAIN_MS,
      ).unref();
    }
  }

  private change(part: JournalTrouble): void {
    const before = JSON.stringify(this.trouble);
    this.trouble = { ...this.trouble, ...part };
    if (JSON.stringify(this.trouble) !== before) this.onChange();
  }
}

/** The entry of a cry after an event. */
function cryEntry(event: CryEvent, known: CryEntry | undefined): CryEntry {
  const { id, source, onset, offset, onsetS, durationS, peakScore, meanScore, intensity, voice, guess, who } =
    event;
  // What is estimated after an answer knows it, and would make the track record too good.
  const reason = known?.answer ? known.reason : event.reason;
  const course = known?.course ?? [];
  const isNew = course.at(-1)?.intensity !== intensity;
  return {
    kind: 'cry',
    id,
    source,
    onset,
    ...(offset !== undefined && { offset }),
    onsetS,
    durationS,
    peakScore,
    meanScore,
    intensity,
    voice,
    ...(guess && { guess }),
    ...(reason && { reason }),
    ...(who && { who }),
    course: isNew ? [...course, { atS: known ? durationS : 0, intensity }] : course,
    ...(known?.answer && { answer: known.answer }),
    ...(known?.sound && { sound: known.sound }),
  };
}
