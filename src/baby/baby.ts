import {
  BABY_BUDDY_IDS,
  type BabyBuddyHealth,
  type BabyBuddyListener,
  type BabyBuddyTrouble,
} from './baby-buddy.js';
import type { BabyProfile } from '../reason/context.js';
import { ReasonEstimator } from './estimator.js';
import type { AnswerOutcome } from './history.js';
import type { ContextFact, ContextKind } from '../reason/facts.js';
import { MemoryFile } from './memory-file.js';
import type { Judgement } from '../reason/judgement.js';
import type { BabyPrediction } from '../reason/prediction.js';
import type { TrackRecord } from '../reason/record.js';
import { checkMemory, type BabyMemory, type Cause } from './memory.js';
import { messageOf } from '../errors.js';
import type { Answer, CryEvent } from '../values.js';

/** What stands in the way of knowing a baby: in words, with what to do. */
export interface BabyTrouble {
  /** Its memory is not on disk. */
  storage?: string;
  /** Its memory was damaged when it was read. */
  damage?: string;
  babyBuddy?: BabyBuddyTrouble;
}

/** Who keeps what is told of a baby, as a journal does. Its promises are never rejected. */
export interface BabyFollower {
  /** Also of a fact that is known: it may have been edited. */
  fact(fact: ContextFact): Promise<void>;
  withdrawn(factId: string): Promise<void>;
  /** @param answer undefined when it was taken back */
  answered(cryId: string, answer: Omit<Answer, 'cry'> | undefined): Promise<void>;
  forget(): Promise<void>;
}
const SAVE_AGAIN_MS = 10_000;

/** By the folders of their memories: a deploy makes all nodes anew, and the babies stay. */
const babies = new Map<string, Baby>();

/**
 * What is known of one baby, kept on disk: whatever is told, answered or taken back is written before the promise
 * resolves. When that fails it is known all the same, and written as soon as it can be.
 */
export class Baby implements BabyBuddyListener {
  trouble: BabyTrouble = {};
  private readonly watchers = new Set<() => void>();
  private readonly followers = new Set<BabyFollower>();
  private savingAgain: NodeJS.Timeout | undefined;
  /** What Baby Buddy told last, to tell what is new. */
  private fromBabyBuddy = '';

  private constructor(
    private readonly file: MemoryFile,
    private profile: BabyProfile,
    private estimator: ReasonEstimator,
  ) {}

  /**
   * The baby whose memory is in a folder.
   * @throws DeepInfantError `birth-date` when it is not an ISO date.
   */
  static at(folder: string, profile: BabyProfile): Baby {
    const known = babies.get(folder);
    if (known) {
      known.estimator = new ReasonEstimator(profile, known.estimator.memory);
      known.profile = profile;
      known.health({ state: 'connecting' });
      return known;
    }
    // A wrong birth date is no damage of the file.
    const empty = new ReasonEstimator(profile);
    const file = new MemoryFile(folder);
    const { memory, damage } = file.open(checkMemory);
    const baby = new Baby(file, profile, memory ? new ReasonEstimator(profile, memory) : empty);
    baby.trouble = { damage };
    babies.set(folder, baby);
    return baby;
  }

  /** Calls `changed` whenever `trouble` changes. @returns what ends that */
  watch(changed: () => void): () => void {
    this.watchers.add(changed);
    return () => this.watchers.delete(changed);
  }

  /** Tells all that is known, and whatever comes. @returns what ends that */
  follow(follower: BabyFollower): () => void {
    this.followers.add(follower);
    this.tellAll();
    return () => this.followers.delete(follower);
  }

  /** Where its memory is kept. */
  get folder(): string {
    return this.file.folder;
  }

  /** @throws DeepInfantError `context` for what cannot be, `storage` */
  async tell(fact: ContextFact): Promise<void> {
    this.learn(fact);
    await this.save();
  }

  /** Takes back the fact of an id, else the latest of a kind. @returns it @throws DeepInfantError `storage` */
  async untell({ id, kind }: { id?: string; kind?: ContextKind }): Promise<ContextFact | undefined> {
    const fact = this.memory.facts.find(known => (id === undefined ? known.kind === kind : known.id === id));
    if (fact?.id === undefined || !this.unlearn(fact.id)) return undefined;
    await this.save();
    return fact;
  }

  /** The likely reason if it is this baby who cries. @param who what is said of that, where it may be another one */
  judge(cry: CryEvent, who?: BabyPrediction): Judgement {
    const judgement = this.estimator.judge(cry, who);
    // Of a cry that goes on, the next event tells more.
    if (cry.state !== 'ongoing') this.saveLater();
    return judgement;
  }

  /** @throws DeepInfantError `answer` for what is none, `storage` */
  async answer(answer: Answer): Promise<AnswerOutcome> {
    const outcome = this.estimator.answer(answer);
    if (outcome !== 'outdated' && outcome !== 'unknown-cry') {
      // Of the same answer given twice, the later one is there, whichever came last.
      const known = this.memory.cries.findLast(({ id }) => id === answer.cry);
      this.tellAnswer(answer.cry, known!.answer!);
      await this.save();
    }
    return outcome;
  }

  /** Takes whose cry it was, this baby's or another's. @throws DeepInfantError `storage` */
  async own(cryId: string, isMine: boolean, at: number): Promise<AnswerOutcome> {
    const outcome = this.estimator.own(cryId, isMine, at);
    if (outcome === 'counted' || outcome === 'replaced') {
      if (!isMine) for (const follower of this.followers) void follower.answered(cryId, undefined);
      await this.save();
    }
    return outcome;
  }

  /** Takes back what a cry was, and whose. @returns whether there was one @throws DeepInfantError `storage` */
  async withdraw(cryId: string): Promise<boolean> {
    const wasThere = this.estimator.withdraw(cryId);
    if (wasThere) {
      for (const follower of this.followers) void follower.answered(cryId, undefined);
      await this.save();
    }
    return wasThere;
  }

  /** How often it was right so far. */
  get record(): TrackRecord {
    return this.estimator.record;
  }

  /** As it is called in its node; '' where it has no name. */
  get name(): string {
    return this.profile.name.trim();
  }

  /** When it was fed last, epoch ms. */
  get lastFed(): number | undefined {
    const feeds = this.memory.facts.filter(({ kind, at }) => kind === 'feed' && at <= Date.now());
    return feeds.length === 0 ? undefined : Math.max(...feeds.map(({ at }) => at));
  }

  get memory(): BabyMemory {
    return this.estimator.memory;
  }

  /** Takes another memory in place of its own. @throws DeepInfantError `memory`, `storage` */
  async replaceMemory(memory: unknown): Promise<void> {
    this.estimator = new ReasonEstimator(this.profile, memory);
    this.tellAll();
    await this.save();
  }

  /** Forgets all, here and on disk. @throws DeepInfantError `storage` */
  async forget(): Promise<void> {
    this.estimator = new ReasonEstimator(this.profile);
    this.fromBabyBuddy = '';
    await Promise.all([...this.followers].map(follower => follower.forget()));
    await this.file.remove();
    this.change({ storage: undefined, damage: undefined });
  }

  /** Takes what Baby Buddy knows; what it no longer has was deleted there. */
  facts(facts: ContextFact[], sinceMs: number): void {
    const told = JSON.stringify(facts);
    if (told === this.fromBabyBuddy) return;
    this.fromBabyBuddy = told;
    const ids = new Set(facts.map(({ id }) => id));
    for (const { id, at } of this.memory.facts)
      if (id?.startsWith(BABY_BUDDY_IDS) && at >= sinceMs && !ids.has(id)) this.unlearn(id);
    for (const fact of facts) this.learn(fact);
    this.saveLater();
  }

  /** Takes how Baby Buddy is. */
  health(health: BabyBuddyHealth): void {
    this.change({ babyBuddy: 'error' in health ? health : undefined });
  }

  /** Comes back when all that can be on disk is there. */
  async settle(): Promise<void> {
    await this.file.settle();
  }

  private learn(fact: ContextFact): void {
    this.estimator.tell(fact);
    for (const follower of this.followers) void follower.fact(fact);
  }

  private unlearn(factId: string): boolean {
    for (const follower of this.followers) void follower.withdrawn(factId);
    return this.estimator.forget(factId);
  }

  private tellAll(): void {
    const { facts, cries } = this.memory;
    for (const follower of this.followers) {
      for (const fact of facts) void follower.fact(fact);
    }
    for (const { id, answer } of cries) if (answer?.from === 'caregiver') this.tellAnswer(id, answer);
  }

  private tellAnswer(cryId: string, { reason, at, by }: Cause): void {
    for (const follower of this.followers) void follower.answered(cryId, { reason, at, ...(by && { by }) });
  }

  /** Nobody waits for it: what goes wrong is told as trouble. */
  private saveLater(): void {
    this.save().catch(() => undefined);
  }

  private async save(): Promise<void> {
    try {
      await this.file.save(() => this.memory);
      this.change({ storage: undefined });
    } catch (error) {
      this.change({ storage: messageOf(error) });
      clearTimeout(this.savingAgain);
      this.savingAgain = setTimeout(() => {
        this.saveLater();
      }, SAVE_AGAIN_MS).unref();
      throw error;
    }
  }

  private change(part: BabyTrouble): void {
    const before = JSON.stringify(this.trouble);
    this.trouble = { ...this.trouble, ...part };
    if (JSON.stringify(this.trouble) === before) return;
    for (const changed of this.watchers) changed();
  }
}
