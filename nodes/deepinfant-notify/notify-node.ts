import type { Node, NodeAPI, NodeMessage } from 'node-red';
import { messageOf } from '../../src/errors.js';
import type { HassConnection } from '../../src/hass/connection.js';
import type { CryFilter } from '../../src/hass/notify/cry-filter.js';
import {
  type BabyInWords,
  cryText,
  type NotedCry,
  type Say,
} from '../../src/hass/notify/cry-notification.js';
import { CryNotifier } from '../../src/hass/notify/cry-notifier.js';
import { Logbook } from '../../src/hass/notify/logbook.js';
import type { Answer, CryEvent } from '../../src/values.js';
import { type NodeWork, type StatusForm, statusOf } from '../adapter.js';
import { dataFile } from '../data-file.js';
import type { Baby } from '../../src/baby/baby.js';
import { type SharedHass, STATUS_OF_HASS } from '../shared-hass.js';
import { readIncoming } from '../messages.js';
import type { NotifySettings } from './settings.js';

const STATUS_BY_STATE: Record<'waiting' | 'notified' | 'answered' | 'failing', StatusForm> = {
  waiting: { fill: 'grey', shape: 'ring', text: 'deepinfant-notify.status.waiting' },
  notified: { fill: 'blue', shape: 'dot', text: 'deepinfant-notify.status.notified' },
  answered: { fill: 'green', shape: 'dot', text: 'deepinfant-notify.status.answered' },
  failing: { fill: 'red', shape: 'ring', text: 'deepinfant-notify.status.failing' },
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
      baby: cry => this.babyOf(cry),
      say: this.say,
      file: dataFile(RED, `notifications-${node.id}.json`),
      answered: (answer, cry) => {
        this.sendAnswer(answer, cry);
      },
      report,
      changed: () => {
        this.showState();
      },
    });
    this.notifier.start();
  }

  input(msg: NodeMessage): void {
    const incoming = readIncoming(msg.payload);
    if (incoming.kind === 'cry') this.pushCry(incoming.cry);
    else if (incoming.kind === 'health') this.log?.pushHealth(incoming.health);
    else if (incoming.kind === 'answer') this.notifier?.pushAnswer(incoming.answer);
  }

  async stop(): Promise<void> {
    const { notifier, log } = this;
    if (notifier === undefined) return;
    this.notifier = undefined;
    await notifier.stop();
    await log?.stop();
    this.unsubscribe();
    await this.parts.shared.close();
  }

  private pushCry(cry: CryEvent): void {
    this.notifier?.push(cry);
    if (cry.state === 'ended')
      this.log?.push({ name: this.babyOf(cry).name, message: cryText(this.say, { cry }) });
  }

  private sendAnswer({ reason, by = '', ...answer }: Answer, cry: NotedCry): void {
    this.node.send({ topic: 'answer', payload: { ...answer, answer: reason, by } });
    const values = { name: this.babyOf(cry).name, reason: this.say(`guess.${reason}`) };
    this.log?.push({ name: by, message: this.say('saysOf', values) });
  }

  /** The node's baby, unless another one of the room cries, or nobody knows which. */
  private babyOf({ who }: Pick<NotedCry, 'who'>): BabyInWords {
    const { name = '', lastFed } = this.parts.baby ?? {};
    if (who === undefined || who.label === name) return { name: name || this.say('theBaby'), lastFed };
    return { name: who.label === 'unsure' ? this.say('theBaby') : who.label };
  }

  private readonly say: Say = (key, values) => this.RED._(`deepinfant-notify.say.${key}`, values);

  private showState(): void {
    const { state = 'stopped' } = this.hass?.health ?? {};
    const { failing = [], newest } = this.notifier ?? {};
    if (state !== 'connected') this.showStatus(state);
    else if (failing.length > 0) this.showStatus('failing');
    else this.showStatus(newest === undefined ? 'waiting' : newest.answer ? 'answered' : 'notified');
  }
}

function filterOf(settings: NotifySettings): CryFilter {
  const { reasons, minConfidence, minDurationS, minIntensity, quietFrom: from, quietTo: to } = settings;
  return {
    reasons,
    minConfidence: minConfidence / 100,
    minDurationS,
    minIntensity,
    ...(from !== '' && to !== '' && { quiet: { from, to } }),
  };
}
