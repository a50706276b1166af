import path from 'node:path';
import { openBaby } from '../baby/babies.js';
import { BabiesOfRoom } from '../baby/babies-of-room.js';
import type { Baby } from '../baby/baby.js';
import type { Command, Outcome } from '../baby/commands.js';
import { encodePart } from '../encode-part.js';
import { DeepInfantError, messageOf } from '../errors.js';
import { guard } from '../guard.js';
import { type Incoming, readIncoming } from '../hass/incoming.js';
import type { CryEntry } from '../journal/entries.js';
import type { JournalLock } from '../journal/entry-file.js';
import { Journal, type Keeping } from '../journal/journal.js';
import { cryOf } from '../journal/questions.js';
import type { BabyProfile } from '../reason/context.js';
import { hasEpoch } from '../reason/facts.js';
import type { Language } from '../texts/language.js';
import { Turns } from '../turns.js';
import type { AudioChunk, CryEvent, SourceHealth } from '../values.js';
import { samplesOf } from './clip-message.js';
import type { Part } from './parts.js';

/** A journal that another process keeps is tried again so often: that one may end. */
const OPEN_AGAIN_MS = 10_000;

/** A cry's beginning lies less than that before its first event, where the journal gets sound as it is scored. */
const HELD_S = 30;

/** A board without a battery starts in 1970. */
const UNSET_CLOCK =
  'The clock of this computer is not set. Until it is, cries are reported, but the journal does not note them. Let it set its clock from the network.';

export interface RoomSettings {
  /** What it is called: as its babies, or '' where nobody named one. */
  name: string;
  /** None where nothing is known of who may be heard. */
  babies: readonly BabyProfile[];
  /** Where everything is kept. */
  folder: string;
  keeping: Keeping;
  language: Language;
  /** The lock of its journal, where that is held as long as the room is heard. */
  lock?: JournalLock;
}

/** The newest cry of a room, and what a caregiver said of it. */
export type NewestCry = Pick<CryEntry, 'id' | 'onset' | 'durationS' | 'reason' | 'who' | 'answer'> & {
  isRunning: boolean;
};

/** Who may be heard by the same sources: why they cry, and their journal. */
export class Room implements Part {
  readonly babies: readonly Baby[];
  readonly journal: Journal;
  private readonly reasons: BabiesOfRoom;
  private readonly turns = new Turns();
  private readonly listeners = new Set<(incoming: Incoming) => void>();
  private unfollow: (() => void)[] = [];
  newest: NewestCry | undefined;
  private isOpen = false;
  /** Why the journal is not open. */
  private openTrouble: string | undefined;
  private opening: NodeJS.Timeout | undefined;

  /**
   * @param report gets what goes wrong
   * @throws DeepInfantError `newer-file` or `storage` when what is known of a baby cannot be read
   */
  constructor(
    readonly settings: RoomSettings,
    private readonly report: (error: unknown) => void,
  ) {
    const { babies, folder, keeping, lock } = settings;
    const profiles = babies.length === 0 ? [{ name: '' }] : babies;
    this.babies = profiles.map(profile => openBaby(babyFolder(folder, profile.name), profile));
    this.reasons = new BabiesOfRoom(this.babies);
    this.journal = new Journal(
      journalFolder(folder, settings),
      { ...keeping, heldS: HELD_S },
      undefined,
      lock,
    );
  }

  /** What a person should mend. */
  get troubles(): string[] {
    const { storage, sound, damage, replaced, retention } = this.journal.trouble;
    const ofBabies = this.reasons.troubles.flatMap(trouble => [trouble.storage, trouble.damage]);
    const clock = hasEpoch(Date.now()) ? undefined : UNSET_CLOCK;
    return [clock, this.openTrouble, storage, sound, damage, replaced, retention, ...ofBabies].filter(
      text => text !== undefined,
    );
  }

  /** Calls the listener with all that becomes known. @returns what ends that */
  listen(listener: (incoming: Incoming) => void): () => void {
    const guarded = guard(listener, this.report);
    this.listeners.add(guarded);
    return () => this.listeners.delete(guarded);
  }

  async start(): Promise<void> {
    await this.open();
    this.opening = setInterval(
      guard(() => this.open(), this.report),
      OPEN_AGAIN_MS,
    );
  }

  /** Resolves when all that came before is noted, and on disk if it can be. */
  async stop(): Promise<void> {
    clearInterval(this.opening);
    await this.settled();
    for (const end of this.unfollow.splice(0)) end();
    if (this.isOpen) await this.journal.close();
    this.isOpen = false;
    await this.reasons.whenSaved();
  }

  /** Resolves when all cry events that came before are noted and passed on. */
  settled(): Promise<void> {
    return this.turns.take(() => Promise.resolve());
  }

  /** Takes sound, of which the clips are cut, just before the events that it causes. */
  pushChunk(chunk: AudioChunk): void {
    if (this.isOpen) this.journal.push(chunk);
  }

  /** Adds the reason, notes it in the journal, and passes it on. */
  pushCry(event: CryEvent): Promise<void> {
    return this.turns.take(async () => {
      const { event: explained } = this.reasons.explain(event, this.settings.language);
      const { answer } = this.newest?.id === event.id ? this.newest : {};
      this.newest = { ...explained, isRunning: event.state !== 'ended', answer };
      this.emit({ kind: 'cry', cry: await this.note(explained) });
    });
  }

  /** Keeps the sound of a cry that a satellite heard. @throws DeepInfantError for what is not a recording */
  keepClip(cryId: string, mp3: string, from: number): Promise<void> {
    return this.turns.take(async () => {
      if (this.isOpen) await this.journal.keepClip(cryId, await samplesOf(mp3), from);
    });
  }

  pushHealth(health: SourceHealth): void {
    if (this.isOpen) this.journal.noteHealth(health).catch(this.report);
    this.emit({ kind: 'health', health });
  }

  /** Carries out a command; it counts at once. @throws what `BabiesOfRoom.execute` throws */
  async execute(command: Command): Promise<Outcome> {
    const outcome = (await this.reasons.execute(command)) as Outcome;
    const incoming = readIncoming(outcome);
    if (incoming.kind === 'answer' && incoming.cry === this.newest?.id)
      this.newest = { ...this.newest, answer: incoming.answer };
    this.emit(incoming);
    return outcome;
  }

  /** The event, once it has ended with its clip. Those who wait for it get it even if the journal does not take it. */
  private async note(event: CryEvent): Promise<CryEvent> {
    if (!this.isOpen) return event;
    try {
      return await this.journal.noteCry(event);
    } catch (error) {
      this.report(error);
      return event;
    }
  }

  private async open(): Promise<void> {
    if (this.isOpen) return;
    try {
      await this.journal.open();
    } catch (error) {
      const isNews = this.openTrouble === undefined;
      this.openTrouble = messageOf(error);
      if (isNews) this.report(error);
      if (!(error instanceof DeepInfantError && error.code === 'locked')) clearInterval(this.opening);
      return;
    }
    this.isOpen = true;
    this.openTrouble = undefined;
    this.unfollow = this.babies.map(baby => baby.follow(this.journal));
    const last = cryOf(this.journal.entries, Date.now());
    this.newest ??= last && { ...last, isRunning: false };
  }

  private emit(incoming: Incoming): void {
    for (const listener of this.listeners) listener(incoming);
  }
}

/** Where the journal of a room is kept: in the baby's own folder, where there is one. */
export function journalFolder(
  folder: string,
  { name, babies }: Pick<RoomSettings, 'name' | 'babies'>,
): string {
  const home = babies.length < 2 ? babyFolder(folder, name) : path.join(folder, `room-${encodePart(name)}`);
  return path.join(home, 'journal');
}

/** Where the memory of a baby is kept. */
function babyFolder(folder: string, name: string): string {
  return path.join(folder, name === '' ? 'baby' : `baby-${encodePart(name)}`);
}
