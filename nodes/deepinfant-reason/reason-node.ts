import type { Node, NodeAPI, NodeMessage } from 'node-red';
import type { BabyBuddyTrouble } from '../../src/baby/baby-buddy.js';
import { readCommand, type Command, type Outcome } from '../../src/baby/commands.js';
import type { BabyMemory } from '../../src/baby/memory.js';
import { isLikeCryEvent, readCryEvent } from '../../src/door/cry-event.js';
import { Turns } from '../../src/turns.js';
import { type NodeWork, type Send, type StatusForm, statusOf } from '../adapter.js';
import type { BabiesOfRoom, ExplainedCry } from '../../src/baby/babies-of-room.js';

type ReasonState = 'waiting' | 'reason' | 'unsure' | 'damaged' | 'unsaved' | BabyBuddyTrouble['state'];

const STATUS_BY_STATE: Record<ReasonState, StatusForm> = {
  waiting: { fill: 'grey', shape: 'ring', text: 'deepinfant-reason.status.waiting' },
  reason: { fill: 'blue', shape: 'dot', text: 'deepinfant-reason.status.reason' },
  unsure: { fill: 'grey', shape: 'dot', text: 'deepinfant-reason.status.unsure' },
  damaged: { fill: 'yellow', shape: 'ring', text: 'deepinfant-reason.status.damaged' },
  unsaved: { fill: 'red', shape: 'ring', text: 'deepinfant-reason.status.unsaved' },
  unreachable: { fill: 'yellow', shape: 'ring', text: 'deepinfant-reason.status.unreachable' },
  'wrong-token': { fill: 'red', shape: 'ring', text: 'deepinfant-reason.status.wrong-token' },
  'no-such-child': { fill: 'red', shape: 'ring', text: 'deepinfant-reason.status.no-such-child' },
};

/** Adds the likely reason to cry events, and learns from messages what happened to the baby. */
export class ReasonNode implements NodeWork {
  private readonly showStatus;
  private readonly turns = new Turns();
  private explained: ExplainedCry | undefined;
  /** What was reported, and not mended since. */
  private reported = new Set<string>();
  private unwatch = (): void => undefined;

  constructor(
    private readonly RED: NodeAPI,
    private readonly node: Node,
    private readonly room: BabiesOfRoom,
  ) {
    this.showStatus = statusOf(RED, node, STATUS_BY_STATE);
  }

  start(): void {
    this.unwatch = this.room.watch(() => {
      this.show();
    });
    this.show();
  }

  async input(msg: NodeMessage, send: Send): Promise<void> {
    const { payload } = msg;
    if (isLikeCryEvent(payload)) {
      const { event, text } = this.room.explain(readCryEvent(payload));
      this.explained = event;
      this.show();
      send([{ ...msg, payload: event, text }, null]);
      return;
    }
    // It counts at once, so that a cry behind it is judged with it; what became of it is told in its turn.
    const taken = this.execute(readCommand(msg, Date.now()));
    // Its error is thrown when its turn comes.
    taken.catch(() => undefined);
    const became = await this.turns.take(() => taken);
    this.show();
    if (became) send([null, { ...msg, payload: became }]);
  }

  async stop(): Promise<void> {
    this.unwatch();
    await this.room.flush();
  }

  private async execute(command: Command): Promise<Outcome | BabyMemory | undefined> {
    const { room } = this;
    switch (command.do) {
      case 'nothing':
        return undefined;
      case 'add-fact':
        await room.tell(command.fact, command.baby);
        return { outcome: 'noted', fact: command.fact };
      case 'withdraw-fact': {
        const fact = await room.withdrawFact(command, command.baby);
        return { outcome: fact ? 'withdrawn' : 'unknown-fact', fact };
      }
      case 'answer':
        return room.answer(command);
      case 'withdraw-answer':
        return room.withdrawAnswer(command.cry);
      case 'forget':
        await room.one(command.baby).forget();
        return { outcome: 'forgotten' };
      case 'import':
        await room.one(command.baby).replaceMemory(command.memory);
        return { outcome: 'imported' };
      case 'export':
        return room.one(command.baby).memory;
    }
  }

  /** Shows what stands in the way, else the last reason; reports once what a person has to mend. */
  private show(): void {
    const { troubles } = this.room;
    const texts = troubles
      .flatMap(({ storage, damage, babyBuddy }) => [storage, damage, babyBuddy?.error])
      .filter(text => text !== undefined);
    for (const text of texts) if (!this.reported.has(text)) this.node.warn(text);
    this.reported = new Set(texts);
    const babyBuddy = troubles.find(trouble => trouble.babyBuddy)?.babyBuddy;
    if (troubles.some(({ storage }) => storage !== undefined)) this.showStatus('unsaved');
    else if (babyBuddy) this.showStatus(babyBuddy.state);
    else if (this.explained) this.showReason(this.explained);
    else this.showStatus(troubles.some(({ damage }) => damage !== undefined) ? 'damaged' : 'waiting');
  }

  private showReason({ who, reason: { label, confidence } }: ExplainedCry): void {
    const { record } = this.room;
    const values = {
      who: who && who.label !== 'unsure' ? `${who.label} · ` : '',
      reason: label === 'unsure' ? '' : this.RED._(`deepinfant-reason.reason.${label}`),
      percent: Math.round(100 * confidence),
      score: record.answers > 0 ? this.RED._('deepinfant-reason.score', { ...record }) : '',
    };
    this.showStatus(label === 'unsure' ? 'unsure' : 'reason', values);
  }
}
