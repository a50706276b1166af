import type { Node, NodeAPI, NodeMessage } from 'node-red';
import { messageOf } from '../../src/errors.js';
import type { HassConnection } from '../../src/hass/connection.js';
import type { CryFilter, QuietHours } from '../../src/hass/notify/cry-filter.js';
import {
  type BabyInWords,
  type CryNews,
  cryText,
  notedCryOf,
  ownerOf,
  type Say,
} from '../../src/hass/notify/cry-notification.js';
import { CryNotifier } from '../../src/hass/notify/cry-notifier.js';
import { Logbook } from '../../src/hass/notify/logbook.js';
import type { TapNews } from '../../src/hass/notify/notification-plan.js';
import { SourceNotifier } from '../../src/hass/notify/source-notifier.js';
import type { CryEvent } from '../../src/values.js';
import { type NodeWork, type StatusForm, statusOf } from '../adapter.js';
import { dataFile } from '../data-file.js';
import type { Baby } from '../../src/baby/baby.js';
import { type SharedHass, STATUS_OF_HASS } from '../shared-hass.js';
import { readIncoming } from '../../src/hass/incoming.js';
import type { NotifySettings } from './settings.js';

const STATUS_BY_STATE: Record<'waiting' | 'notified' | 'answered' | 'failing' | 'notAdmin', StatusForm> = {
  waiting: { fill: 'grey', shape: 'ring', text: 'deepinfant-notify.status.waiting' },
  notified: { fill: 'blue', shape: 'dot', text: 'deepinfant-notify.status.notified' },
  answered: { fill: 'green', shape: 'dot', text: 'deepinfant-notify.status.answered' },
  failing: { fill: 'red', shape: 'ring', text: 'deepinfant-notify.status.failing' },
  notAdmin: { fill: 'yellow', shape: 'ring', text: 'deepinfant-notify.status.notAdmin' },
};

interface Parts {
  shared: SharedHass;
  baby: Baby | undefined;
  settings: NotifySettings;
}

/** Notifies people of cries, on their phones and in Home Assistant's logbook, and sends on their answers. */
export class NotifyNode implements NodeWork {
  private hass: HassConnection | undefined;
  private notifier: CryNotifier | undefined;
  private sources: SourceNotifier | undefined;
  private log: Logbook | undefined;
  private unsubscribe = (): void => undefined;
  private readonly showStatus;

  constructor(
    private readonly RED: NodeAPI,
    private readonly node: Node,
    private readonly parts: Parts,
  ) {
    this.showStatus = statusOf(RED, node, { ...STATUS_OF_HASS, ...STATUS_BY_STATE });
  }

  start(): void {
    const { RED, node } = this;
    const { shared, settings } = this.parts;
    const hass = shared.open();
    this.hass = hass;
    this.unsubscribe = hass.onHealth(() => {
      this.showState();
    });
    const report = (error: unknown): void => {
      // No message caused it; with one, a catch node gets it, too, and may notify somebody in another way.
      node.error(messageOf(error), {});
    };
    if (settings.log) {
      this.log = new Logbook({ hass, say: this.say, report });
      this.log.start();
    }
    this.notifier = new CryNotifier({
      hass,
      phones: settings.phones,
      filter: filterOf(settings),
      escalateMs: 60_000 * settings.escalateMin,
      baby: news => this.babyOf(news),
      dashboard: settings.dashboard,
      say: this.say,
      file: dataFile(RED, 'notifications', node.id),
      answered: news => {
        this.sendAnswer(news);
      },
      report,
      changed: () => {
        this.showState();
      },
    });
    this.notifier.start();
    this.sources = new SourceNotifier({
      hass,
      phones: settings.phones,
      afterMs: 60_000 * settings.lostMin,
      quiet: quietOf(settings),
      dashboard: settings.dashboard,
      say: this.say,
      file: dataFile(RED, 'lost-sources', node.id),
      report,
    });
    this.sources.start();
  }

  input(msg: NodeMessage): void {
    const incoming = readIncoming(msg.payload);
    switch (incoming.kind) {
      case 'cry':
        this.pushCry(incoming.cry);
        return;
      case 'health':
        this.log?.pushHealth(incoming.health);
        this.sources?.push(incoming.health);
        return;
      case 'answer':
        if (incoming.baby !== undefined) this.notifier?.pushOwner(incoming.cry, incoming.baby);
        this.notifier?.pushAnswer(incoming.answer);
        return;
      case 'owner':
        this.notifier?.pushOwner(incoming.cry, incoming.baby);
        return;
      case 'no-answer':
        this.notifier?.withdrawAnswer(incoming.cry);
    }
  }

  async stop(): Promise<void> {
    const { notifier, sources, log } = this;
    if (notifier === undefined) return;
    this.notifier = undefined;
    await notifier.stop();
    await sources?.stop();
    await log?.stop();
    this.unsubscribe();
    await this.parts.shared.close();
  }

  private pushCry(event: CryEvent): void {
    this.notifier?.push(event);
    if (event.state !== 'ended') return;
    const news = { cry: notedCryOf(event) };
    this.log?.push({ name: this.babyOf(news).name, message: cryText(this.say, news) });
  }

  private sendAnswer({ cry, reason, baby, at, by }: TapNews): void {
    const payload = { cry: cry.id, at, by, ...(reason && { answer: reason }), ...(baby && { baby }) };
    this.node.send({ topic: 'answer', payload });
    const { name } = this.babyOf({ cry, owner: baby });
    const message = reason
      ? this.say('saysOf', { name, reason: this.say(`guess.${reason}`) })
      : this.say('saysWho', { name });
    this.log?.push({ name: by, message });
  }

  /** The node's baby, unless another one of the room cries, or nobody knows which. */
  private babyOf(news: CryNews): BabyInWords {
    const { name = '', lastFed } = this.parts.baby ?? {};
    const { who } = news.cry;
    const owner = ownerOf(news);
    if (who === undefined || owner === name) return { name: name || this.say('theBaby'), lastFed };
    return { name: owner ?? (this.listOf(who.names) || this.say('theBaby')) };
  }

  /** 'Mia, Leo or Zoe' */
  private listOf(names: readonly string[]): string {
    return [names.slice(0, -1).join(', '), names.at(-1)].filter(Boolean).join(` ${this.say('or')} `);
  }

  private readonly say: Say = (key, values) => this.RED._(`deepinfant-notify.say.${key}`, values);

  private showState(): void {
    const { state = 'stopped' } = this.hass?.health ?? {};
    const { failing = [], newest } = this.notifier ?? {};
    if (state !== 'connected') this.showStatus(state);
    else if (failing.length > 0) this.showStatus('failing');
    else if (this.notifier?.receivesTaps === false) this.showStatus('notAdmin');
    else this.showStatus(newest === undefined ? 'waiting' : newest.answer ? 'answered' : 'notified');
  }
}

function quietOf({ quietFrom: from, quietTo: to }: NotifySettings): QuietHours | undefined {
  return from !== '' && to !== '' ? { from, to } : undefined;
}

function filterOf(settings: NotifySettings): CryFilter {
  const { reasons, minConfidence, minDurationS, minIntensity } = settings;
  return {
    reasons,
    minConfidence: minConfidence / 100,
    minDurationS,
    minIntensity,
    quiet: quietOf(settings),
  };
}
