import type { Node, NodeMessage } from 'node-red';
import type { Baby } from '../../src/baby/baby.js';
import { isLikeAudioChunk, readAudioChunk } from '../../src/door/audio-chunk.js';
import { isLikeCryEvent, readCryEvent } from '../../src/door/cry-event.js';
import { isLikeSourceHealth, readSourceHealth } from '../../src/door/source-health.js';
import { DeepInfantError, messageOf } from '../../src/errors.js';
import { hasPassed } from '../../src/journal/calendar.js';
import { Journal, type JournalTrouble, type Keeping } from '../../src/journal/journal.js';
import { nightOf } from '../../src/journal/questions.js';
import { readQuestion, replyTo, type Question } from '../../src/journal/reply.js';
import { Troubles } from '../../src/troubles.js';
import { guard } from '../../src/guard.js';
import { type NodeWork, type Send, type StatusForm, statusOf } from '../adapter.js';
import type { NodeTexts } from '../language.js';
import { isPlaybackOrOutcome } from '../../src/hass/incoming.js';

const STATUS_BY_STATE = {
  tonight: { fill: 'grey', shape: 'dot', text: 'deepinfant-journal.status.tonight' },
  lastNight: { fill: 'grey', shape: 'dot', text: 'deepinfant-journal.status.lastNight' },
  storage: { fill: 'red', shape: 'ring', text: 'deepinfant-journal.status.storage' },
  sound: { fill: 'yellow', shape: 'ring', text: 'deepinfant-journal.status.sound' },
  damage: { fill: 'yellow', shape: 'ring', text: 'deepinfant-journal.status.damage' },
  replaced: { fill: 'yellow', shape: 'ring', text: 'deepinfant-journal.status.replaced' },
  retention: { fill: 'yellow', shape: 'ring', text: 'deepinfant-journal.status.retention' },
  failed: { fill: 'red', shape: 'ring', text: 'node-red:common.status.error' },
} satisfies Record<string, StatusForm>;

/** The first one that there is, is shown. */
const TROUBLES = [
  'storage',
  'sound',
  'damage',
  'replaced',
  'retention',
] as const satisfies (keyof JournalTrouble)[];

const MINUTE_MS = 60_000;

export interface JournalNodeSettings {
  baby: Baby;
  keeping: Keeping;
  /** The journal's. */
  folder: string;
  /** HH:MM, or '' for never. */
  summaryAt: string;
}

/** Keeps a baby's journal, and replies to questions. */
export class JournalNode implements NodeWork {
  private readonly journal: Journal;
  private readonly showStatus;
  private readonly troubles: Troubles;
  private isOpen = false;
  /** Whether another process keeps the journal, which may end. */
  private isLocked = false;
  private isStopped = false;
  private hasStarted!: () => void;
  /** What arrives before the journal is open waits. */
  private readonly started = new Promise<void>(resolve => {
    this.hasStarted = resolve;
  });
  private unfollow = (): void => undefined;
  private ticking: NodeJS.Timeout | undefined;
  private tickedAt = 0;

  constructor(
    private readonly node: Node,
    private readonly settings: JournalNodeSettings,
    private readonly texts: NodeTexts,
  ) {
    const { folder, keeping } = settings;
    this.journal = new Journal(folder, keeping, () => {
      this.show();
    });
    this.showStatus = statusOf(texts, node, STATUS_BY_STATE);
    this.troubles = new Troubles(error => {
      node.warn(messageOf(error));
    });
  }

  async start(): Promise<void> {
    this.tickedAt = Date.now();
    this.ticking = setInterval(
      guard(
        () => {
          this.tick();
        },
        error => {
          this.node.error(messageOf(error));
        },
      ),
      MINUTE_MS,
    );
    try {
      await this.open();
    } finally {
      this.hasStarted();
    }
  }

  async input(msg: NodeMessage, send: Send): Promise<void> {
    await this.started;
    const { isOpen, journal } = this;
    const { payload } = msg;
    if (isLikeAudioChunk(payload)) {
      const chunk = readAudioChunk(payload);
      if (isOpen) journal.push(chunk);
    } else if (isLikeCryEvent(payload)) {
      const event = readCryEvent(payload);
      // The nodes behind it get the event even if the journal is not open.
      send([{ ...msg, payload: isOpen ? await journal.noteCry(event) : event }, null]);
      this.show();
    } else if (isLikeSourceHealth(payload)) {
      const health = readSourceHealth(payload);
      if (isOpen) await journal.noteHealth(health);
    } else if (msg.complete !== true && !isPlaybackOrOutcome(payload)) {
      const reply = await this.reply(readQuestion(msg, Date.now()));
      send([null, { ...msg, ...reply }]);
    }
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.ticking);
    this.unfollow();
    if (!this.isOpen) return;
    this.isOpen = false;
    await this.journal.close();
  }

  private async open(): Promise<void> {
    try {
      await this.journal.open();
    } catch (error) {
      this.showStatus('failed');
      this.isLocked = error instanceof DeepInfantError && error.code === 'locked';
      throw error;
    }
    this.isOpen = true;
    if (this.isStopped) {
      await this.stop();
      return;
    }
    this.isLocked = false;
    this.unfollow = this.settings.baby.follow(this.journal);
    this.show();
  }

  private async reply(question: Question): Promise<NodeMessage> {
    if (!this.isOpen)
      throw new DeepInfantError(
        'journal',
        'The journal is not open. The log says why its node could not open it.',
      );
    if (question.ask === 'forget') {
      await this.settings.baby.forget();
      this.show();
      return { payload: { outcome: 'forgotten' } };
    }
    return { topic: question.ask, ...replyTo(this.journal, question, Date.now(), this.texts.language) };
  }

  /** Keeps the status up to date, and sends the night's summary when it is time. */
  private tick(): void {
    const [last, now] = [this.tickedAt, Date.now()];
    this.tickedAt = now;
    // Why it is not open was reported at the first try.
    if (this.isLocked) void this.open().catch(() => undefined);
    if (!this.isOpen) return;
    this.show();
    if (hasPassed(this.settings.summaryAt, last, now))
      this.node.send([
        null,
        { topic: 'night', ...replyTo(this.journal, { ask: 'night', at: now }, now, this.texts.language) },
      ]);
  }

  /** Shows the first trouble, else the night's cries; reports each trouble once. */
  private show(): void {
    if (!this.isOpen) return;
    const { trouble, entries, unknownFiles } = this.journal;
    for (const what of TROUBLES) {
      const text = trouble[what];
      if (text === undefined) this.troubles.mend(what);
      else this.troubles.raise(what, text);
    }
    const first = TROUBLES.find(what => trouble[what] !== undefined);
    if (first !== undefined) {
      this.showStatus(first);
      return;
    }
    const now = Date.now();
    const night = nightOf(entries, now, now);
    const unknown = this.texts._('deepinfant-journal.status.unknownFiles', { files: unknownFiles });
    const cries = `${night.cries.length}${unknownFiles > 0 ? ` · ${unknown}` : ''}`;
    this.showStatus(night.until < night.to ? 'tonight' : 'lastNight', { cries });
  }
}
