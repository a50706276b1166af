import { rm } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../errors.js';
import { hasEpoch, type ContextFact } from '../reason/facts.js';
import { Turns } from '../turns.js';
import type { AudioChunk, CryEvent, SourceHealth } from '../values.js';
import { CryRecorder, type RecordedCry } from './cry-recorder.js';
import {
  endOf,
  factId,
  timeOf,
  type CryEntry,
  type CrySound,
  type Entry,
  type HeardEntry,
} from './entries.js';
import { EntryFile } from './entry-file.js';
import { SoundFolder } from './sound-folder.js';

/** What is kept, and for how long. */
export interface Keeping {
  /** Whether clips and pictures of cries are kept at all. */
  hasSound: boolean;
  /** Older entries are deleted. */
  days: number;
  /** The oldest clips and pictures are deleted when all of them take more, in MB. */
  soundMb: number;
  /** Where clips and pictures lie, if not in the journal's folder; nothing else is to be there. */
  soundFolder?: string;
}

/** What stands in the way: in words, with what to do. */
export interface JournalTrouble {
  /** Entries are not on disk. */
  storage?: string;
  /** The sound of cries is not kept. */
  sound?: string;
  /** Lines were damaged when it was opened. */
  damage?: string;
}

const DAY_MS = 86_400_000;
const WRITE_AGAIN_MS = 10_000;
/** That a source is heard is written once a minute; what lies less than this apart is one time. */
const MINUTE_MS = 60_000;

/** The file of a journal in a folder. */
export function entriesFile(folder: string): string {
  return path.join(folder, 'journal.jsonl');
}

/** Absolute paths of what a journal in a folder kept of a cry; none where it kept nothing. */
export function soundPaths(folder: string, sound: CrySound | undefined): Pick<CryEvent, 'clip' | 'picture'> {
  if (!sound) return {};
  const { clip, picture } = sound;
  return { clip: path.resolve(folder, clip), picture: path.resolve(folder, picture) };
}

/**
 * What happened to a baby: cries with their sound, what was told, answers, and when sources were heard. Whatever is noted is
 * on disk when its promise resolves; when it cannot be written it is known all the same, `trouble` says so, and it is
 * written as soon as it can be. No promise is rejected for that.
 */
export class Journal {
  trouble: JournalTrouble = {};
  private readonly file: EntryFile;
  private readonly sounds: SoundFolder;
  private readonly recorder = new CryRecorder();
  private readonly soundTurns = new Turns();
  /** The running time of each source that is heard now, and when it was written last, epoch ms. */
  private readonly heard = new Map<string, { entry: HeardEntry; writtenAt: number }>();
  private writingAgain: NodeJS.Timeout | undefined;

  /**
   * @param folder its own; nobody else writes there
   * @param changed is called whenever `trouble` changes
   * @throws DeepInfantError `version` when a newer program wrote it, `storage` when it cannot be read
   */
  constructor(
    readonly folder: string,
    private readonly keeping: Keeping,
    private readonly changed: () => void = () => undefined,
  ) {
    this.file = new EntryFile(entriesFile(folder));
    this.sounds = new SoundFolder(folder, keeping.soundFolder ?? path.join(folder, 'sounds'));
    const { damaged, file } = this.file;
    if (damaged > 0)
      this.trouble.damage = `${damaged} lines of ${file} were damaged and are not used. The file is kept as ${file}.damaged.`;
  }

  /** Ends the cries that went on when the program was killed, and deletes what is not to be kept. */
  async open(): Promise<void> {
    for (const cry of this.cries)
      if (cry.offset === undefined) void this.put({ ...cry, offset: endOf(cry), isCutOff: true });
    await this.soundTurns.take(() => this.sounds.keepOnly(this.keptSounds));
    await this.tidy();
    await this.write();
  }

  get entries(): Iterable<Entry> {
    return this.file.entries.values();
  }

  /** Takes the sound of a source, of which the clips are cut. */
  hear(chunk: AudioChunk): void {
    if (this.keeping.hasSound) this.recorder.hear(chunk);
  }

  /**
   * Notes what is told of a cry. A recording whose time is unknown is not noted.
   * @returns the event, once the cry has ended with the paths of its clip and picture, if they are kept
   */
  async note(event: CryEvent): Promise<CryEvent> {
    if (!hasEpoch(event.onset)) return event;
    const recorded = this.recorder.push(event);
    const known = this.cry(event.id);
    // What comes late tells nothing new.
    const isOver = known?.offset !== undefined && !known.isCutOff && event.state !== 'ended';
    const entry = isOver ? known : cryEntry(event, known);
    if (!isOver) await this.put(entry);
    if (recorded) await this.soundTurns.take(() => this.keepSound(entry, recorded));
    return { ...event, ...soundPaths(this.folder, this.cry(event.id)?.sound) };
  }

  /** Takes how a source is; told at least every ten seconds while it is heard. */
  async health({ source, state, since }: SourceHealth): Promise<void> {
    const now = Date.now();
    const running = this.heard.get(source);
    if (state !== 'running') {
      this.heard.delete(source);
      if (running)
        await this.put({ ...running.entry, to: Math.min(now, Math.max(running.entry.from, since)) });
    } else if (running && now - running.entry.to < MINUTE_MS) {
      running.entry.to = now;
      if (now - running.writtenAt < MINUTE_MS) return;
      running.writtenAt = now;
      await this.put({ ...running.entry });
    } else {
      const entry: HeardEntry = { kind: 'heard', id: `heard ${source}@${now}`, source, from: now, to: now };
      this.heard.set(source, { entry, writtenAt: now });
      await this.put({ ...entry });
    }
  }

  /** Takes what happened to the baby; again with the same id, it is an edit. */
  async fact(fact: ContextFact): Promise<void> {
    const id = factId(fact);
    const known = this.file.entries.get(id);
    if (
      this.isExpired(fact.at) ||
      (known?.kind === 'fact' && JSON.stringify(known.fact) === JSON.stringify(fact))
    )
      return;
    await this.put({ kind: 'fact', id, fact });
  }

  /** Takes back a fact that was told under an id. */
  async withdrawn(id: string): Promise<void> {
    await this.remove([`fact ${id}`]);
  }

  /** Takes what a cry was, unless a later answer is there; or that there is no answer any more. Drops it for an unknown cry. */
  async answered(cryId: string, answer?: CryEntry['answer']): Promise<void> {
    const cry = this.cry(cryId);
    if (!cry || JSON.stringify(cry.answer) === JSON.stringify(answer)) return;
    if (answer && cry.answer && cry.answer.at > answer.at) return;
    await this.put({ ...cry, answer });
  }

  /** Deletes what is older than it is to be kept, and the oldest sound where it takes too much room. */
  async tidy(): Promise<void> {
    await this.soundTurns.take(async () => {
      const expired = [...this.entries].filter(entry => this.isExpired(timeOf(entry)));
      for (const entry of expired)
        if (entry.kind === 'cry' && entry.sound) await this.sounds.remove(entry.sound);
      await this.remove(expired.map(({ id }) => id));
      const room = this.keeping.hasSound ? 1e6 * this.keeping.soundMb : 0;
      let bytes = this.keptSounds.reduce((sum, sound) => sum + sound.bytes, 0);
      for (const { sound, ...cry } of this.cries.sort((a, b) => a.onset - b.onset)) {
        if (bytes <= room) return;
        if (!sound) continue;
        await this.sounds.remove(sound);
        await this.put(cry);
        bytes -= sound.bytes;
      }
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
    });
    this.change({ storage: undefined, sound: undefined, damage: undefined });
  }

  /** Comes back when all that can be on disk is there. */
  async close(): Promise<void> {
    clearTimeout(this.writingAgain);
    for (const { entry } of this.heard.values()) void this.put({ ...entry });
    this.heard.clear();
    this.recorder.clear();
    await this.soundTurns.take(() => this.write());
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

  private isExpired(at: number): boolean {
    return at < Date.now() - this.keeping.days * DAY_MS;
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
    await this.written(this.file.put(entry));
  }

  private async remove(ids: readonly string[]): Promise<void> {
    await this.written(this.file.remove(ids));
  }

  private async write(): Promise<void> {
    await this.written(this.file.write());
  }

  private async written(writing: Promise<void>): Promise<void> {
    try {
      await writing;
      this.change({ storage: undefined });
    } catch (error) {
      this.change({ storage: messageOf(error) });
      clearTimeout(this.writingAgain);
      this.writingAgain = setTimeout(() => void this.write(), WRITE_AGAIN_MS).unref();
    }
  }

  private change(part: JournalTrouble): void {
    const before = JSON.stringify(this.trouble);
    this.trouble = { ...this.trouble, ...part };
    if (JSON.stringify(this.trouble) !== before) this.changed();
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
