import type { Node, NodeAPI, NodeMessage } from 'node-red';
import { isLikeAudioChunk, readAudioChunk } from '../../src/door/audio-chunk.js';
import { Journal, type Keeping } from '../../src/journal/journal.js';
import { ask, readQuestion, type Question } from '../../src/journal/reply.js';
import { nightOf } from '../../src/journal/questions.js';
import { isLikeCryEvent, readCryEvent } from '../../src/door/cry-event.js';
import { isLikeSourceHealth, readSourceHealth } from '../../src/door/source-health.js';
import { DeepInfantError } from '../../src/errors.js';
import { isObject } from '../../src/unknown-data.js';
import { type NodeWork, type Send, type StatusForm, statusOf } from '../adapter.js';
import type { Baby } from '../../src/baby/baby.js';

const STATUS_BY_STATE: Record<'tonight' | 'unsaved' | 'noSound' | 'damaged' | 'failed', StatusForm> = {
  tonight: { fill: 'grey', shape: 'dot', text: 'deepinfant-journal.status.tonight' },
  unsaved: { fill: 'red', shape: 'ring', text: 'deepinfant-journal.status.unsaved' },
  noSound: { fill: 'yellow', shape: 'ring', text: 'deepinfant-journal.status.noSound' },
  damaged: { fill: 'yellow', shape: 'ring', text: 'deepinfant-journal.status.damaged' },
  failed: { fill: 'red', shape: 'ring', text: 'node-red:common.status.error' },
};

const MINUTE_MS = 60_000;
const TIDY_EVERY_MS = 60 * MINUTE_MS;

export interface KeeperSettings {
  baby: Baby;
  keeping: Keeping;
  /** The journal's. */
  folder: string;
  /** HH:MM, or '' for never. */
  summaryAt: string;
}

/** Folders of the journals that are open: two nodes would write over each other. */
const open = new Set<string>();

/** Keeps a baby's journal, and answers what it is asked. */
export class Keeper implements NodeWork {
  private readonly showStatus;
  private journal: Journal | undefined;
  private hasStarted!: () => void;
  /** What comes before it is open waits. */
  private readonly started = new Promise<void>(resolve => {
    this.hasStarted = resolve;
  });
  private unfollow = (): void => undefined;
  private ticking: NodeJS.Timeout | undefined;
  private tickedAt = Date.now();
  private tidiedAt = Date.now();
  /** What was reported, and not mended since. */
  private reported = new Set<string>();

  constructor(
    RED: NodeAPI,
    private readonly node: Node,
    private readonly settings: KeeperSettings,
  ) {
    this.showStatus = statusOf(RED, node, STATUS_BY_STATE);
  }

  async start(): Promise<void> {
    const { baby, folder, keeping } = this.settings;
    try {
      if (open.has(folder)) {
        throw new DeepInfantError(
          'journal',
          'Another journal node keeps the journal of this baby: wire all of its sources to that one.',
        );
      }
      const journal = new Journal(folder, keeping, () => {
        this.show();
      });
      open.add(folder);
      this.journal = journal;
      await journal.open();
      this.unfollow = baby.follow(journal);
    } catch (error) {
      this.showStatus('failed');
      throw error;
    } finally {
      this.hasStarted();
    }
    this.ticking = setInterval(() => {
      this.tick();
    }, MINUTE_MS);
    this.show();
  }

  async input(msg: NodeMessage, send: Send): Promise<void> {
    await this.started;
    const { journal } = this;
    const { payload } = msg;
    if (isLikeAudioChunk(payload)) journal?.hear(readAudioChunk(payload));
    else if (isLikeCryEvent(payload)) {
      const cry = readCryEvent(payload);
      // Nobody behind it is to miss a cry for want of a journal.
      const event = journal ? await journal.note(cry) : cry;
      this.show();
      send([{ ...msg, payload: event }, null]);
    } else if (isLikeSourceHealth(payload)) await journal?.health(readSourceHealth(payload));
    else if (!isOfNoUse(msg)) {
      const answer = await this.answer(readQuestion(msg, Date.now()));
      send([null, { ...msg, ...answer }]);
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.ticking);
    this.unfollow();
    const { journal } = this;
    this.journal = undefined;
    await journal?.close();
    if (journal) open.delete(journal.folder);
  }

  private async answer(question: Question): Promise<NodeMessage> {
    const { journal } = this;
    if (!journal) throw new DeepInfantError('journal', 'The journal is not open; its node says why.');
    if (question.ask === 'forget') {
      await this.settings.baby.forget();
      this.show();
      return { payload: { outcome: 'forgotten' } };
    }
    return { topic: question.ask, ...ask(journal, question, Date.now()) };
  }

  /** Sums the night up when it is time, and lets go of what is too old. */
  private tick(): void {
    const { journal, tickedAt, tidiedAt } = this;
    const now = Date.now();
    this.tickedAt = now;
    this.show();
    if (!journal) return;
    if (now - tidiedAt >= TIDY_EVERY_MS) {
      this.tidiedAt = now;
      void journal.tidy();
    }
    const [hours, minutes] = this.settings.summaryAt.split(':').map(Number);
    const due = new Date(now).setHours(hours, minutes, 0, 0);
    if (tickedAt < due && due <= now)
      this.node.send([null, { topic: 'night', ...ask(journal, { ask: 'night', at: now }, now) }]);
  }

  /** Shows what stands in the way, else the night's cries; reports once what a person has to mend. */
  private show(): void {
    const { journal } = this;
    if (!journal) return;
    const { storage, sound, damage } = journal.trouble;
    const troubles = [storage, sound, damage].filter(text => text !== undefined);
    for (const text of troubles) if (!this.reported.has(text)) this.node.warn(text);
    this.reported = new Set(troubles);
    if (storage !== undefined) this.showStatus('unsaved');
    else if (sound !== undefined) this.showStatus('noSound');
    else if (damage !== undefined) this.showStatus('damaged');
    else {
      const now = Date.now();
      this.showStatus('tonight', { cries: nightOf(journal.entries, now, now).cries.length });
    }
  }
}

/** What the nodes send that are wired to it, and what it knows from the baby or does not need. */
function isOfNoUse({ payload, complete }: NodeMessage): boolean {
  return complete === true || (isObject(payload) && ('positionS' in payload || 'outcome' in payload));
}
