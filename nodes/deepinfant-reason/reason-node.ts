import type { Node, NodeMessage } from 'node-red';
import type { BabyBuddyTrouble } from '../../src/baby/baby-buddy.js';
import { readCommand } from '../../src/baby/commands.js';
import { isLikeCryEvent, readCryEvent } from '../../src/door/cry-event.js';
import { messageOf } from '../../src/errors.js';
import { Troubles } from '../../src/troubles.js';
import { Turns } from '../../src/turns.js';
import { type NodeWork, type Send, type StatusForm, statusOf } from '../adapter.js';
import type { NodeTexts } from '../language.js';
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

/** Adds the likely reason to cry events, and carries out what messages ask: facts, answers, what to do with the memory. */
export class ReasonNode implements NodeWork {
  private readonly showStatus;
  private readonly turns = new Turns();
  private explained: ExplainedCry | undefined;
  private readonly troubles: Troubles;
  private unwatch = (): void => undefined;

  constructor(
    node: Node,
    private readonly room: BabiesOfRoom,
    private readonly texts: NodeTexts,
  ) {
    this.showStatus = statusOf(texts, node, STATUS_BY_STATE);
    this.troubles = new Troubles(trouble => {
      node.warn(messageOf(trouble));
    });
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
      const { event, text } = this.room.explain(readCryEvent(payload), this.texts.language);
      this.explained = event;
      this.show();
      send([{ ...msg, payload: event, text }, null]);
      return;
    }
    // It counts at once, so that it counts for the next cry; its outcome is sent in its turn.
    const executed = this.room.execute(readCommand(msg, Date.now()));
    // Its error is thrown when its turn comes.
    executed.catch(() => undefined);
    const outcome = await this.turns.take(() => executed);
    this.show();
    if (outcome) send([null, { ...msg, payload: outcome }]);
  }

  async stop(): Promise<void> {
    this.unwatch();
    await this.room.whenSaved();
  }

  /** Shows what stands in the way, else the last reason; reports once what a person has to mend. */
  private show(): void {
    const { troubles } = this.room;
    troubles.forEach(({ storage, damage, babyBuddy, babyBuddyWarning }, baby) => {
      this.report(`storage ${baby}`, storage);
      this.report(`damage ${baby}`, damage);
      this.report(`Baby Buddy ${baby}`, babyBuddy?.error ?? babyBuddyWarning);
    });
    const babyBuddy = troubles.find(trouble => trouble.babyBuddy)?.babyBuddy;
    if (troubles.some(({ storage }) => storage !== undefined)) this.showStatus('unsaved');
    else if (babyBuddy) this.showStatus(babyBuddy.state);
    else if (this.explained) this.showReason(this.explained);
    else this.showStatus(troubles.some(({ damage }) => damage !== undefined) ? 'damaged' : 'waiting');
  }

  private report(what: string, trouble: string | undefined): void {
    if (trouble === undefined) this.troubles.mend(what);
    else this.troubles.raise(what, trouble);
  }

  private showReason({ who, reason: { label, confidence } }: ExplainedCry): void {
    const { record } = this.room;
    const { texts } = this;
    const values = {
      who: who && who.label !== 'unsure' ? `${who.label} · ` : '',
      reason: label === 'unsure' ? '' : texts._(`deepinfant-reason.reason.${label}`),
      percent: Math.round(100 * confidence),
      score: record.answers > 0 ? texts._('deepinfant-reason.score', { ...record }) : '',
    };
    this.showStatus(label === 'unsure' ? 'unsure' : 'reason', values);
  }
}
