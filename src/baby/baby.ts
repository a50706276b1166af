import { rm } from 'node:fs/promises';
import path from 'node:path';
import { DeepInfantError, messageOf } from '../errors.js';
import { guard } from '../guard.js';
import { KeptFile } from '../files/kept-file.js';
import type { BabyProfile } from '../reason/context.js';
import type { ContextFact, ContextKind } from '../reason/facts.js';
import type { Judgement } from '../reason/judgement.js';
import type { BabyPrediction } from '../reason/prediction.js';
import type { TrackRecord } from '../reason/record.js';
import type { Answer, CryEvent } from '../values.js';
import {
  BABY_BUDDY_IDS,
  type BabyBuddyHealth,
  type BabyBuddyListener,
  type BabyBuddyTrouble,
} from './baby-buddy.js';
import { type LastFed, ReasonEstimator } from './estimator.js';
import type { AnswerOutcome } from './history.js';
import {
  checkMemory,
  joinMemories,
  MEMORY_VERSION,
  type BabyMemory,
  type Cause,
  type CryMemory,
} from './memory.js';

/** What is wrong with the knowledge of a baby: in words, with what to do. */
export interface BabyTrouble {
  /** Its memory is not on disk. */
  storage?: string;
  /** Its memory was damaged when it was read. */
  damage?: string;
  babyBuddy?: BabyBuddyTrouble;
  /** Baby Buddy works, and its entries may be wrong. */
  babyBuddyWarning?: string;
}

/** Notes what becomes known of a baby, as a journal does. Its promises are never rejected. */
export interface BabyFollower {
  /** Also of a fact that is known: it may have been edited. */
  noteFact(fact: ContextFact): Promise<void>;
  removeFact(factId: string): Promise<void>;
  /** @param answer undefined when it was withdrawn */
  noteAnswer(cryId: string, answer: Omit<Answer, 'cry'> | undefined): Promise<void>;
  forget(): Promise<void>;
}

/**
 * What is known of one baby, kept on disk: whatever is told, answered or withdrawn is written before the promise
 * resolves. When that fails it is known all the same, and written as soon as it can be.
 */
export class Baby implements BabyBuddyListener {
  trouble: BabyTrouble = {};
  private estimator: ReasonEstimator;
  private readonly file: KeptFile<BabyMemory>;
  /** Why the memory is not on disk. */
  private storageError: DeepInfantError | undefined;
  /** The write that was asked for last. */
  private saving = Promise.resolve();
  private readonly watchers = new Set<() => void>();
  private readonly followers = new Set<BabyFollower>();
  /** What Baby Buddy sent last, to notice what is new. */
  private fromBabyBuddy = '';

  /**
   * @param folder where its memory is kept; openBaby makes one baby for each folder
   * @throws DeepInfantError `birth-date` when it is not an ISO date
   */
  constructor(
    readonly folder: string,
    private profile: BabyProfile,
  ) {
    this.estimator = new ReasonEstimator(profile);
    this.file = new KeptFile({
      path: path.join(folder, 'memory.json'),
      what: 'what is known of the baby',
      version: MEMORY_VERSION,
      check: checkMemory,
      hasCopy: true,
      join: (other, before) => {
        this.join(other, before);
      },
      onTrouble: error => {
        this.storageError = error;
        this.change({ storage: error?.message });
      },
    });
  }

  /** Reads its memory. @throws DeepInfantError `newer-file`, `storage` */
  open(): void {
    const { content, damage } = this.file.open();
    if (content) this.estimator = new ReasonEstimator(this.profile, content);
    if (damage !== undefined) this.change({ damage });
  }

  /** @throws DeepInfantError `birth-date` when it is not an ISO date; the profile then stays as it was */
  changeProfile(profile: BabyProfile): void {
    this.estimator = new ReasonEstimator(profile, this.estimator.memory);
    this.profile = profile;
    this.receiveHealth({ state: 'connecting' });
  }

  /** Calls `changed` whenever `trouble` changes. @returns what ends that */
  watch(changed: () => void): () => void {
    const guarded = guard(changed);
    this.watchers.add(guarded);
    return () => this.watchers.delete(guarded);
  }

  /** Gives the follower all that is known, and all that becomes known. @returns what ends that */
  follow(follower: BabyFollower): () => void {
    this.followers.add(follower);
    this.reportAll();
    return () => this.followers.delete(follower);
  }

  /** As its node calls it; '' where it has no name. */
  get name(): string {
    return this.profile.name.trim();
  }

  get memory(): BabyMemory {
    return this.estimator.memory;
  }

  /** The cries that are remembered, to look at. */
  get cries(): readonly Readonly<CryMemory>[] {
    return this.estimator.cries;
  }

  /** How often it was right so far. */
  get record(): TrackRecord {
    return this.estimator.record;
  }

  /** When it was last fed. */
  get lastFed(): LastFed | undefined {
    return this.estimator.lastFed(Date.now());
  }

  /** @throws DeepInfantError `invalid` for an impossible fact, `storage` */
  async tell(fact: ContextFact): Promise<void> {
    this.addFact(fact);
    await this.save();
  }

  /**
   * Withdraws the fact with an id, else the latest one of a kind.
   * @returns the fact @throws DeepInfantError `storage`
   */
  async withdrawFact({ id, kind }: { id?: string; kind?: ContextKind }): Promise<ContextFact | undefined> {
    const fact = this.estimator.facts.find(known =>
      id === undefined ? known.kind === kind : known.id === id,
    );
    if (fact?.id === undefined || !this.removeFact(fact.id)) return undefined;
    await this.save();
    return fact;
  }

  /** The likely reason if it is this baby who cries. @param who what was predicted of that, where it may be another one */
  judge(cry: CryEvent, who?: BabyPrediction): Judgement {
    const judgement = this.estimator.judge(cry, who);
    // Of a cry that goes on, the next event says more.
    if (cry.state !== 'ongoing') this.saveLater();
    return judgement;
  }

  /**
   * @param share how likely the cry was this baby's, where several may have cried and nobody said
   * @throws DeepInfantError `invalid`, `storage`
   */
  async answer(answer: Answer, share?: number): Promise<AnswerOutcome> {
    const outcome = this.estimator.answer(answer, share);
    if (outcome !== 'outdated' && outcome !== 'unknown-cry') {
      // If the same answer is given twice, the later one stays, whichever arrived last.
      const known = this.cries.findLast(({ id }) => id === answer.cry);
      this.reportAnswer(answer.cry, known!.answer!);
      await this.save();
    }
    return outcome;
  }

  /** Takes whose cry it was, this baby's or another's. @throws DeepInfantError `storage` */
  async setOwner(cryId: string, isMine: boolean, at: number): Promise<AnswerOutcome> {
    const outcome = this.estimator.setOwner(cryId, isMine, at);
    if (outcome === 'counted' || outcome === 'replaced') {
      if (!isMine) for (const follower of this.followers) void follower.noteAnswer(cryId, undefined);
      await this.save();
    }
    return outcome;
  }

  /** Withdraws what a cry was, and whose. @returns whether there was an answer @throws DeepInfantError `storage` */
  async withdrawAnswer(cryId: string): Promise<boolean> {
    const wasThere = this.estimator.withdraw(cryId);
    if (wasThere) {
      for (const follower of this.followers) void follower.noteAnswer(cryId, undefined);
      await this.save();
    }
    return wasThere;
  }

  /** Puts another memory in place of its own. @throws DeepInfantError `invalid`, `memory`, `storage` */
  async replaceMemory(memory: unknown): Promise<void> {
    this.estimator = new ReasonEstimator(this.profile, memory);
    this.fromBabyBuddy = '';
    this.reportAll();
    await this.save();
  }

  /** Forgets everything, here and on disk, damaged files too. @throws DeepInfantError `storage` */
  async forget(): Promise<void> {
    this.estimator = new ReasonEstimator(this.profile);
    this.fromBabyBuddy = '';
    await Promise.all([...this.followers].map(follower => follower.forget()));
    await this.file.remove();
    await rm(this.folder, { recursive: true, force: true }).catch((error: unknown) => {
      throw new DeepInfantError(
        'storage',
        `Cannot delete ${this.folder}: ${messageOf(error)}. Delete it by hand.`,
        { cause: error },
      );
    });
    this.change({ damage: undefined });
    const { facts, cries } = this.estimator;
    // What was told meanwhile may have been deleted on disk.
    if (facts.length + cries.length > 0) await this.save();
  }

  /** Takes the facts that Baby Buddy has; those that it no longer has were deleted there. */
  receiveFacts(facts: ContextFact[], sinceMs: number): void {
    const received = JSON.stringify(facts);
    if (received === this.fromBabyBuddy) return;
    this.fromBabyBuddy = received;
    const ids = new Set(facts.map(({ id }) => id));
    for (const { id, at } of this.estimator.facts)
      if (id?.startsWith(BABY_BUDDY_IDS) && at >= sinceMs && !ids.has(id)) this.removeFact(id);
    for (const fact of facts) this.addFact(fact);
    this.saveLater();
  }

  /** Takes the state of the connection to Baby Buddy. */
  receiveHealth(health: BabyBuddyHealth): void {
    this.change({
      babyBuddy: 'error' in health ? health : undefined,
      babyBuddyWarning: 'warning' in health ? health.warning : undefined,
    });
  }

  /** Resolves when everything that can be on disk is there. */
  async whenSaved(): Promise<void> {
    await this.saving;
    if (this.storageError) await this.file.save(() => this.memory);
  }

  /** Takes what another process wrote, which knows the same baby: nothing that either was told is lost. */
  private join(other: BabyMemory, before: BabyMemory | undefined): void {
    this.estimator = new ReasonEstimator(this.profile, joinMemories(other, this.memory, before));
    this.reportAll();
  }

  private addFact(fact: ContextFact): void {
    this.estimator.tell(fact);
    for (const follower of this.followers) void follower.noteFact(fact);
  }

  private removeFact(factId: string): boolean {
    for (const follower of this.followers) void follower.removeFact(factId);
    return this.estimator.forget(factId);
  }

  private reportAll(): void {
    const { facts, cries } = this.estimator;
    for (const follower of this.followers) for (const fact of facts) void follower.noteFact(fact);
    for (const { id, answer } of cries) if (answer?.from === 'caregiver') this.reportAnswer(id, answer);
  }

  private reportAnswer(cryId: string, { reason, at, by }: Cause): void {
    for (const follower of this.followers) void follower.noteAnswer(cryId, { reason, at, ...(by && { by }) });
  }

  /** Nobody waits for it: what goes wrong is shown as trouble. */
  private saveLater(): void {
    this.save().catch(() => undefined);
  }

  private async save(): Promise<void> {
    this.saving = this.file.save(() => this.memory);
    await this.saving;
    if (this.storageError) throw this.storageError;
  }

  private change(part: BabyTrouble): void {
    const before = JSON.stringify(this.trouble);
    this.trouble = { ...this.trouble, ...part };
    if (JSON.stringify(this.trouble) === before) return;
    for (const changed of this.watchers) changed();
  }
}
