import { DeepInfantError } from '../errors.js';
import type { AnswerOutcome } from './history.js';
import type { ContextFact, ContextKind } from '../reason/facts.js';
import { mixJudgements, nameReason } from '../reason/judgement.js';
import { isTold, type BabyMemory, type CryMemory } from './memory.js';
import type { BabyPrediction } from '../reason/prediction.js';
import { reasonLine } from '../reason/sentences.js';
import type { Language } from '../texts/language.js';
import type { TrackRecord } from '../reason/record.js';
import { WhichBaby } from '../reason/which-baby.js';
import type { Answer, CryEvent } from '../values.js';
import type { Baby, BabyTrouble } from './baby.js';
import type { Command, Outcome } from './commands.js';

/** A cry event whose reason was estimated. */
export type ExplainedCry = CryEvent & Required<Pick<CryEvent, 'reason'>>;

/** Without a cry it is about the latest one before `at`; without a reason it says whose the cry was. */
interface RoomAnswer extends Partial<Answer> {
  at: number;
  /** The baby's name. */
  baby?: string;
}

/** An answer that names no cry is about the current one, or one that ended no longer ago than this. */
const ANSWER_WITHIN_MS = 3_600_000;

/** The babies who may be heard in a room: one, or several of whom one is crying. */
export class BabiesOfRoom {
  /** By name; where two have the same name or none, by name and place. */
  private readonly babies: ReadonlyMap<string, Baby>;

  constructor(babies: Iterable<Baby>) {
    const all = [...new Set(babies)];
    const isTaken = ({ name }: Baby): boolean =>
      all.length > 1 && (name === '' || all.filter(other => other.name === name).length > 1);
    this.babies = new Map(
      all.map((baby, i) => [isTaken(baby) ? `${baby.name || 'baby'} ${i + 1}` : baby.name, baby]),
    );
  }

  /** What is wrong with the knowledge of each baby. */
  get troubles(): BabyTrouble[] {
    return this.all.map(({ trouble }) => trouble);
  }

  /** The track record over all babies. */
  get record(): TrackRecord {
    const sum = (of: keyof TrackRecord): number =>
      this.all.reduce((total, { record }) => total + record[of], 0);
    return { answers: sum('answers'), right: sum('right'), commonestRight: sum('commonestRight') };
  }

  /** Calls `changed` whenever `troubles` change. @returns what ends that */
  watch(changed: () => void): () => void {
    const ends = this.all.map(baby => baby.watch(changed));
    return () => {
      for (const end of ends) end();
    };
  }

  /** The event with its likely reason, and with who is crying where there are several babies; and both in a language's words. */
  explain(cry: CryEvent, language: Language = 'en'): { event: ExplainedCry; text: string } {
    const whose = this.isShared ? this.whichBaby().estimate(cry.embedding) : undefined;
    const possibilities = [...this.babies].map(([name, baby]) => ({
      name,
      chance: whose?.who.probabilities[name] ?? 1,
      judgement: baby.judge(cry, whose && { ...whose.said, calledAs: name }),
    }));
    const event = {
      ...cry,
      ...(whose && { who: whose.who }),
      reason: nameReason(mixJudgements(possibilities), language),
    };
    return { event, text: reasonLine(event, [...this.babies.keys()], language) };
  }

  /**
   * Carries out a command. It counts at once; the promise resolves when it is on disk.
   * @returns what became of it, or the memory that was to be exported; undefined where there was nothing to do
   * @throws DeepInfantError `baby` when the command names no baby of this room, or has to and does not; `invalid`,
   * `memory`, `storage`
   */
  async execute(command: Command): Promise<Outcome | BabyMemory | undefined> {
    switch (command.do) {
      case 'nothing':
        return undefined;
      case 'add-fact':
        await this.tell(command.fact, command.baby);
        return { outcome: 'noted', fact: command.fact };
      case 'withdraw-fact': {
        const fact = await this.withdrawFact(command, command.baby);
        return { outcome: fact ? 'withdrawn' : 'unknown-fact', fact };
      }
      case 'answer':
        return this.answer(command);
      case 'withdraw-answer':
        return this.withdrawAnswer(command.cry);
      case 'forget':
        await this.one(command.baby).forget();
        return { outcome: 'forgotten' };
      case 'import':
        await this.one(command.baby).replaceMemory(command.memory);
        return { outcome: 'imported' };
      case 'export':
        return this.one(command.baby).memory;
    }
  }

  /** Resolves when everything that can be on disk is there. */
  async whenSaved(): Promise<void> {
    await Promise.all(this.all.map(baby => baby.whenSaved()));
  }

  /** Takes a fact about one baby; without a name, about each. @throws DeepInfantError `baby`, `invalid`, `storage` */
  private async tell(fact: ContextFact, name?: string): Promise<void> {
    await Promise.all(this.babiesCalled(name).map(baby => baby.tell(fact)));
  }

  /** Withdraws a fact. @returns it @throws DeepInfantError `baby`, `storage` */
  private async withdrawFact(
    what: { id?: string; kind?: ContextKind },
    name?: string,
  ): Promise<ContextFact | undefined> {
    const facts = await Promise.all(this.babiesCalled(name).map(baby => baby.withdrawFact(what)));
    return facts.find(fact => fact !== undefined);
  }

  /**
   * Takes what a cry was, or whose, or both.
   * @throws DeepInfantError `baby` for a baby that is not in this room; `storage`
   */
  private async answer({
    reason,
    at,
    by,
    cry = this.cryAt(at)?.id,
    baby: name,
  }: RoomAnswer): Promise<Outcome> {
    const about = { ...(cry && { cry }), ...(reason && { reason }), at, ...(by && { by }) };
    if (cry === undefined || !this.cries.some(({ id }) => id === cry))
      return { outcome: 'unknown-cry', ...about };
    const whose = name ?? this.ownerOf(cry);
    if (whose === undefined && this.isShared && reason)
      return { outcome: await this.answerForAll({ cry, reason, at, by }), ...about };
    const baby = whose === undefined ? this.one() : this.calledAt(cry, whose);
    // It was that of a baby who is not here any more.
    if (baby === undefined) return { outcome: 'unknown-cry', ...about };
    let outcome: AnswerOutcome = 'counted';
    if (name !== undefined && this.isShared) outcome = await this.setOwner(cry, baby, at);
    if (reason && outcome !== 'outdated') outcome = await baby.answer({ cry, reason, at, by });
    const owner = this.isShared && { baby: this.nameOf(baby) };
    const { record } = baby;
    return { outcome, ...about, ...owner, ...(record.answers > 0 && { record }) };
  }

  /** Takes what a cry was while nobody knows whose it was: it counts for each baby as much as that one may have cried. */
  private async answerForAll(answer: Answer): Promise<AnswerOutcome> {
    const shares = this.cries.find(({ id }) => id === answer.cry)?.said.who?.commonest;
    const outcomes = await Promise.all(
      [...this.babies].map(([name, baby]) => baby.answer(answer, shares?.[name] ?? 1 / this.babies.size)),
    );
    return outcomes[0];
  }

  /** Withdraws an answer. @param cryId without it, the answer given last @throws DeepInfantError `storage` */
  private async withdrawAnswer(cryId = this.lastTold()): Promise<Outcome> {
    if (cryId === undefined) return { outcome: 'unknown-cry' };
    const wasThere = await Promise.all(this.all.map(baby => baby.withdrawAnswer(cryId)));
    return { outcome: wasThere.includes(true) ? 'withdrawn' : 'unknown-cry', cry: cryId };
  }

  /** The baby of a name. @throws DeepInfantError `baby` when there is none, or several and no name */
  private one(name?: string): Baby {
    const [baby, ...others] = this.babiesCalled(name);
    if (others.length === 0) return baby;
    throw new DeepInfantError('baby', `Say which baby: send ${this.names} as baby.`);
  }

  private get all(): Baby[] {
    return [...this.babies.values()];
  }

  private get isShared(): boolean {
    return this.babies.size > 1;
  }

  private get names(): string {
    return [...this.babies.keys()].join(' or ');
  }

  /** The cries in all memories: where there are several babies, each memory has every cry. */
  private get cries(): CryMemory[] {
    return this.all.flatMap(({ cries }) => cries);
  }

  private whichBaby(): WhichBaby {
    return new WhichBaby(new Map([...this.babies].map(([name, baby]) => [name, baby.cries])));
  }

  private babiesCalled(name: string | undefined): Baby[] {
    if (name === undefined) return this.all;
    // A baby that is alone needs no name.
    const baby = this.babies.get(name.trim()) ?? this.babies.get('');
    if (baby) return [baby];
    throw new DeepInfantError('baby', `No baby here is called '${name.slice(0, 50)}': send ${this.names}.`);
  }

  /**
   * The baby that has a name, or had it as it cried; undefined for one that is not in this room any more.
   * @throws DeepInfantError `baby` for a name that none of them had
   */
  private calledAt(cryId: string, name: string): Baby | undefined {
    const whoOf = (baby: Baby): BabyPrediction | undefined =>
      baby.cries.find(({ id }) => id === cryId)?.said.who;
    const known = this.babies.get(name.trim()) ?? this.all.find(baby => whoOf(baby)?.calledAs === name);
    const wasHere = this.all.some(baby => name in (whoOf(baby)?.commonest ?? {}));
    return known ?? (wasHere ? undefined : this.one(name));
  }

  private nameOf(baby: Baby): string {
    return [...this.babies].find(([, other]) => other === baby)![0];
  }

  /** Takes whose cry it was. */
  private async setOwner(cryId: string, owner: Baby, at: number): Promise<AnswerOutcome> {
    const outcomes = await Promise.all(this.all.map(baby => baby.setOwner(cryId, baby === owner, at)));
    return outcomes[this.all.indexOf(owner)];
  }

  /** Whose cry it was: as a caregiver said, else by its voice. */
  private ownerOf(cryId: string): string | undefined {
    const isIt = ({ id }: CryMemory): boolean => id === cryId;
    const told = [...this.babies].find(([, baby]) => baby.cries.find(isIt)?.owner?.isMine);
    return told ? told[0] : this.cries.find(isIt)?.said.who?.named;
  }

  /** The cry that an answer is about, given at a time, if it names none. */
  private cryAt(atMs: number): CryMemory | undefined {
    return this.cries
      .sort((a, b) => a.onset - b.onset)
      .findLast(({ onset, offset }) => onset <= atMs && (offset ?? onset) >= atMs - ANSWER_WITHIN_MS);
  }

  /** The cry whose answer was given last. */
  private lastTold(): string | undefined {
    const told = this.cries.filter(isTold);
    const toldAt = ({ answer, owner }: CryMemory): number => Math.max(answer?.at ?? 0, owner?.at ?? 0);
    return told.sort((a, b) => toldAt(b) - toldAt(a)).at(0)?.id;
  }
}
